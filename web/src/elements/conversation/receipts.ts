import type { Conversation, Member, Message } from "../../engine/types";
import { others } from "./names";

/** How far an own message has come. The lists name people, without the sender. */
export type Progress =
	| { stage: "queued" | "sending" }
	| { stage: "uploading"; share: number }
	| { stage: "failed"; reason: string }
	| Confirmed;

/** `seq`: of the message, by which the members' watermarks say when they passed it. */
export interface Confirmed {
	stage: "sent" | "delivered" | "seen";
	seq: number;
	seen: Member[];
	delivered: Member[];
	waiting: Member[];
}

/** Compute the state of an own message from the watermarks of the members: the highest sequence number each has
 *  confirmed. A message counts as delivered or seen as soon as one person has it; `waiting` says who has not. */
export function progressOf(message: Message, conversation: Conversation, me: string): Progress {
	const { send, seq } = message;
	if (send?.state === "failed") return { stage: "failed", reason: send.reason };
	if (send?.state === "uploading") return { stage: "uploading", share: shareOf(send) };
	if (seq === null) return { stage: send?.state === "queued" ? "queued" : "sending" };
	const people = others(conversation, me);
	const seen = people.filter((member) => member.seen >= seq);
	const delivered = people.filter((member) => member.seen < seq && member.delivered >= seq);
	const waiting = people.filter((member) => member.seen < seq && member.delivered < seq);
	const stage = seen.length ? "seen" : delivered.length ? "delivered" : "sent";
	return { stage, seq, seen, delivered, waiting };
}

function shareOf({ sentBytes, totalBytes }: { sentBytes: number; totalBytes: number }): number {
	return totalBytes ? Math.min(1, sentBytes / totalBytes) : 0;
}
