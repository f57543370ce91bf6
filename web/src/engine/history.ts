/** What is kept of conversations, as pages see it. */

import { unreadOf } from "./annotating";
import type { Context } from "./context";
import type { Guard } from "./guard";
import type { Conversation, Message, MessagePage } from "./types";
import { conversationView, messageView } from "./views";

const PAGE = 50;
const LARGEST_PAGE = 500;

/** All conversations, the one with the newest message first. */
export async function conversations(context: Context, guard: Guard): Promise<Conversation[]> {
	const groups = context.groups.all();
	const views = await Promise.all(groups.map((group) => conversationView(context, guard, group)));
	return views.sort((left, right) => newest(right).localeCompare(newest(left)));
}

export async function page(
	context: Context,
	conversationId: string,
	{ before, after, limit }: MessagePage,
): Promise<Message[]> {
	const { groups, store } = context;
	groups.get(conversationId);
	const size = Math.min(Math.max(limit ?? PAGE, 1), LARGEST_PAGE);
	const records =
		after === undefined
			? await store.messages(conversationId, before ?? null, size)
			: await store.messagesFrom(conversationId, after, size);
	return records.map((record) => messageView(context, record));
}

/** Messages by id, without those that are no longer here. */
export async function messagesById(context: Context, ids: readonly string[]): Promise<Message[]> {
	const found = await Promise.all(ids.map((id) => context.store.get("messages", id)));
	return found.flatMap((record) => (record ? [messageView(context, record)] : []));
}

/** Keep how far the person has seen a conversation; false when that was known. */
export async function keepSeen(context: Context, conversationId: string, seq: number): Promise<boolean> {
	const { groups, store, self } = context;
	const { seen, cursor } = groups.get(conversationId);
	const upTo = Math.min(seq, cursor);
	if (upTo <= seen) return false;
	const left = unreadOf(await store.messagesAfter(conversationId, upTo), self.personId);
	await groups.update(conversationId, { seen: upTo, ...left });
	return true;
}

function newest({ lastMessage, joinedAt }: Conversation): string {
	return lastMessage?.sentAt ?? joinedAt;
}
