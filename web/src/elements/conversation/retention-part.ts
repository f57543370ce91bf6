import { make, setHidden } from "../../dom/make";
import type { Conversation } from "../../engine/types";
import { t } from "../../i18n/case";
import { retentionWords } from "./case-words";

/** Until when messages are kept, in the details of every conversation; with the number that a legal hold needs. */
export class RetentionPart {
	readonly element = make("section", { class: "details__part", attributes: { hidden: true } });
	private readonly lines = make("div", { class: "case__body" });
	private readonly number = make("code", { class: "case__number" });
	private shown = "";

	/** `alone`: there is no part about the case that says the first of it. */
	constructor(private readonly alone: boolean) {
		const label = make("span", { class: "small muted", text: `${t("number")}: ` });
		this.element.append(
			make("h3", { text: t("retention") }),
			this.lines,
			make("p", { class: "small" }, label, this.number),
		);
	}

	update({ id, retention, case: about }: Conversation): void {
		setHidden(this.element, retention === null);
		if (!retention) return;
		const words = retentionWords(retention, new Date());
		// The first one stands with the case, where there is one.
		const told = about !== null && !this.alone;
		if (told) words.shift();
		const key = JSON.stringify([id, words, retention.holds.length]);
		if (key === this.shown) return;
		this.shown = key;
		this.number.textContent = id;
		const look = retention.holds.length > 0 ? "notice notice--warn" : "small";
		this.lines.replaceChildren(
			...words.map((text, at) => make("p", { class: at === 0 && !told ? look : "small muted", text })),
		);
	}
}
