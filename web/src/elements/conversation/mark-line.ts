import { kernIcon } from "../../dom/kern-icon";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Conversation, Message } from "../../engine/types";
import { t } from "../../i18n/case";
import { askWaive } from "./case-dialogs";
import type { Context } from "./context";

/** At a message that is marked for the record: whose record, and, if it is the own hospital's, how to take that back. The
 *  menu of the message marks it. */
export class MarkLine {
	readonly element = make("button", { class: "mark", attributes: { type: "button", hidden: true } });
	private readonly text = make("span");

	constructor(
		context: Context,
		private message: Message,
	) {
		this.element.append(kernIcon("check"), this.text);
		this.element.addEventListener("click", () =>
			askWaive(context, this.message.conversationId, this.message.id),
		);
	}

	update(message: Message, { kept }: Conversation): void {
		this.message = message;
		const mark = kept.find(({ messageId }) => messageId === message.id);
		const label = t(mark?.own ? "mark.own" : "mark.other");
		setHidden(this.element, !mark);
		this.element.disabled = !mark?.own;
		setText(this.text, label);
		setAttribute(this.element, "title", mark?.own ? t("mark.waive") : null);
	}
}
