/** What has expired on the server is deleted here, too. The server's word decides, not this device's clock: one that
 *  runs ahead must not cost anybody their conversations. */

import { isTreatment } from "../lib/kinds";
import type { Context } from "./context";
import type { GroupRecord, MessageRecord } from "./records";
import type { Change } from "./store";

type Place = Pick<GroupRecord, "retention" | "kept">;

/** Whether the server says that a message at this place has expired. */
export function hasExpired({ retention, kept }: Place, seq: number, messageId: string): boolean {
	if (!retention || seq > retention.expiredSeq) return false;
	return !kept?.some((one) => one.messageId === messageId);
}

/** Delete what has expired of a group; in its lane, where nothing else is read or written meanwhile. */
export async function forgetExpired(context: Context, groupId: string): Promise<void> {
	const group = context.groups.find(groupId);
	if (!group?.retention || group.retention.expiredSeq === 0) return;
	const upTo = Math.min(group.retention.expiredSeq, group.cursor);
	// Read through only when there may be something new: after each expiry, and when a message is kept no more.
	const forgotten = JSON.stringify([upTo, (group.kept ?? []).map(({ messageId }) => messageId)]);
	if (forgotten === group.forgotten) return;
	const messages = await context.store.messagesUpTo(groupId, upTo);
	const gone = messages.filter(
		(message) => isTalk(message) && hasExpired(group, message.seq ?? 0, message.id),
	);
	const changes = gone.map((message): Change => ({ table: "messages", key: message.id, value: null }));
	const patch: Partial<GroupRecord> = { forgotten };
	if (gone.length > 0) {
		const unseen = gone.filter(({ own, seq, type }) => !own && type !== "title" && (seq ?? 0) > group.seen);
		patch.unread = Math.max(0, group.unread - unseen.length);
		patch.expiredSeq = Math.max(group.expiredSeq ?? 0, upTo);
		// The title of a case is talk like all the rest; that of a team stays with it.
		if (isTreatment(group.kind)) patch.title = null;
	}
	await context.groups.update(groupId, patch, changes);
}

/** Who came and went stays: it says nothing of a patient. */
function isTalk({ type }: MessageRecord): boolean {
	return type !== "event";
}
