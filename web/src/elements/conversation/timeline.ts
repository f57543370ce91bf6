import type { Message } from "../../engine/types";

/** The known messages of one conversation, in order: by sequence number, then what waits in the outbox. */
export class Timeline {
	private readonly byId = new Map<string, Message>();
	private ordered: Message[] | null = null;
	/** There is nothing older on the server. */
	complete = false;

	/** Put messages in, or newer versions of them. */
	merge(messages: readonly Message[]): void {
		for (const message of messages) this.byId.set(message.id, message);
		this.ordered = null;
	}

	remove(id: string): void {
		this.byId.delete(id);
		this.ordered = null;
	}

	has(id: string): boolean {
		return this.byId.has(id);
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
