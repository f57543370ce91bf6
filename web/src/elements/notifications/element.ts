/** `<medicus-notifications>`: whether this device tells of something new while Medicus is not open. Off until somebody
 *  switches it on. Property `begin`: the switch. */

import { button } from "../../dom/button";
import { make, setHidden, setText } from "../../dom/make";
import { t } from "../../i18n/notifications";
import { Problem } from "../../lib/http";
import type { NotificationSwitch, NotificationsState } from "./switch";

type Switch = Pick<NotificationSwitch, "state" | "on" | "off" | "test">;

const PAUSED = 429;

export class MedicusNotifications extends HTMLElement {
	private control: Switch | null = null;
	private readonly stateText = make("span", { class: "badge", text: t("state.checking") });
	private readonly hint = make("span", { class: "row__sub", attributes: { hidden: true } });
	private readonly told = make("span", { class: "row__sub", attributes: { role: "status" } });
	private readonly on = button(t("action.on"), () => this.change("on"), { look: "small" });
	private readonly off = button(t("action.off"), () => this.change("off"), { look: "small" });
	private readonly test = button(t("action.test"), () => this.try(), { look: "small quiet" });

	connectedCallback(): void {
		if (this.childElementCount) return;
		const title = make("span", { class: "row__title", text: `${t("title")} ` });
		title.append(this.stateText);
		const text = make("span", { class: "row__sub", text: t("text") });
		for (const action of [this.on, this.off, this.test]) setHidden(action, true);
		const main = make("div", { class: "row__main" }, title, text, this.hint, this.told);
		this.append(make("div", { class: "row row--wrap" }, main, this.test, this.on, this.off));
	}

	set begin(control: Switch) {
		this.control = control;
		void control.state().then((state) => this.show(state));
	}

	private show(state: NotificationsState): void {
		const plain = state === "on" || state === "off";
		setText(this.stateText, plain ? t(`state.${state}`) : "");
		this.stateText.classList.toggle("badge--good", state === "on");
		setHidden(this.stateText, !plain);
		setHidden(this.hint, plain);
		if (!plain) setText(this.hint, t(`state.${state}`));
		setHidden(this.on, state !== "off");
		setHidden(this.off, state !== "on");
		setHidden(this.test, state !== "on");
	}

	private async change(to: "on" | "off"): Promise<void> {
		await this.act(async (control) => {
			const state = await control[to]();
			const focused = this.contains(document.activeElement);
			this.show(state);
			if (focused && state === "on") this.off.focus();
			if (focused && state === "off") this.on.focus();
		});
	}

	private async try(): Promise<void> {
		await this.act(async (control) => {
			await control.test();
			setText(this.told, t("tested"));
		});
	}

	private async act(work: (control: Switch) => Promise<void>): Promise<void> {
		if (!this.control) return;
		setText(this.told, "");
		for (const action of [this.on, this.off, this.test]) action.disabled = true;
		try {
			await work(this.control);
		} catch (error) {
			setText(this.told, sentence(error));
		} finally {
			for (const action of [this.on, this.off, this.test]) action.disabled = false;
		}
	}
}

function sentence(error: unknown): string {
	if (error instanceof DOMException) return t("failed.push-service");
	if (error instanceof Problem && error.status === PAUSED) return t("failed.too-soon");
	return (error instanceof Problem && error.detail) || t("failed.other");
}

customElements.define("medicus-notifications", MedicusNotifications);

declare global {
	interface HTMLElementTagNameMap {
		"medicus-notifications": MedicusNotifications;
	}
}
