/** Records as pages see them. No key and no ciphertext is in a view. */

import { parseIdentity } from "../crypto/identity";
import { idTime } from "../crypto/ids";
import { contactView } from "./contact";
import type { Context } from "./context";
import type { Guard } from "./guard";
import type { GroupRecord, MemberRecord, MessageRecord } from "./records";
import type { Verdict } from "./roster";
import type { Conversation, Member, Message } from "./types";

export function messageView({ groups }: Context, record: MessageRecord): Message {
	const { attachment, event, ...rest } = record;
	return {
		...rest,
		senderName: groups.person(record.senderPersonId).name,
		event,
		attachment: attachment && {
			objectId: attachment.objectId,
			name: attachment.name,
			mediaType: attachment.mediaType,
			sizeBytes: attachment.sizeBytes,
		},
	};
}

export async function conversationView(
	context: Context,
	guard: Guard,
	group: GroupRecord,
): Promise<Conversation> {
	const verdict = guard.verdict(group.id);
	const [last] = await context.store.messages(group.id, null, 1);
	return {
		id: group.id,
		kind: group.kind,
		title: group.title,
		members: members(context, group, verdict),
		trust: guard.trust(group.id),
		lastMessage: last ? messageView(context, last) : null,
		unread: group.unread,
		joinedAt: group.joinedAt,
		active: group.active && group.place === "held",
		contact: group.contact
			? contactView(group.contact, context.self.personId, last !== undefined && isWritten(last))
			: null,
	};
}

/** A message that the service has or will get; what it refused does not count. */
function isWritten({ type, send }: MessageRecord): boolean {
	return (type === "text" || type === "attachment") && send?.state !== "failed";
}

/** The tree of the group says who is in it; the server only adds names and receipts. Until it was looked at, and
 *  after this device left, the server's list has to do. */
function members(context: Context, group: GroupRecord, verdict: Verdict | null): Member[] {
	if (!verdict || !group.active) return group.members.map((one) => member(context, one, NOTHING_KNOWN));
	const identities = [...verdict.certified.map(({ identity }) => identity), ...verdict.ended];
	const people = new Map<string, InTheTree>();
	for (const identity of identities) {
		const claim = parseIdentity(identity);
		if (!claim) continue;
		const { devices, since } = people.get(claim.personId) ?? NOTHING_KNOWN;
		people.set(claim.personId, { devices: devices + 1, domain: claim.domain, since });
	}
	for (const { device } of verdict.certified) {
		const person = people.get(device.personId);
		if (person) person.since = [...person.since, idTime(device.deviceId)].sort().reverse();
	}
	return [...people].map(([personId, found]) => {
		const known = group.members.find((one) => one.personId === personId);
		const record = known ?? { personId, owner: false, delivered: 0, seen: 0 };
		return member(context, record, found);
	});
}

/** What the group's tree tells of a person. `since`: when their devices were made, newest first. */
interface InTheTree {
	devices: number;
	domain: string | null;
	since: string[];
}

const NOTHING_KNOWN: InTheTree = { devices: 0, domain: null, since: [] };

function member(context: Context, record: MemberRecord, { devices, domain, since }: InTheTree): Member {
	const person = context.groups.person(record.personId);
	const pin = domain ? context.pins.of(record.personId, domain) : null;
	return {
		...record,
		name: person.name,
		function: person.function,
		organisation: person.organisation,
		devices,
		fingerprint: pin?.fingerprint ?? null,
		keyChanged: (pin?.earlier.length ?? 0) > 0 && !pin?.verifiedAt,
		domain,
		keySince: pin?.seenAt ?? null,
		keyResets: pin?.earlier.length ?? 0,
		verifiedAt: pin?.verifiedAt ?? null,
		wasVerified: pin?.wasVerified ?? false,
		devicesSince: since,
	};
}
