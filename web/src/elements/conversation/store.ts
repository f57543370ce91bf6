import type {
	Conversation,
	EngineState,
	Message,
	Messenger,
	MessengerEvent,
	Stretch,
} from "../../engine/types";
import { Timeline } from "./timeline";

export const PAGE_SIZE = 50;
/** While messages are caught up: how many an open conversation takes in, and how often changes are shown. */
export const MOST_AT_ONCE = 500;
const CATCHING_UP_MS = 150;

/** An open conversation. `loading`: its first page is on the way. */
export interface OpenThread {
	id: string;
	timeline: Timeline;
	/** What the reader had seen when it was opened; stays, so that the line "new" stays. Null until it is known. */
	seenAtOpening: number | null;
	state: "loading" | "ready" | "failed";
	loadingOlder: boolean;
	/** Messages that are known though their page is not loaded: what others answer, and what somebody has changed.
	 *  null: not in this browser. undefined: on the way. Never older than what the messenger last told. */
	elsewhere: Map<string, Message | null | undefined>;
	loadingNewer: boolean;
	/** So much came in at once that the newest messages are not in the timeline; they come when the reader is at its end. */
	behind: boolean;
}

/** What the whole workspace shows; every part reads it and none changes it. */
export interface Snapshot {
	engine: EngineState;
	/** Newest first; null until the messenger has told them. */
	conversations: Conversation[] | null;
	open: OpenThread | null;
	catchUp: { done: number; total: number } | null;
	/** Own messages that wait for a connection. */
	queued: number;
}

export type StoreEvent = { type: "changed" } | { type: "arrived"; message: Message };

/** Gathers what the messenger tells into one snapshot. Changes are told once per turn, however many there were. */
export class ConversationStore {
	private engine: EngineState;
	private conversations: Conversation[] | null = null;
	private open: OpenThread | null = null;
	private catchUp: Snapshot["catchUp"] = null;
	private readonly queue = new Map<string, Message>();
	/** How far this page has already said that the reader has seen, by conversation; the answer takes a moment. */
	private readonly saidSeen = new Map<string, number>();
	private readonly gone = new Set<string>();
	private told = true;
	private soon: ReturnType<typeof setTimeout> | undefined;
	private readonly stop: () => void;

	constructor(
		private readonly messenger: Messenger,
		private readonly me: string,
		private readonly tell: (event: StoreEvent) => void,
	) {
		this.engine = messenger.state;
		this.stop = messenger.listen((event) => this.heard(event));
	}

	get snapshot(): Snapshot {
		const { engine, conversations, open, catchUp } = this;
		return { engine, conversations, open, catchUp, queued: this.queue.size };
	}

	conversation(id: string): Conversation | undefined {
		return this.conversations?.find((conversation) => conversation.id === id);
	}

	/** Open a conversation, or none. */
	select(id: string | null): void {
		if (this.open?.id === id) return;
		this.open = id ? this.thread(id) : null;
		if (this.open) void this.loadFirst(this.open);
		this.change();
	}

	/** Load the first page of the open conversation again after it failed. */
	reload(): void {
		if (this.open) void this.loadFirst(this.open);
	}

	async loadOlder(): Promise<void> {
		const thread = this.open;
		if (thread?.state !== "ready" || thread.loadingOlder || thread.timeline.complete) return;
		thread.loadingOlder = true;
		this.change();
		try {
			await this.page(thread);
		} finally {
			thread.loadingOlder = false;
			this.change();
		}
	}

	/** Show a stretch of a conversation in place of what is open. */
	show(stretch: Stretch): void {
		const known = this.open?.id === stretch.conversationId ? this.open : this.thread(stretch.conversationId);
		const timeline = Timeline.of(stretch);
		this.open = { ...known, timeline, state: "ready", loadingOlder: false, loadingNewer: false };
		this.change();
	}

	/** From an older part of the conversation one page on towards its end. */
	async loadNewer(): Promise<void> {
		const thread = this.open;
		if (thread?.state !== "ready" || thread.loadingNewer || !thread.timeline.detached) return;
		thread.loadingNewer = true;
		try {
			const { timeline } = thread;
			const options = { after: timeline.newest, limit: PAGE_SIZE };
			const messages = await this.messenger.messages(thread.id, options);
			const fresh = messages.some(({ id }) => !timeline.has(id));
			timeline.merge(messages);
			if (!fresh || messages.length < PAGE_SIZE) timeline.attach();
		} finally {
			thread.loadingNewer = false;
			this.change();
		}
	}

	/** From an older part of the conversation, or one whose newest messages were too many, to its newest page. */
	async toNewest(): Promise<void> {
		const known = this.open;
		if (known?.timeline.detached) {
			const fresh = { timeline: new Timeline(), loadingOlder: false, loadingNewer: false, behind: false };
			this.open = { ...known, ...fresh };
			await this.loadFirst(this.open);
		} else if (known?.behind) await this.catchUpWith(known);
	}

	/** The reader has everything of the open conversation before the eyes. */
	markSeen(): void {
		const thread = this.open;
		const conversation = thread && this.conversation(thread.id);
		const newest = thread?.timeline.newest ?? 0;
		if (!conversation || thread.timeline.detached) return;
		const known = Math.max(this.seenBy(conversation), this.saidSeen.get(conversation.id) ?? 0);
		if (newest <= known) return;
		this.saidSeen.set(conversation.id, newest);
		this.messenger.markSeen(conversation.id, newest).catch(() => this.saidSeen.delete(conversation.id));
	}

	/** A message of the open conversation, also of a page that is not loaded; undefined while it is looked for. */
	find(messageId: string): Message | null | undefined {
		const thread = this.open;
		if (!thread) return null;
		const { timeline, elsewhere } = thread;
		const known = timeline.get(messageId) ?? elsewhere.get(messageId);
		if (known || elsewhere.has(messageId)) return known;
		elsewhere.set(messageId, undefined);
		void this.look(thread, messageId);
		return undefined;
	}

	/** An own message that has just been handed over for sending. */
	sent(message: Message): void {
		this.merge(message.conversationId, [message]);
	}

	discarded(message: Message): void {
		this.queue.delete(message.id);
		this.gone.add(message.id);
		if (this.open?.id === message.conversationId) this.open.timeline.remove(message.id);
		this.change();
	}

	close(): void {
		clearTimeout(this.soon);
		this.stop();
	}

	private thread(id: string): OpenThread {
		const conversation = this.conversation(id);
		const seenAtOpening = conversation ? this.readUpTo(conversation) : null;
		return {
			id,
			timeline: new Timeline(),
			seenAtOpening,
			state: "loading",
			loadingOlder: false,
			loadingNewer: false,
			behind: false,
			elsewhere: new Map(),
		};
	}

	private seenBy(conversation: Conversation): number {
		return conversation.members.find((member) => member.personId === this.me)?.seen ?? 0;
	}

	private readUpTo(conversation: Conversation): number {
		return conversation.unread ? this.seenBy(conversation) : Number.POSITIVE_INFINITY;
	}

	private async loadFirst(thread: OpenThread): Promise<void> {
		thread.state = "loading";
		this.change();
		try {
			await this.page(thread);
			thread.state = "ready";
		} catch {
			thread.state = "failed";
		}
		this.change();
	}

	private async page(thread: OpenThread): Promise<void> {
		const before = thread.timeline.oldest;
		const options = before === undefined ? { limit: PAGE_SIZE } : { before, limit: PAGE_SIZE };
		const messages = await this.messenger.messages(thread.id, options);
		const fresh = messages.filter((message) => !thread.timeline.has(message.id));
		thread.timeline.merge(messages.map((message) => thread.elsewhere.get(message.id) ?? message));
		if (!fresh.length || thread.timeline.oldest === 1) thread.timeline.complete = true;
	}

	private async catchUpWith(thread: OpenThread): Promise<void> {
		thread.behind = false;
		const timeline = new Timeline();
		timeline.merge(await this.messenger.messages(thread.id, { limit: PAGE_SIZE }));
		if (timeline.messages.length > 0) thread.timeline = timeline;
		this.change();
	}

	private heard(event: MessengerEvent): void {
		if (event.type === "state") this.engine = event.state;
		if (event.type === "conversations") this.heardConversations(event.conversations);
		if (event.type === "catch-up") this.catchUp = event.done < event.total ? event : null;
		if (event.type === "messages" && event.changed) this.revise(event.conversationId, event.messages);
		else if (event.type === "messages") this.merge(event.conversationId, event.messages);
		if (this.catchUp) this.changeSoon();
		else this.change();
	}

	private heardConversations(conversations: Conversation[]): void {
		this.conversations = [...conversations].sort((one, other) => lastAt(other) - lastAt(one));
		for (const { lastMessage } of conversations) if (lastMessage) this.note(lastMessage);
		const thread = this.open;
		const opened = thread && this.conversation(thread.id);
		// Opened by address before the list was known: now the watermark is.
		if (!opened) return;
		thread.seenAtOpening ??= this.readUpTo(opened);
		if (opened.expiredSeq > 0) {
			thread.timeline.expire(opened.expiredSeq, new Set(opened.kept.map(({ messageId }) => messageId)));
		}
	}

	private merge(conversationId: string, told: Message[]): void {
		// What was discarded may have been on its way to this page.
		const there = told.filter(({ id }) => !this.gone.has(id));
		for (const message of there) this.note(message);
		if (this.open?.id !== conversationId) return;
		const messages = this.taken(this.open, there);
		const { timeline, state } = this.open;
		const arrived = messages.filter((message) => !message.own && !timeline.knows(message.id));
		const newest = timeline.newest;
		timeline.hear(messages);
		if (!this.catchUp) this.change();
		if (state !== "ready") return;
		for (const message of arrived) {
			if ((message.seq ?? 0) > newest) this.tell({ type: "arrived", message });
		}
	}

	/** Something was said about messages that have been there: a page that is not loaded stays so. */
	private revise(conversationId: string, messages: Message[]): void {
		if (this.open?.id !== conversationId) return;
		const { timeline, elsewhere } = this.open;
		timeline.merge(messages.filter(({ id }) => timeline.has(id)));
		for (const message of messages) if (!timeline.has(message.id)) elsewhere.set(message.id, message);
	}

	private async look(thread: OpenThread, messageId: string): Promise<void> {
		const found = await this.messenger.message(messageId).catch(() => null);
		const known = thread.elsewhere.get(messageId) ?? thread.timeline.get(messageId);
		const here = found?.conversationId === thread.id ? found : null;
		if (!known) thread.elsewhere.set(messageId, here);
		this.change();
	}

	/** A page with thousands of rows stands still: what is too much is read from the store when it is wanted. */
	private taken(thread: OpenThread, messages: Message[]): Message[] {
		const { timeline } = thread;
		if (!thread.behind && (!this.catchUp || timeline.messages.length < MOST_AT_ONCE)) return messages;
		const taken = messages.filter(({ id, own, seq }) => timeline.has(id) || (own && seq === null));
		thread.behind ||= taken.length < messages.length;
		return taken;
	}

	private note(message: Message): void {
		const waits = message.own && message.seq === null && message.send?.state !== "failed";
		if (waits) this.queue.set(message.id, message);
		else this.queue.delete(message.id);
	}

	private changeSoon(): void {
		this.soon ??= setTimeout(() => this.change(), CATCHING_UP_MS);
	}

	private change(): void {
		clearTimeout(this.soon);
		this.soon = undefined;
		if (!this.told) return;
		this.told = false;
		queueMicrotask(() => {
			this.told = true;
			this.tell({ type: "changed" });
		});
	}
}

function lastAt(conversation: Conversation): number {
	return Date.parse(conversation.lastMessage?.sentAt ?? conversation.joinedAt);
}
