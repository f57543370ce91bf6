/** Records as they lie in a backup: without what holds for one device only. Pure. */

import { utf8 } from "../crypto/bytes";
import { unannotated } from "./annotations";
import type { BackedUp } from "./backup-memory";
import type { GroupRecord, MessageRecord } from "./records";
import { type Tables, toJson } from "./store";

/** JSON of one message: half of what the service takes as a piece. */
const LARGEST_MESSAGE_BYTES = 256 * 1024;

/** Null: nothing to back up, for it is on its way, or is about this device. */
export function portable(table: BackedUp, record: Tables[BackedUp]): Tables[BackedUp] | null {
	if (table === "groups") return portableGroup(record as GroupRecord);
	if (table === "messages") return portableMessage(record as MessageRecord);
	return record;
}

/** A device that brings it back is not in the group: its place is lost until somebody adds it. */
function portableGroup(group: GroupRecord): GroupRecord {
	const { passages: _passages, forgotten: _forgotten, ownAnnotations: _own, ...rest } = group;
	return {
		...rest,
		place: "lost",
		cursor: 0,
		seen: 0,
		unread: 0,
		mentioned: 0,
		keysAtMs: 0,
		sentAtMs: 0,
		unknown: [],
		members: group.members.map(({ personId, owner }) => ({ personId, owner, delivered: 0, seen: 0 })),
	};
}

function portableMessage(message: MessageRecord): MessageRecord | null {
	if (message.seq === null || message.event?.kind === "lost") return null;
	const waiting = message.said?.entries.filter(({ seq }) => seq === null) ?? [];
	return fitting(waiting.reduce((record, { id }) => unannotated(record, id), message));
}

/** What others say about a message must not grow beyond a piece: then only the last wording is kept of its changes, and
 *  where even that is too long, nothing but the message as it reads now. */
function fitting(message: MessageRecord): MessageRecord {
	if (!message.said || fits(message)) return message;
	const { said, ...bare } = message;
	const last = said.entries.findLast(({ annotation, failed }) => annotation.act === "edit" && !failed);
	const entries = said.entries.filter((entry) => entry.annotation.act !== "edit" || entry === last);
	const short = { ...message, said: { ...said, entries } };
	return fits(short) ? short : bare;
}

function fits(message: MessageRecord): boolean {
	return utf8(JSON.stringify(toJson(message))).length <= LARGEST_MESSAGE_BYTES;
}

/** What people count as a message. */
export function isTalk({ type }: Pick<MessageRecord, "type">): boolean {
	return type === "text" || type === "attachment";
}

/** When the service took it. */
export function timeOf(message: Pick<MessageRecord, "at" | "sentAt">): string {
	return message.at ?? message.sentAt;
}
