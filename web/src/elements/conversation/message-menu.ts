import { kernIcon } from "../../dom/kern-icon";
import { make, setAttribute } from "../../dom/make";
import type { Reaction } from "../../engine/types";
import { t } from "../../i18n/talk";
import { REACTION_ORDER, sign } from "./reactions";

export interface MenuItem {
	text: string;
	icon: string;
	act(): void;
}

export interface MenuContent {
	/** null where nobody may give a sign. */
	react: { mine: ReadonlySet<Reaction>; toggle(reaction: Reaction, set: boolean): void } | null;
	items: readonly MenuItem[];
}

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
const SHEET = "(max-width: 47.99rem)";
const SAME_CLICK_MS = 300;
const GAP_PIXELS = 4;

/** The one menu of all messages (WAI-ARIA menu): at the message on a desk, a sheet from below on a phone. Closed by
 *  hand and not by the browser, which would end it with the lift of the finger whose long press has opened it. */
export class MessageMenu {
	readonly element = make("div", {
		class: "message-menu",
		attributes: { popover: "manual", role: "menu", "aria-label": t("actions") },
		on: { keydown: (event) => this.pressed(event) },
	});
	private anchor: HTMLElement | null = null;
	private closedAtMs = 0;
	private life = new AbortController();

	open(anchor: HTMLElement, content: MenuContent): void {
		// The press that closed it must not open it again.
		if (anchor === this.anchor && performance.now() - this.closedAtMs < SAME_CLICK_MS) return;
		this.close(false);
		this.anchor = anchor;
		this.element.replaceChildren(...this.parts(content));
		this.element.showPopover();
		setAttribute(anchor, "aria-expanded", "true");
		this.place(anchor);
		this.buttons()[0]?.focus();
		this.closeWithTheNext();
	}

	private closeWithTheNext(): void {
		this.life = new AbortController();
		const elsewhere = ({ target }: Event) => {
			if (!(target instanceof Node) || !this.element.contains(target)) this.close(false);
		};
		const options = { capture: true, signal: this.life.signal };
		for (const name of ["pointerdown", "focusin"]) document.addEventListener(name, elsewhere, options);
		document.addEventListener("scroll", (event) => this.follow(event.target), options);
	}

	/** A scroll may be that of the focus which has led here, told a moment later: the menu stays while its message is
	 *  to be seen. */
	private follow(scroller: EventTarget | null): void {
		const { anchor } = this;
		if (!anchor || !(scroller instanceof Node) || !scroller.contains(anchor)) return;
		const { top, bottom } = anchor.getBoundingClientRect();
		const seen =
			scroller instanceof Element ? scroller.getBoundingClientRect() : { top: 0, bottom: window.innerHeight };
		if (bottom < seen.top || top > seen.bottom) this.close(false);
		else this.place(anchor);
	}

	/** back: the focus goes to where the menu was opened. */
	private close(back: boolean): void {
		this.life.abort();
		if (!this.anchor || !this.element.matches(":popover-open")) return;
		this.closedAtMs = performance.now();
		this.element.hidePopover();
		this.element.replaceChildren();
		setAttribute(this.anchor, "aria-expanded", "false");
		if (back) this.anchor.focus();
	}

	private parts({ react, items }: MenuContent): HTMLElement[] {
		const rows = items.map(({ text, icon, act }) => {
			const parts = [kernIcon(icon), text];
			return make("button", this.look("message-menu__item", "menuitem", act), ...parts);
		});
		if (!react) return rows;
		const signs = REACTION_ORDER.map((reaction) => {
			const mine = react.mine.has(reaction);
			const choice = make(
				"button",
				this.look("message-menu__sign", "menuitemcheckbox", () => react.toggle(reaction, !mine)),
				sign(reaction),
			);
			setAttribute(choice, "aria-checked", String(mine));
			setAttribute(choice, "aria-label", t(`reaction.${reaction}`));
			choice.title = t(`reaction.${reaction}`);
			return choice;
		});
		const attributes = { role: "group", "aria-label": t("reactions") };
		return [make("div", { class: "message-menu__signs", attributes }, ...signs), ...rows];
	}

	private look(className: string, role: string, act: () => void): Parameters<typeof make>[1] {
		const click = () => {
			this.close(true);
			act();
		};
		return { class: className, attributes: { type: "button", role, tabindex: "-1" }, on: { click } };
	}

	private pressed(event: KeyboardEvent): void {
		const buttons = this.buttons();
		const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
		const ends: Record<string, number> = { Home: 0, End: buttons.length - 1 };
		const step = STEPS[event.key];
		const next = step ? (at + step + buttons.length) % buttons.length : ends[event.key];
		if (event.key === "Tab" || event.key === "Escape") {
			event.preventDefault();
			event.stopPropagation();
			this.close(true);
		}
		if (next === undefined) return;
		event.preventDefault();
		buttons[next]?.focus();
	}

	private buttons(): HTMLButtonElement[] {
		return [...this.element.querySelectorAll("button")];
	}

	/** Beside the anchor, inside the window; above it where there is no room below. */
	private place(anchor: HTMLElement): void {
		const { style } = this.element;
		style.left = "";
		style.top = "";
		if (matchMedia(SHEET).matches) return;
		const at = anchor.getBoundingClientRect();
		const { width, height } = this.element.getBoundingClientRect();
		const below = at.bottom + GAP_PIXELS;
		const fits = below + height <= window.innerHeight - GAP_PIXELS;
		const top = fits ? below : at.top - GAP_PIXELS - height;
		style.left = `${Math.max(GAP_PIXELS, Math.min(at.left, window.innerWidth - width - GAP_PIXELS))}px`;
		style.top = `${Math.max(GAP_PIXELS, top)}px`;
	}
}
