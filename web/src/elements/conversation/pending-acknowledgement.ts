import type { Messenger } from "../../engine/types";

/** So long a slip of the finger can be undone; an acknowledgement stops everybody else from being asked. */
export const UNDO_MS = 5000;

interface Waiting {
	timer: ReturnType<typeof setTimeout>;
	send(): void;
}

/** Acknowledgements that were tapped and can still be undone. They outlive the row: another conversation may be opened
 *  meanwhile. One that is lost with the page leaves the message unacknowledged, so that somebody else is asked. */
export class PendingAcknowledgements {
	private readonly waiting = new Map<string, Waiting>();

	constructor(private readonly messenger: Pick<Messenger, "acknowledge">) {
		window.addEventListener("pagehide", () => {
			for (const { send } of [...this.waiting.values()]) send();
		});
	}

	has(messageId: string): boolean {
		return this.waiting.has(messageId);
	}

	/** `settled`: sent, or refused with a reason. */
	begin(messageId: string, settled: (failure: unknown) => void): void {
		if (this.waiting.has(messageId)) return;
		const send = () => {
			this.undo(messageId);
			this.messenger.acknowledge(messageId, "acknowledged").then(() => settled(null), settled);
		};
		this.waiting.set(messageId, { timer: setTimeout(send, UNDO_MS), send });
	}

	undo(messageId: string): void {
		clearTimeout(this.waiting.get(messageId)?.timer);
		this.waiting.delete(messageId);
	}
}

const known = new WeakMap<object, PendingAcknowledgements>();

/** One for all rows of a page. */
export function pendingOf(messenger: Pick<Messenger, "acknowledge">): PendingAcknowledgements {
	const found = known.get(messenger) ?? new PendingAcknowledgements(messenger);
	known.set(messenger, found);
	return found;
}
