import { button } from "../../dom/button";
import type { Row } from "../../dom/keyed";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Conversation, Message } from "../../engine/types";
import { t } from "../../i18n/conversation";
import { formatInstant, formatTime } from "../../i18n/format";
import { AttachmentCard } from "./attachment-card";
import { confirmed } from "./confirm";
import type { Context } from "./context";
import { sentenceOf, sentenceOfCode } from "./failures";
import { others } from "./names";
import { ReceiptLine } from "./receipt-line";
import { type Progress, progressOf } from "./receipts";

export interface MessageItem {
	message: Message;
	opens: boolean;
	conversation: Conversation;
}

/** One message: who (at the first of a run), the text or the file, the time, and how far it has come. */
export class MessageRow implements Row<MessageItem> {
	readonly element = make("li", { class: "message" });
	private readonly who = make("p", { class: "message__who" });
	private readonly name = make("span", { class: "message__name" });
	private readonly where = make("span", { class: "message__where" });
	private readonly text = make("p", { class: "message__text" });
	private readonly at = make("time");
	private readonly receipt: ReceiptLine;
	private readonly failure = make("div", { class: "message__failure" });
	private readonly reason = make("p");
	private readonly card: AttachmentCard | null;
	private shown: Message | null = null;

	constructor(
		private readonly context: Context,
		private message: Message,
		private readonly discarded: (message: Message) => void,
	) {
		this.receipt = new ReceiptLine(message.id);
		this.card = message.type === "attachment" ? new AttachmentCard(context, message) : null;
		this.who.append(this.name, this.where);
		this.failure.append(this.reason, this.failureActions());
		const meta = make("p", { class: "message__meta" }, this.at, this.receipt.element);
		const body = this.card ? this.card.element : this.text;
		const bubble = make("div", { class: "message__bubble" }, body, meta);
		this.element.append(this.who, bubble, this.receipt.names, this.failure);
	}

	update({ message, opens, conversation }: MessageItem): void {
		// Most rows of a long conversation are as they were; writing times is what takes long.
		if (message !== this.shown) this.showMessage(message);
		this.element.classList.toggle("message--opens", opens);
		this.showSender(message, opens, conversation);
		this.showProgress(message, conversation);
	}

	private showMessage(message: Message): void {
		this.message = message;
		this.shown = message;
		this.element.classList.toggle("message--own", message.own);
		this.element.classList.toggle("message--unreadable", message.type === "unreadable");
		this.card?.update(message);
		setText(this.text, message.type === "unreadable" ? unreadableText(message) : message.text);
		this.showTime(message.sentAt);
	}

	private showTime(at: string): void {
		setAttribute(this.at, "datetime", at);
		setAttribute(this.at, "title", formatInstant(at));
		setText(this.at, formatTime(at));
	}

	/** The name of every message is there for screen readers; eyes see it once in a run, and never over their own. */
	private showSender(message: Message, opens: boolean, conversation: Conversation): void {
		const member = conversation.members.find(({ personId }) => personId === message.senderPersonId);
		setText(this.name, message.own ? t("you") : message.senderName);
		// Whoever has left is no member any more; where they worked stays readable.
		if (member || message.own) setText(this.where, message.own ? "" : (member?.organisation.name ?? ""));
		this.who.classList.toggle("visually-hidden", message.own || !opens);
	}

	private showProgress(message: Message, conversation: Conversation): void {
		setHidden(this.receipt.element, !message.own);
		if (!message.own) {
			setHidden(this.failure, true);
			return;
		}
		const progress = progressOf(message, conversation, this.context.me);
		this.receipt.update(progress, others(conversation, this.context.me).length > 1);
		this.showFailure(progress);
	}

	private showFailure(progress: Progress): void {
		setHidden(this.failure, progress.stage !== "failed");
		if (progress.stage === "failed") setText(this.reason, sentenceOfCode(progress.reason));
	}

	private failureActions(): HTMLElement {
		const retry = button(t("retry"), () => void this.retry(), { look: "small" });
		const discard = button(t("discard"), () => void this.discard(), { look: "small quiet" });
		return make("div", { class: "cluster" }, retry, discard);
	}

	private async retry(): Promise<void> {
		try {
			await this.context.messenger.retry(this.message.id);
		} catch (reason) {
			setText(this.reason, sentenceOf(reason));
		}
	}

	private async discard(): Promise<void> {
		const sure = await confirmed(t("discard.question"), t("discard.text"), t("discard"));
		if (!sure) return;
		await this.context.messenger.discard(this.message.id);
		this.discarded(this.message);
	}
}

function unreadableText(message: Message): string {
	return [t("unreadable"), message.text].filter(Boolean).join(" ");
}
