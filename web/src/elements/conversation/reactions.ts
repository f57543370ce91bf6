import { kernIcon } from "../../dom/kern-icon";
import { KeyedList, type Row } from "../../dom/keyed";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Message, MessageNotes, Reaction } from "../../engine/types";
import { t as words } from "../../i18n/conversation";
import { language } from "../../i18n/index";
import { t } from "../../i18n/talk";

/** In the order in which they are offered. Drawn, not characters: not every ward PC has a font with emoji. */
export const REACTION_ORDER: readonly Reaction[] = ["agree", "done", "thanks", "looking", "question"];

export function sign(reaction: Reaction): HTMLElement {
	const icon = kernIcon(`sign-${reaction}`);
	icon.classList.add("sign", `sign--${reaction}`);
	return icon;
}

type Given = MessageNotes["reactions"][number];

/** "Zustimmung: Sie, Dr. Carla Çelik" */
export function whoReacted({ reaction, mine, names }: Given): string {
	const list = new Intl.ListFormat(language()).format(mine ? [words("you"), ...names] : names);
	return t("reaction.names", { reaction: t(`reaction.${reaction}`), names: list });
}

/** The signs under a message: how many gave each, and by whom on hover or focus. A click gives or takes the own one. */
export class Reactions {
	readonly element = make("div", {
		class: "reactions",
		attributes: { role: "group", "aria-label": t("reactions"), hidden: true },
	});
	private readonly keyed: KeyedList<Given>;

	constructor(toggle: (reaction: Reaction, set: boolean) => void) {
		this.keyed = new KeyedList(
			this.element,
			({ reaction }) => reaction,
			({ reaction }) => new Chip(reaction, (set) => toggle(reaction, set)),
		);
	}

	update({ notes }: Message, enabled: boolean): void {
		const given = notes?.reactions ?? [];
		setHidden(this.element, !given.length);
		this.keyed.update(
			[...given].sort(
				(one, other) => REACTION_ORDER.indexOf(one.reaction) - REACTION_ORDER.indexOf(other.reaction),
			),
		);
		for (const chip of this.element.children) setAttribute(chip, "aria-disabled", enabled ? null : "true");
	}
}

class Chip implements Row<Given> {
	readonly element: HTMLButtonElement;
	private readonly count = make("span");
	private readonly who = make("span", { class: "visually-hidden" });
	private mine = false;

	constructor(reaction: Reaction, toggle: (set: boolean) => void) {
		const click = () => {
			if (this.element.getAttribute("aria-disabled") !== "true") toggle(!this.mine);
		};
		this.element = make(
			"button",
			{ class: "reaction", attributes: { type: "button" }, on: { click } },
			sign(reaction),
			this.count,
			this.who,
		);
	}

	update(given: Given): void {
		this.mine = given.mine;
		const who = whoReacted(given);
		setText(this.count, String(given.names.length + Number(given.mine)));
		setText(this.who, ` ${who}`);
		setAttribute(this.element, "data-who", who);
		setAttribute(this.element, "aria-pressed", String(given.mine));
	}
}
