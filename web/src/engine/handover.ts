/** A role has a new holder: they come into the conversations that have open items of it, and get these messages as an
 *  encrypted bundle; who held the role before leaves, unless they have taken part. */

import { type Body, type HandedOn, MAXIMUM_HANDED_ON } from "../crypto/body";
import type { Context } from "./context";
import type { GroupRecord, MessageRecord } from "./records";
import { handedOnText } from "./texts";
import type { UrgentPorts } from "./urgent";
import type { Newcomer } from "./urgent-types";

/** So that a bundle of twenty fits into one message. */
const LONGEST_TEXT = 1500;

/** Raises: Failure `inactive`, `no-device`; Problem, Unreachable. */
export async function handOver(
	context: Context,
	{ add, remove, outbox }: UrgentPorts,
	{ conversationId, personId, relievedPersonId, messageIds }: Newcomer,
): Promise<void> {
	await add(conversationId, [personId]);
	const bundle = await bundleOf(context, conversationId, messageIds);
	if (bundle.length > 0) {
		const text = handedOnText(context.language, bundle.length);
		await outbox.enqueue(conversationId, { type: "text", text, handedOn: bundle });
		await outbox.pump(conversationId);
	}
	if (relievedPersonId && (await wasThereForRoleOnly(context, conversationId, relievedPersonId))) {
		await remove(conversationId, relievedPersonId);
	}
}

async function bundleOf(
	{ store }: Context,
	conversationId: string,
	messageIds: readonly string[],
): Promise<HandedOn[]> {
	const found = await Promise.all(
		messageIds.slice(-MAXIMUM_HANDED_ON).map((id) => store.get("messages", id)),
	);
	return found.flatMap((message) => {
		if (message?.type !== "text" || message.conversationId !== conversationId) return [];
		const { id, senderPersonId, sentAt, text } = message;
		return [{ id, senderPersonId, sentAt, text: text.slice(0, LONGEST_TEXT) }];
	});
}

/** Who has written or acknowledged something takes part. The sender of an open item is never only there for the role. */
async function wasThereForRoleOnly(
	{ groups, self, store }: Context,
	conversationId: string,
	personId: string,
): Promise<boolean> {
	const group = groups.get(conversationId);
	if (personId === self.personId || !group.members.some((member) => member.personId === personId))
		return false;
	if (group.members.some((member) => member.personId === personId && member.owner)) return false;
	const messages = await store.messages(conversationId, null, 500);
	return !messages.some(
		({ type, senderPersonId, acknowledgements = [] }) =>
			(type !== "event" && senderPersonId === personId) ||
			acknowledgements.some((one) => one.personId === personId),
	);
}

/** What a bundle brings: messages from before this device came in, and none that it has. */
export async function handedOn(
	{ self, store }: Context,
	group: GroupRecord,
	bundle: MessageRecord,
	body: Body,
): Promise<MessageRecord[]> {
	if (body.type !== "text" || !body.handedOn) return [];
	const fresh: MessageRecord[] = [];
	for (const { id, senderPersonId, sentAt, text } of body.handedOn) {
		if (id === bundle.id || Date.parse(sentAt) > Date.parse(group.joinedAt)) continue;
		if (fresh.some((one) => one.id === id) || (await store.get("messages", id))) continue;
		fresh.push({
			id,
			conversationId: group.id,
			seq: bundle.seq,
			type: "text",
			senderPersonId,
			own: senderPersonId === self.personId,
			text,
			attachment: null,
			event: null,
			sentAt,
			send: null,
			handedOnBy: bundle.senderPersonId,
		});
	}
	return fresh;
}
