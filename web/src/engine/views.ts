/** Records as pages see them. No key and no ciphertext is in a view. */

import { parseIdentity } from "../crypto/identity";
import { idTime } from "../crypto/ids";
import { pictureOf } from "./annotations";
import { contactView } from "./contact";
import type { Context } from "./context";
import type { Guard } from "./guard";
import type { GroupRecord, MemberRecord, MessageRecord } from "./records";
import type { Verdict } from "./roster";
import type { Conversation, Member, Message, MessageNotes } from "./types";

export function messageView(context: Context, record: MessageRecord): Message {
	const { attachment, event, said, ...rest } = record;
	const sender = context.groups.person(record.senderPersonId);
	return {
		...rest,
		...(said ? { notes: notesView(context, record) } : {}),
		senderName: sender.name,
		...(sender.isPatient ? { fromPatient: true } : {}),
		event,
		attachment: attachment && {
			objectId: attachment.objectId,
			name: attachment.name,
			mediaType: attachment.mediaType,
			sizeBytes: attachment.sizeBytes,
		},
	};
}

function notesView({ groups, self }: Context, record: MessageRecord): MessageNotes {
	const { versions, recalling, reactions, pinned, failed } = pictureOf(record);
	return {
		earlier: versions.slice(0, -1).map(({ text, at }) => ({ text, at })),
		editedAt: versions.length > 1 ? (versions.at(-1)?.at ?? null) : null,
		recalling,
		reactions: reactions.map(({ reaction, personIds }) => ({
			reaction,
			mine: personIds.includes(self.personId),
			names: personIds.filter((id) => id !== self.personId).map((id) => groups.person(id).name),
		})),
		pinned,
		failed,
	};
}

/** A strip of more would be a second thread, and is read with every change of a conversation. */
const SHOWN_PINS = 30;

async function pinnedIn(context: Context, { id, pinned = [] }: GroupRecord): Promise<Message[]> {
	const newest = pinned.slice(-SHOWN_PINS);
	const records = await Promise.all(newest.map((messageId) => context.store.get("messages", messageId)));
	const here = records.flatMap((record) => (record?.conversationId === id ? [record] : []));
	return here
		.sort((one, other) => (one.seq ?? 0) - (other.seq ?? 0))
		.map((record) => messageView(context, record));
}

export async function conversationView(
	context: Context,
	guard: Guard,
	group: GroupRecord,
): Promise<Conversation> {
	const verdict = guard.verdict(group.id);
	const [last] = await context.store.messages(group.id, null, 1);
	const people = members(context, group, verdict);
	return {
		id: group.id,
		kind: context.groups.kindOf(group, people),
		title: group.title,
		members: people,
		trust: guard.trust(group.id),
		lastMessage: last ? messageView(context, last) : null,
		unread: group.unread,
		joinedAt: group.joinedAt,
		active: group.active && group.place === "held",
		...(group.active && group.place === "lost" ? { placeLost: true } : {}),
		contact: group.contact
			? contactView(group.contact, context.self.personId, last !== undefined && isWritten(last))
			: null,
		role: group.role ?? null,
		pinned: await pinnedIn(context, group),
		mentioned: (group.mentioned ?? 0) > 0,
		case: group.case ?? null,
		retention: group.retention ?? null,
		kept: group.kept ?? [],
		recorded: group.recorded ?? [],
		expiredSeq: group.expiredSeq ?? 0,
	};
}

/** A message that the service has or will get; what it refused does not count. */
function isWritten({ type, send }: MessageRecord): boolean {
	return (type === "text" || type === "attachment") && send?.state !== "failed";
}

/** The tree of the group says who is in it; the server only adds names and receipts. Until it was looked at, and
 *  after this device left, the server's list has to do. */
function members(context: Context, group: GroupRecord, verdict: Verdict | null): Member[] {
	if (!verdict || !group.active)
		return group.members.map((one) => member(context, group, one, NOTHING_KNOWN));
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
		return member(context, group, record, found);
	});
}

/** What the group's tree tells of a person. `since`: when their devices were made, newest first. */
interface InTheTree {
	devices: number;
	domain: string | null;
	since: string[];
}

const NOTHING_KNOWN: InTheTree = { devices: 0, domain: null, since: [] };

function member(
	context: Context,
	group: GroupRecord,
	record: MemberRecord,
	{ devices, domain, since }: InTheTree,
): Member {
	const person = context.groups.person(record.personId);
	const passages = group.passages?.[record.personId];
	const pin = domain ? context.pins.of(record.personId, domain) : null;
	return {
		...record,
		name: person.name,
		function: person.function,
		organisation: person.organisation,
		...(person.isPatient ? { isPatient: true } : {}),
		devices,
		fingerprint: pin?.fingerprint ?? null,
		keyChanged: (pin?.earlier.length ?? 0) > 0 && !pin?.verifiedAt,
		domain,
		keySince: pin?.seenAt ?? null,
		keyResets: pin?.earlier.length ?? 0,
		verifiedAt: pin?.verifiedAt ?? null,
		wasVerified: pin?.wasVerified ?? false,
		devicesSince: since,
		...(passages ? { passages } : {}),
	};
}
