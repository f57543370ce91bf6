import { kernIcon } from "../../dom/kern-icon";
import { make, setHidden, setText } from "../../dom/make";
import type { Recorded } from "../../engine/case-types";
import type { Conversation, Message } from "../../engine/types";
import { t } from "../../i18n/case";
import { formatInstant } from "../../i18n/format";
import { askWaive } from "./case-dialogs";
import { markedOf } from "./case-words";
import type { Context } from "./context";

/** At a message that is marked for the record, or is there: in whose, since when, by whom. What the own hospital has marked
 *  can be taken back here, and what it has in the record is a link. The menu of the message marks it. */
export class MarkLine {
	readonly element = make("div", { class: "marks", attributes: { hidden: true } });
	private readonly button = make("button", { class: "mark", attributes: { type: "button", hidden: true } });
	private readonly text = make("span");
	private readonly recorded = make("div", { class: "marks__recorded" });
	private shown = "";

	constructor(
		context: Context,
		private message: Message,
	) {
		this.button.append(kernIcon("check"), this.text);
		this.button.addEventListener("click", () =>
			askWaive(context, this.message.conversationId, this.message.id),
		);
		this.element.append(this.recorded, this.button);
	}

	update(message: Message, conversation: Conversation): void {
		this.message = message;
		const mark = markedOf(conversation).find(({ messageId }) => messageId === message.id);
		const there = conversation.recorded.filter(({ messageId }) => messageId === message.id);
		setHidden(this.element, !mark && there.length === 0);
		setHidden(this.button, !mark);
		this.button.disabled = !mark?.own;
		setText(this.text, t(mark?.own ? "mark.own" : "mark.other"));
		this.button.title = mark?.own ? t("mark.waive") : "";
		this.tell(there);
	}

	private tell(there: readonly Recorded[]): void {
		const key = JSON.stringify(there);
		if (key === this.shown) return;
		this.shown = key;
		this.recorded.replaceChildren(...there.map(recordedLine));
	}
}

function recordedLine({ hospital, at, by, findingId, examined }: Recorded): HTMLElement {
	const text = t(examined ? "recorded" : "recorded.waits", { hospital, at: formatInstant(at), name: by });
	const words = make("span", { text });
	if (!findingId) return make("p", { class: "mark mark--recorded" }, kernIcon("patients"), words);
	const attributes = { href: `/findings/${findingId}/`, title: t("recorded.open") };
	return make("a", { class: "mark mark--recorded", attributes }, kernIcon("patients"), words);
}
