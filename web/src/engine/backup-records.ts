/** Records as they lie in a backup: without what holds for one device only. Pure. */

import { unannotated } from "./annotations";
import type { BackedUp } from "./backup-memory";
import type { GroupRecord, MessageRecord } from "./records";
import type { Tables } from "./store";

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
	return waiting.reduce((record, { id }) => unannotated(record, id), message);
}

/** What people count as a message. */
export function isTalk({ type }: Pick<MessageRecord, "type">): boolean {
	return type === "text" || type === "attachment";
}

/** When the service took it. */
export function timeOf(message: Pick<MessageRecord, "at" | "sentAt">): string {
	return message.at ?? message.sentAt;
}
