import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { KeyedList, type Row } from "../../dom/keyed";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Conversation, Message } from "../../engine/types";
import { t as caseWords } from "../../i18n/case";
import { t as common } from "../../i18n/common";
import { t } from "../../i18n/conversation";
import type { Context } from "./context";
import { dayTitle } from "./days";
import { MessageRow } from "./message-row";
import { eventText, titleChange, titleOf } from "./names";
import { emptyPane, skeleton } from "./placeholders";
import { rowsOf, type ThreadRow } from "./rows";
import { Scroller } from "./scroller";
import { spotlight } from "./spotlight";
import type { ConversationStore, OpenThread } from "./store";
import type { TalkActions } from "./talk-actions";

interface Item {
	row: ThreadRow;
	conversation: Conversation;
	answered: number;
}

/** The messages of the open conversation: older ones load while scrolling up, new ones come in below. */
export class MessageList {
	readonly element: HTMLElement;
	private readonly rows = make("ol", { class: "thread__rows" });
	private readonly loading = skeleton(t("thread.loading"));
	private readonly empty = emptyPane("lock", t("thread.empty.title"), t("thread.empty.text"));
	private readonly failed: HTMLElement;
	private readonly older: HTMLElement;
	private readonly scroller: Scroller;
	private keyed: KeyedList<Item>;
	private thread: OpenThread | null = null;
	private started = false;
	/** The message to show as soon as its row is there. */
	private target: string | null = null;

	constructor(
		private readonly context: Context,
		private readonly store: ConversationStore,
		private readonly talk: TalkActions,
	) {
		this.keyed = this.newList();
		this.older = button(t("older"), () => void store.loadOlder(), { look: "small quiet" });
		this.failed = emptyPane(
			"warning",
			t("thread.failed"),
			"",
			button(common("retry"), () => store.reload()),
		);
		const content = make("div", { class: "thread__content" }, this.older, this.rows);
		this.scroller = new Scroller(content, this.rows, {
			nearStart: () => this.nearStart(),
			atEnd: () => this.reachedEnd(),
			nearEnd: () => void store.loadNewer(),
			newest: () => void store.toNewest(),
		});
		this.element = make(
			"div",
			{ class: "thread__messages" },
			this.loading,
			this.empty,
			this.failed,
			this.scroller.element,
			this.scroller.jump,
		);
		for (const event of ["focus", "visibilitychange"]) window.addEventListener(event, () => this.markSeen());
	}

	update(thread: OpenThread, conversation: Conversation): void {
		if (thread !== this.thread) this.open(thread);
		const { timeline, state } = thread;
		const rows = rowsOf(timeline.messages, thread.seenAtOpening, timeline.complete, conversation.expiredSeq);
		setHidden(this.loading, state !== "loading" || rows.length > 0);
		setHidden(this.failed, state !== "failed");
		setHidden(this.empty, state !== "ready" || rows.length > 0);
		setHidden(this.scroller.element, rows.length === 0);
		setAttribute(
			this.scroller.element,
			"aria-label",
			t("thread", { title: titleOf(conversation, this.context.me) }),
		);
		setHidden(this.older, timeline.complete || state !== "ready");
		setText(this.older, t(thread.loadingOlder ? "older.loading" : "older"));
		const answered = timeline.messages.findLast(isAnswer)?.seq ?? 0;
		this.scroller.keepPlace(() => this.keyed.update(rows.map((row) => ({ row, conversation, answered }))));
		this.scroller.detach(timeline.detached);
		if (!this.started && state === "ready" && rows.length) this.start();
		this.reveal();
		if (this.scroller.isAtEnd) this.reachedEnd();
	}

	/** Somebody else's message has come in. */
	arrived(message: Message): void {
		this.scroller.arrived();
		const name = message.senderName;
		const file = message.attachment?.name;
		this.context.announce(
			file ? t("arrived.file", { name, file }) : t("arrived.text", { name, text: message.text }),
		);
	}

	/** Show a message, mark it and put the focus on it, as soon as it is among the rows. */
	aim(messageId: string): void {
		this.target = messageId;
		this.reveal();
	}

	/** Show the end, where an own message has just been put. */
	toEnd(): void {
		if (this.thread?.timeline.detached) void this.store.toNewest();
		else this.scroller.toEnd();
	}

	focus(): void {
		this.scroller.element.focus();
	}

	private open(thread: OpenThread): void {
		this.thread = thread;
		this.started = false;
		this.rows.replaceChildren();
		this.keyed = this.newList();
	}

	private start(): void {
		this.started = true;
		this.scroller.start(this.rows.querySelector<HTMLElement>(".thread__unread"));
	}

	private reveal(): void {
		const row = this.target && this.started ? this.keyed.row(this.target)?.element : null;
		if (!row) return;
		this.target = null;
		this.scroller.reveal(row);
		spotlight(row);
	}

	private nearStart(): void {
		if (this.started) void this.store.loadOlder();
	}

	private reachedEnd(): void {
		if (this.thread?.behind) void this.store.toNewest();
		else this.markSeen();
	}

	private markSeen(): void {
		const visible = document.visibilityState === "visible" && document.hasFocus();
		if (visible && this.started && this.element.isConnected && this.scroller.isAtEnd) this.store.markSeen();
	}

	private newList(): KeyedList<Item> {
		return new KeyedList(
			this.rows,
			({ row }) => row.key,
			({ row }) => this.newRow(row),
		);
	}

	private newRow(row: ThreadRow): Row<Item> {
		if (row.kind !== "message") return markRow(row, this.context.me);
		const discarded = (message: Message) => this.store.discarded(message);
		const view = new MessageRow(this.context, row.message, discarded, this.talk);
		return {
			element: view.element,
			update: ({ row: fresh, conversation, answered }) => {
				if (fresh.kind === "message") view.update({ ...fresh, conversation, answered });
			},
		};
	}
}

function isAnswer({ own, seq, type }: Message): boolean {
	return own && seq !== null && (type === "text" || type === "attachment");
}

/** A row that is no message: a day, the line "new", somebody who came or went. */
function markRow(row: Exclude<ThreadRow, { kind: "message" }>, me: string): Row<Item> {
	const text = make("span");
	const icon =
		row.kind === "event"
			? kernIcon(eventIcon(row.message))
			: row.kind === "expired"
				? kernIcon("clock")
				: null;
	return {
		element: make("li", { class: `thread__mark thread__${row.kind}` }, icon, text),
		update: ({ row: fresh, conversation }) => setText(text, markText(fresh, conversation, me)),
	};
}

const EVENT_ICONS = {
	joined: "person-add",
	added: "person-add",
	"device-added": "device",
	removed: "people",
	ended: "people",
	"key-changed": "key",
	"unknown-leaf": "danger",
	lost: "warning",
} as const;

function eventIcon({ event }: Message): string {
	return event ? EVENT_ICONS[event.kind] : "edit";
}

function markText(row: ThreadRow, conversation: Conversation, me: string): string {
	if (row.kind === "day") return dayTitle(row.day);
	if (row.kind === "unread") return t("new_since");
	if (row.kind === "beginning") return t("beginning");
	if (row.kind === "expired") return caseWords("expired");
	return row.message.type === "title" ? titleChange(row.message) : eventText(row.message, conversation, me);
}
