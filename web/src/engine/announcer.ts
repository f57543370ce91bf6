/** Tells the page of messages: a single one at once, many together. Ten thousand messages that are caught up one by one
 *  would otherwise be ten thousand times work for the page. */

import type { Message, MessengerEvent } from "./types";

const TOGETHER_MS = 100;

interface Told {
	message: Message;
	changed: boolean;
}

export class Announcer {
	private readonly waiting = new Map<string, Map<string, Told>>();
	private timer: ReturnType<typeof setTimeout> | undefined;

	constructor(private readonly emit: (event: MessengerEvent) => void) {}

	/** `changed`: something was said about them, none of them is new. */
	tell(conversationId: string, messages: readonly Message[], changed = false): void {
		const together = this.waiting.get(conversationId) ?? new Map<string, Told>();
		for (const message of messages) {
			// What is new and waits here stays new, whatever is said about it meanwhile.
			const isNew = !changed || together.get(message.id)?.changed === false;
			together.set(message.id, { message, changed: !isNew });
		}
		this.waiting.set(conversationId, together);
		if (this.timer !== undefined) return;
		this.flush();
		this.timer = setTimeout(() => {
			this.timer = undefined;
			this.flush();
		}, TOGETHER_MS);
	}

	private flush(): void {
		const waiting = [...this.waiting];
		this.waiting.clear();
		for (const [conversationId, together] of waiting) {
			const told = [...together.values()];
			const fresh = told.filter(({ changed }) => !changed).map(({ message }) => message);
			const revised = told.filter(({ changed }) => changed).map(({ message }) => message);
			if (fresh.length > 0) this.emit({ type: "messages", conversationId, messages: fresh });
			if (revised.length > 0) {
				this.emit({ type: "messages", conversationId, messages: revised, changed: true });
			}
		}
	}
}
