import type { Conversation, EngineState, Message, Messenger, MessengerEvent } from "../../engine/types";
import { Timeline } from "./timeline";

export const PAGE_SIZE = 50;

/** An open conversation. `loading`: its first page is on the way. */
export interface OpenThread {
	id: string;
	timeline: Timeline;
	/** What the reader had seen when it was opened; stays, so that the line "new" stays. Null until it is known. */
	seenAtOpening: number | null;
	state: "loading" | "ready" | "failed";
	loadingOlder: boolean;
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
	private told = true;
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

	/** The reader has everything of the open conversation before the eyes. */
	markSeen(): void {
		const thread = this.open;
		const conversation = thread && this.conversation(thread.id);
		const newest = thread?.timeline.newest ?? 0;
		if (!conversation) return;
		const known = Math.max(this.seenBy(conversation), this.saidSeen.get(conversation.id) ?? 0);
		if (newest <= known) return;
		this.saidSeen.set(conversation.id, newest);
		this.messenger.markSeen(conversation.id, newest).catch(() => this.saidSeen.delete(conversation.id));
	}

	/** An own message that has just been handed over for sending. */
	sent(message: Message): void {
		this.merge(message.conversationId, [message]);
	}

	discarded(message: Message): void {
		this.queue.delete(message.id);
		if (this.open?.id === message.conversationId) this.open.timeline.remove(message.id);
		this.change();
	}

	close(): void {
		this.stop();
	}

	private thread(id: string): OpenThread {
		const conversation = this.conversation(id);
		const seenAtOpening = conversation ? this.readUpTo(conversation) : null;
		return { id, timeline: new Timeline(), seenAtOpening, state: "loading", loadingOlder: false };
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
		thread.timeline.merge(messages);
		if (!fresh.length || thread.timeline.oldest === 1) thread.timeline.complete = true;
	}

	private heard(event: MessengerEvent): void {
		if (event.type === "state") this.engine = event.state;
		if (event.type === "conversations") this.heardConversations(event.conversations);
		if (event.type === "catch-up") this.catchUp = event.done < event.total ? event : null;
		if (event.type === "messages") this.merge(event.conversationId, event.messages);
		this.change();
	}

	private heardConversations(conversations: Conversation[]): void {
		this.conversations = [...conversations].sort((one, other) => lastAt(other) - lastAt(one));
		for (const { lastMessage } of conversations) if (lastMessage) this.note(lastMessage);
		const thread = this.open;
		const opened = thread && this.conversation(thread.id);
		// Opened by address before the list was known: now the watermark is.
		if (opened) thread.seenAtOpening ??= this.readUpTo(opened);
	}

	private merge(conversationId: string, messages: Message[]): void {
		for (const message of messages) this.note(message);
		if (this.open?.id !== conversationId) return;
		const { timeline, state } = this.open;
		const arrived = messages.filter((message) => !message.own && !timeline.has(message.id));
		const newest = timeline.newest;
		timeline.merge(messages);
		this.change();
		if (state !== "ready") return;
		for (const message of arrived) {
			if ((message.seq ?? 0) > newest) this.tell({ type: "arrived", message });
		}
	}

	private note(message: Message): void {
		const waits = message.own && message.seq === null && message.send?.state !== "failed";
		if (waits) this.queue.set(message.id, message);
		else this.queue.delete(message.id);
	}

	private change(): void {
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
