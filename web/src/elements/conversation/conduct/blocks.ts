import type { MessengerFailure } from "../../../engine/types";
import { csrfToken } from "../../../lib/csrf";
import { Http, Unreachable } from "../../../lib/http";

interface Answer {
	blocks: { person_id: string }[];
}

export interface Report {
	personId: string;
	conversationId: string;
	category: string;
	words: string;
	messageId: string | null;
	/** Of the message, if the reporter attaches it: the only words that ever leave the encryption here. */
	text: string | null;
}

const PATH = "/api/v1/me/blocks";

/** Whom the reader blocked, as the service knows it; and the way to report somebody. */
export class Blocks {
	private readonly http = new Http({ csrf: async () => csrfToken() });
	private people: ReadonlySet<string> = new Set();

	constructor(private readonly changed: () => void) {}

	has(personId: string): boolean {
		return this.people.has(personId);
	}

	/** Ask the service. Where it does not answer, what was known stays: it refuses by itself what is closed. */
	async load(): Promise<void> {
		try {
			this.take(await this.http.get<Answer>(PATH, { unattended: true }));
		} catch {
			// Only what the page shows is less then; nothing is open for it.
		}
	}

	/** Raises: MessengerFailure. */
	async block(personId: string): Promise<void> {
		this.take(await answered(this.http.post<Answer>(PATH, { person_id: personId })));
	}

	/** Raises: MessengerFailure. */
	async unblock(personId: string): Promise<void> {
		await answered(this.http.delete(`${PATH}/${personId}`));
		this.people = new Set([...this.people].filter((one) => one !== personId));
		this.changed();
	}

	/** Raises: MessengerFailure. */
	async report({ personId, conversationId, category, words, messageId, text }: Report): Promise<void> {
		const what = { person_id: personId, group_id: conversationId, category, words };
		await answered(this.http.post("/api/v1/me/reports", { ...what, message_id: messageId, text }));
	}

	private take({ blocks }: Answer): void {
		this.people = new Set(blocks.map(({ person_id }) => person_id));
		this.changed();
	}
}

/** No answer at all is told as every failure of the messenger is. */
async function answered<T>(work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		throw error instanceof Unreachable ? ({ code: "offline", detail: "" } satisfies MessengerFailure) : error;
	}
}
