import type { Message } from "../../engine/types";

/** The known messages of one conversation, in order: by sequence number, then what waits in the outbox.
 *
 *  Always one stretch without a gap. Detached, it ends before the newest message: what comes in meanwhile is kept aside
 *  until the pages between have been read. */
export class Timeline {
	private readonly byId = new Map<string, Message>();
	private readonly aside = new Map<string, Message>();
	private ordered: Message[] | null = null;
	private apart = false;
	/** There is nothing older on this device. */
	complete = false;

	/** A stretch from the middle of a conversation. */
	static of(stretch: { messages: readonly Message[]; first: boolean; last: boolean }): Timeline {
		const timeline = new Timeline();
		timeline.merge(stretch.messages);
		timeline.complete = stretch.first;
		timeline.apart = !stretch.last;
		return timeline;
	}

	/** Newer messages than these exist, and are not here. */
	get detached(): boolean {
		return this.apart;
	}

	/** The newest messages are here now, and with them those that came in meanwhile. */
	attach(): void {
		this.apart = false;
		this.merge([...this.aside.values()]);
		this.aside.clear();
	}

	/** Put messages in, or newer versions of them. */
	merge(messages: readonly Message[]): void {
		for (const message of messages) this.byId.set(message.id, message);
		this.ordered = null;
	}

	/** Messages that came in, or have changed. */
	hear(messages: readonly Message[]): void {
		const beyond = this.apart ? messages.filter(({ id }) => !this.byId.has(id)) : [];
		for (const message of beyond) this.aside.set(message.id, message);
		this.merge(messages.filter((message) => !beyond.includes(message)));
	}

	remove(id: string): void {
		this.byId.delete(id);
		this.aside.delete(id);
		this.ordered = null;
	}

	get(id: string): Message | undefined {
		return this.byId.get(id);
	}

	/** Take out what is deleted: up to a number, but for what is kept and who came and went. */
	expire(upTo: number, kept: ReadonlySet<string>): void {
		for (const { id, seq, type } of this.messages) {
			if (seq !== null && seq <= upTo && type !== "event" && !kept.has(id)) this.remove(id);
		}
	}

	has(id: string): boolean {
		return this.byId.has(id);
	}

	/** Whether a message is here, or kept aside. */
	knows(id: string): boolean {
		return this.byId.has(id) || this.aside.has(id);
	}

	get messages(): Message[] {
		this.ordered ??= [...this.byId.values()].sort(inOrder);
		return this.ordered;
	}

	/** The oldest sequence number here, to page backwards from. */
	get oldest(): number | undefined {
		return this.messages.find((message) => message.seq !== null)?.seq ?? undefined;
	}

	/** The newest sequence number here; 0 while there is none. */
	get newest(): number {
		return this.messages.findLast((message) => message.seq !== null)?.seq ?? 0;
	}
}

function inOrder(one: Message, other: Message): number {
	const first = one.seq ?? Number.POSITIVE_INFINITY;
	const second = other.seq ?? Number.POSITIVE_INFINITY;
	return first === second ? Date.parse(one.sentAt) - Date.parse(other.sentAt) : first - second;
}
