/** What page and worker say to each other. */

import type { SearchQuery } from "./search-types";
import type { Language } from "./texts";
import type { ApprovalWishes, JoinProof, Messenger, MessengerEvent, MessengerFailure } from "./types";

/** Methods of the messenger that are calls to the worker. */
export type Method = {
	[K in keyof Messenger]: Messenger[K] extends (...args: never[]) => Promise<unknown> ? K : never;
}[keyof Messenger];

export type Arguments<M extends Method> = M extends "open"
	? [messageId: string]
	: M extends "search"
		? [query: SearchQuery]
		: M extends "saveInto"
			? [messageId: string, handle: FileSystemFileHandle]
			: M extends "takeIntoRecord"
				? [conversationId: string, messageIds: string[]]
				: M extends "approve"
					? [joinId: string, proof: JoinProof, wishes: ApprovalWishes]
					: Parameters<Messenger[M]>;
export type Result<M extends Method> = Awaited<ReturnType<Messenger[M]>>;

export type ToWorker =
	/** `again`: this page had the engine before and gave it away. */
	| { type: "start"; csrf: string; language: Language; deviceName: string; again: boolean }
	| { type: "call"; id: number; method: Method; args: unknown[] }
	| { type: "csrf"; token: string }
	| { type: "take-over" }
	| { type: "ask-to-join" }
	| { type: "withdraw-join" }
	| { type: "ask-administrator-again" };

export type FromWorker =
	| { type: "event"; event: MessengerEvent }
	| { type: "result"; id: number; value: unknown }
	| { type: "failure"; id: number; failure: MessengerFailure }
	| { type: "progress"; id: number; done: number; total: number }
	| { type: "ask-csrf" }
	/** The lock went to another tab. This worker's memory of the ratchet is old from now on: end it. */
	| { type: "ended" };
