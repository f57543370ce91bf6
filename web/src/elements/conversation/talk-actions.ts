import type { Annotation, Conversation, Message, Reaction } from "../../engine/types";
import { t as caseWords } from "../../i18n/case";
import { t as conductWords } from "../../i18n/conduct";
import { t } from "../../i18n/talk";
import { askReport } from "./conduct/report-dialog";
import { confirmed } from "./confirm";
import type { Context } from "./context";
import { sentenceOf } from "./failures";
import { askForward } from "./forward";
import { type MenuItem, MessageMenu } from "./message-menu";
import type { ConversationStore } from "./store";

/** As in the engine, which has the last word. */
const EDIT_WINDOW_MS = 15 * 60_000;

/** Where an answer or a change is written. */
export interface Writing {
	reply(message: Message): void;
	edit(message: Message): void;
	tell(sentence: string): void;
}

/** What can be done with a message of the open conversation, in its menu and by its buttons. */
export class TalkActions {
	readonly menu = new MessageMenu();
	private conversation: Conversation | null = null;
	private writable = false;

	constructor(
		private readonly context: Context,
		private readonly store: ConversationStore,
		private readonly writing: Writing,
	) {}

	update(conversation: Conversation, writable: boolean): void {
		this.conversation = conversation;
		this.writable = writable && !conversation.contact;
	}

	/** Whether anything can be said about a message now. */
	mayAnnotate(message: Message): boolean {
		return this.writable && isSaid(message);
	}

	offers(message: Message): boolean {
		return isSaid(message);
	}

	openMenu(message: Message, anchor: HTMLElement): void {
		if (!this.offers(message)) return;
		const mine = new Set(message.notes?.reactions.flatMap((one) => (one.mine ? [one.reaction] : [])));
		const toggle = (reaction: Reaction, set: boolean) => this.react(message, reaction, set);
		const react = this.mayAnnotate(message) ? { mine, toggle } : null;
		this.menu.open(anchor, { react, items: this.items(message) });
	}

	react(message: Message, reaction: Reaction, set: boolean): void {
		void this.annotate(message, { act: "reaction", reaction, set });
	}

	reply(message: Message): void {
		this.writing.reply(message);
	}

	pin(message: Message, set: boolean): void {
		void this.annotate(message, { act: "pin", set });
	}

	/** The message with this id, as far as it is known; undefined while it is looked for. */
	find(messageId: string): Message | null | undefined {
		return this.store.find(messageId);
	}

	private items(message: Message): MenuItem[] {
		const items: MenuItem[] = [];
		const add = (when: boolean, text: string, icon: string, act: () => void) => {
			if (when) items.push({ text, icon, act });
		};
		const may = this.mayAnnotate(message);
		const staff = !this.context.forPatient;
		const pinned = message.notes?.pinned ?? false;
		const text = message.text.trim() !== "";
		add(may, t("reply"), "reply", () => this.reply(message));
		add(staff && this.mayForward(message), t("forward"), "forward", () => this.forward(message));
		add(staff && may, t(pinned ? "unpin" : "pin"), "pin", () => this.pin(message, !pinned));
		add(staff && this.mayMark(message), caseWords("mark"), "log", () => void this.mark(message));
		add(text, t("copy"), "content-copy", () => void this.copy(message));
		add(may && this.mayEdit(message), t("edit"), "edit", () => this.writing.edit(message));
		add(may && message.own, t("recall"), "delete", () => void this.recall(message));
		add(
			staff && this.mayReport(message),
			conductWords("report.menu"),
			"warning",
			() => void this.report(message),
		);
		return items;
	}

	private mayMark(message: Message): boolean {
		const { case: about, kept, active } = this.conversation ?? {};
		const marked = kept?.some(({ messageId, own }) => own && messageId === message.id);
		return Boolean(about && active && !marked) && isSaid(message);
	}

	private async mark({ conversationId, id }: Message): Promise<void> {
		try {
			await this.context.messenger.actOnCase(conversationId, { act: "mark", messageId: id });
			this.context.announce(caseWords("mark.own"));
		} catch (reason) {
			this.writing.tell(sentenceOf(reason));
		}
	}

	/** Somebody who has left has no place in the list of people who can be reported. */
	private mayReport({ own, senderPersonId }: Message): boolean {
		const here = this.conversation?.members.some(({ personId }) => personId === senderPersonId);
		return !own && Boolean(here);
	}

	private async report(message: Message): Promise<void> {
		if (!this.conversation) return;
		try {
			await askReport(this.context, this.conversation, message);
		} catch (reason) {
			this.writing.tell(sentenceOf(reason));
		}
	}

	private mayForward({ attachment, send }: Message): boolean {
		const arrived = send === null || send.state === "sent";
		return arrived && this.conversation?.contact == null && attachment?.objectId !== "";
	}

	private mayEdit({ own, type, forwarded, at, sentAt }: Message): boolean {
		const age = Date.now() - Date.parse(at ?? sentAt);
		return own && type === "text" && !forwarded && age < EDIT_WINDOW_MS;
	}

	private forward(message: Message): void {
		if (!this.conversation) return;
		askForward(this.context, message, this.conversation, this.store.snapshot.conversations ?? []);
	}

	private async copy(message: Message): Promise<void> {
		await navigator.clipboard.writeText(message.text);
		this.context.announce(t("copied"));
	}

	private async recall(message: Message): Promise<void> {
		const sure = await confirmed(t("recall.question"), t("recall.text"), t("recall.do"));
		if (sure) await this.annotate(message, { act: "recall" });
	}

	private async annotate(message: Message, annotation: Annotation): Promise<void> {
		try {
			await this.context.messenger.annotate(message.id, annotation);
		} catch (reason) {
			this.writing.tell(sentenceOf(reason));
		}
	}
}

/** Somebody has said it, and the service has it. */
function isSaid({ type, seq, notes }: Message): boolean {
	return (type === "text" || type === "attachment") && seq !== null && !notes?.recalling;
}
