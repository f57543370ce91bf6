/** The messages that stand around one of them, read from the browser's own memory. */

import type { Context } from "./context";
import { orderOf } from "./store";
import type { Stretch } from "./types";
import { messageView } from "./views";

const EACH_SIDE = 25;

/** Null when the message, or its conversation, is not on this device. */
export async function around(context: Context, messageId: string): Promise<Stretch | null> {
	const { store, groups } = context;
	const wanted = await store.get("messages", messageId);
	if (!wanted || !groups.find(wanted.conversationId)) return null;
	const { conversationId } = wanted;
	const at = orderOf(wanted);
	const [older, rest] = await Promise.all([
		store.messages(conversationId, at, EACH_SIDE),
		store.messagesFrom(conversationId, at, EACH_SIDE),
	]);
	return {
		conversationId,
		messages: [...older, ...rest].map((record) => messageView(context, record)),
		first: older.length < EACH_SIDE,
		last: rest.length < EACH_SIDE,
	};
}
