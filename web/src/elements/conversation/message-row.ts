import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import type { Row } from "../../dom/keyed";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Conversation, Member, Message } from "../../engine/types";
import { t } from "../../i18n/conversation";
import { formatInstant, formatTime } from "../../i18n/format";
import { t as patientWords } from "../../i18n/patient";
import { t as talkWords } from "../../i18n/talk";
import { isTreatment } from "../../lib/kinds";
import { AttachmentCard } from "./attachment-card";
import { confirmed } from "./confirm";
import type { Context } from "./context";
import { sentenceOf, sentenceOfCode } from "./failures";
import { onLongPress } from "./long-press";
import { MarkLine } from "./mark-line";
import { MessageAttention, wantsAttention } from "./message-attention";
import { showText } from "./message-text";
import { others, placeOf } from "./names";
import { Quote } from "./quote";
import { Reactions } from "./reactions";
import { ReceiptLine } from "./receipt-line";
import { type Progress, progressOf } from "./receipts";
import type { TalkActions } from "./talk-actions";
import { showVersions } from "./versions";

export interface MessageItem {
	message: Message;
	opens: boolean;
	conversation: Conversation;
	/** Sequence number of the reader's own last message. */
	answered?: number;
}

/** One message: who (at the first of a run), what it answers, the text or the file, the time, how far it has come, and
 *  what was said about it. */
export class MessageRow implements Row<MessageItem> {
	readonly element = make("li", { class: "message" });
	private readonly who = make("p", { class: "message__who" });
	private readonly name = make("span", { class: "message__name" });
	private readonly patient = make("span", { class: "badge badge--patient", text: patientWords("patient") });
	private readonly where = make("span", { class: "message__where" });
	private readonly text = make("p", { class: "message__text" });
	private readonly at = make("time");
	private readonly receipt: ReceiptLine;
	private readonly failure = make("div", { class: "message__failure" });
	private readonly reason = make("p");
	private readonly mark: MarkLine;
	private readonly card: AttachmentCard | null;
	private attention: MessageAttention | null = null;
	private readonly body = make("div", { class: "message__body" });
	private readonly reply: HTMLButtonElement;
	private readonly more: HTMLButtonElement;
	private quote: Quote | null = null;
	private forwarded: HTMLElement | null = null;
	private reactions: Reactions | null = null;
	private note: HTMLElement | null = null;
	private edited: HTMLElement | null = null;
	private shown: Message | null = null;
	private people: Conversation["members"] | null = null;

	constructor(
		private readonly context: Context,
		private message: Message,
		private readonly discarded: (message: Message) => void,
		private readonly talk: TalkActions,
	) {
		this.receipt = new ReceiptLine(message.id);
		this.card = message.type === "attachment" ? new AttachmentCard(context, message, discarded) : null;
		this.mark = new MarkLine(context, message);
		this.who.append(this.name, this.patient, this.where);
		this.failure.append(this.reason, this.failureActions());
		this.reply = iconButton("message__reply", talkWords("reply"), () => talk.reply(this.message));
		this.more = iconButton("message__more", talkWords("actions"), () => this.openMenu());
		setAttribute(this.more, "aria-haspopup", "menu");
		// One stop of the keyboard for each message is enough; the menu has the answer, too.
		setAttribute(this.reply, "tabindex", "-1");
		const meta = make(
			"p",
			{ class: "message__meta" },
			this.more,
			this.mark.element,
			this.at,
			this.receipt.element,
		);
		if (this.card) this.body.append(this.card.element);
		this.body.append(this.text);
		const bubble = make("div", { class: "message__bubble" }, this.body, meta);
		const line = make("div", { class: "message__line" }, bubble, this.reply);
		this.element.append(this.who, line, this.receipt.names, this.failure);
		this.element.dataset.message = message.id;
		onLongPress(bubble, () => this.openMenu());
	}

	update({ message, opens, conversation, answered = 0 }: MessageItem): void {
		// Most rows of a long conversation are as they were; writing times is what takes long.
		if (message !== this.shown || (message.mentions?.length && conversation.members !== this.people)) {
			this.showMessage(message, conversation);
		}
		this.element.classList.toggle("message--opens", opens);
		this.showSender(message, opens, conversation);
		this.showProgress(message, conversation);
		this.showAttention(message, conversation, answered);
		this.showQuote(message);
		this.showActions(message);
		this.mark.update(message, conversation);
	}

	/** Most messages never need it. */
	private showAttention(message: Message, conversation: Conversation, answered: number): void {
		if (!this.attention && !wantsAttention(message, conversation)) return;
		if (!this.attention) {
			this.attention = new MessageAttention(this.context);
			this.element.append(this.attention.element);
		}
		this.element.classList.toggle("message--urgent", message.urgent !== undefined);
		this.attention.update(message, conversation, answered);
	}

	private showMessage(message: Message, conversation: Conversation): void {
		this.message = message;
		this.shown = message;
		this.people = conversation.members;
		const { classList } = this.element;
		classList.toggle("message--own", message.own);
		classList.toggle("message--unreadable", message.type === "unreadable");
		classList.toggle("message--recalled", message.type === "recalled");
		classList.toggle("message--recalling", message.notes?.recalling ?? false);
		classList.toggle("message--mentions", message.mentions?.includes(this.context.me) ?? false);
		this.showBody(message, conversation);
		this.showTime(message.sentAt);
		this.showForwarded(message);
		this.showEdited(message);
		this.showNote(message);
	}

	private showBody(message: Message, conversation: Conversation): void {
		if (message.type === "attachment") this.card?.update(message);
		// A file that was taken back can be opened no more.
		else this.card?.element.remove();
		// A file may go without a word.
		setHidden(this.text, message.type === "attachment" && !message.text);
		if (message.type === "unreadable") setText(this.text, unreadableText(message));
		else if (message.type === "recalled") setText(this.text, recalledText(message));
		else showText(this.text, message, conversation.members, this.context.me);
	}

	private showTime(at: string): void {
		setAttribute(this.at, "datetime", at);
		setAttribute(this.at, "title", formatInstant(at));
		setText(this.at, formatTime(at));
	}

	private showForwarded({ forwarded = false }: Message): void {
		if (!forwarded && !this.forwarded) return;
		this.forwarded ??= make(
			"p",
			{ class: "message__forwarded" },
			kernIcon("forward"),
			talkWords("forwarded"),
		);
		if (!this.forwarded.isConnected) this.body.before(this.forwarded);
		setHidden(this.forwarded, !forwarded);
	}

	private showEdited({ notes }: Message): void {
		if (!notes?.editedAt && !this.edited) return;
		this.edited ??= make("button", {
			class: "message__edited",
			text: talkWords("edited"),
			attributes: { type: "button", "aria-label": talkWords("edited.show") },
			on: { click: () => showVersions(this.message) },
		});
		if (!this.edited.isConnected) this.at.before(this.edited);
		setHidden(this.edited, !notes?.editedAt);
	}

	/** What stands against a recall or a change. */
	private showNote({ notes }: Message): void {
		const text = noteText(notes);
		if (!text && !this.note) return;
		this.note ??= make("p", { class: "message__note" });
		if (!this.note.isConnected) this.failure.before(this.note);
		setText(this.note, text);
		setHidden(this.note, !text);
	}

	private showQuote({ replyTo }: Message): void {
		if (!replyTo && !this.quote) return;
		this.quote ??= new Quote(this.context);
		if (!this.quote.element.isConnected) this.body.before(this.quote.element);
		this.quote.update(replyTo, replyTo ? this.talk.find(replyTo) : null);
	}

	private showActions(message: Message): void {
		const may = this.talk.mayAnnotate(message);
		setHidden(this.reply, !may);
		setHidden(this.more, !this.talk.offers(message));
		if (!message.notes && !this.reactions) return;
		this.reactions ??= new Reactions((reaction, set) => this.talk.react(this.message, reaction, set));
		if (!this.reactions.element.isConnected) this.receipt.names.before(this.reactions.element);
		this.reactions.update(message, may);
	}

	private openMenu(): void {
		this.talk.openMenu(this.message, this.more);
	}

	/** The name of every message is there for screen readers; eyes see it once in a run, a patient's each time, and
	 *  never over their own. */
	private showSender(message: Message, opens: boolean, conversation: Conversation): void {
		const member = conversation.members.find(({ personId }) => personId === message.senderPersonId);
		setText(this.name, message.own ? t("you") : message.senderName);
		// Whoever has left is no member any more; where they worked stays readable.
		if (member || message.own) setText(this.where, message.own ? "" : whereOf(member, conversation));
		const fromPatient = message.fromPatient === true && !message.own;
		setHidden(this.patient, !fromPatient);
		this.who.classList.toggle("visually-hidden", message.own || (!opens && !fromPatient));
	}

	private showProgress(message: Message, conversation: Conversation): void {
		setHidden(this.receipt.element, !message.own);
		if (!message.own) {
			setHidden(this.failure, true);
			return;
		}
		const progress = progressOf(message, conversation, this.context.me);
		const timed = isTreatment(conversation.kind) || message.urgent !== undefined;
		this.receipt.update(progress, others(conversation, this.context.me).length > 1, timed);
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

/** A patient is told in which role somebody writes; of a patient the badge says it. */
function whereOf(member: Member | undefined, { kind }: Conversation): string {
	if (!member || kind !== "patient") return member?.organisation.name ?? "";
	return member.isPatient ? "" : placeOf(member);
}

/** Drawn by the style sheet: a long conversation has as many of them as messages. */
function iconButton(className: string, name: string, click: () => void): HTMLButtonElement {
	const attributes = { type: "button", "aria-label": name, title: name };
	return make("button", { class: `message__icon ${className}`, attributes, on: { click } });
}

function unreadableText(message: Message): string {
	return [t("unreadable"), message.text].filter(Boolean).join(" ");
}

function recalledText({ own, senderName }: Message): string {
	return own ? talkWords("recalled.you") : talkWords("recalled", { name: senderName });
}

function noteText(notes: Message["notes"]): string {
	if (notes?.recalling) return talkWords("recalling");
	if (notes?.failed?.reason === "edit-late") return talkWords("failed.late");
	return notes?.failed ? talkWords(`failed.${notes.failed.act}`) : "";
}
