/** One entry of a group's stream becomes what a person sees. The order is the protection against crashes: the engine
 *  swallows the entry and remembers it, then message and cursor are written together, then it may forget it. */

import { type Body, BodyRefused, decodeBody } from "../crypto/body";
import { framingOf } from "../crypto/framing";
import { parseIdentity } from "../crypto/identity";
import {
	type AnnotationBody,
	type Effect,
	heard,
	isAnnotation,
	saidWith,
	taken,
	unreadOf,
	withWaiting,
} from "./annotating";
import type { Entry } from "./api";
import type { Context } from "./context";
import { hasExpired } from "./expiry";
import { handedOn } from "./handover";
import type { Leaf, UnreadableReason } from "./mls";
import { eventNote, unreadableNote } from "./notes";
import type { CommitRecord, GroupRecord, MessageRecord } from "./records";
import type { Change } from "./store";
import type { EventKind } from "./types";

/** `lost`: a commit of this group cannot be followed. */
export type Outcome = { epochChanged: boolean; lost: CommitRecord | "unknown" | null };

const NOTHING: Outcome = { epochChanged: false, lost: null };
/** A message that speaks about another one, and who said it as authenticated. */
type Said = { personId: string; body: AnnotationBody };
type MessageBody = Exclude<Body, { type: "annotation" }>;

const CLOCK_SKEW_MS = 5 * 60_000;

/** So much is swallowed at once when much is missing: a transaction of the ratchet costs more than a message in it. */
const AHEAD = { entries: 50, bytes: 512 * 1024 };

export class Reader {
	/** `arrived`: told the id of each message of this device that the stream shows. */
	constructor(
		private readonly context: Context,
		private readonly arrived: (messageId: string) => void,
	) {}

	/** Tell the ratchet what was kept of all that it swallowed before this start. */
	async resume(): Promise<void> {
		const { engine, groups } = this.context;
		for (const { id, cursor } of groups.all()) await engine.kept(id, cursor);
	}

	/** Read the entry right after the group's cursor; to be called in the group's lane. behind: what is there of those
	 *  that follow it. */
	async read(group: GroupRecord, entry: Entry, behind: readonly Entry[] = []): Promise<Outcome> {
		if (isExpired(group, entry)) return this.passExpired(group, entry);
		if (this.isOwn(entry)) return this.readOwn(group, entry);
		// Nobody proposes here, members commit. The engine would keep an outsider's Add and carry it out with the next commit.
		if (framingOf(entry.body)?.content === "proposal") return this.skip(group, entry);
		const processed = await this.context.engine.process(group.id, entry, this.together(group, entry, behind));
		switch (processed.kind) {
			case "message":
				return this.keepSaid(group, entry, await this.messages(group, entry, processed));
			case "commit":
				await this.keepCommit(group, entry, processed);
				return { ...NOTHING, epochChanged: processed.active };
			case "proposal":
				return this.skip(group, entry);
			case "unreadable":
				return this.keepUnreadable(group, entry, processed.reason);
		}
	}

	/** Nothing to decrypt and nothing to show; the keys of the messages behind it do not need it. */
	private async passExpired(group: GroupRecord, entry: Entry): Promise<Outcome> {
		const { expiredSeq = 0 } = this.context.groups.get(group.id);
		const gone = (["outbox", "messages"] as const).map((table): Change => {
			return { table, key: entry.id, value: null };
		});
		this.arrived(entry.id);
		await this.advance(group, entry.seq, { expiredSeq: Math.max(expiredSeq, entry.seq) }, [], gone);
		return NOTHING;
	}

	/** The messages behind a message that can be read with it: of one epoch, up to the next handshake. */
	private together(group: GroupRecord, entry: Entry, behind: readonly Entry[]): Entry[] {
		const epoch = epochOfMessage(entry);
		const found: Entry[] = [];
		let bytes = entry.body.length;
		for (const next of behind) {
			if (next.kind === "application" && (this.isOwn(next) || isExpired(group, next))) continue;
			bytes += next.body.length;
			const fits = found.length < AHEAD.entries - 1 && bytes <= AHEAD.bytes;
			if (!fits || epoch === null || epochOfMessage(next) !== epoch) break;
			found.push(next);
		}
		return found;
	}

	private isOwn(entry: Entry): boolean {
		return entry.senderDevice === this.context.self.deviceId;
	}

	/** The message, and those that it hands on. */
	private async messages(
		group: GroupRecord,
		entry: Entry,
		{ plaintext, sender }: { plaintext: Uint8Array; sender: Leaf },
	): Promise<[MessageRecord, ...MessageRecord[]] | Said> {
		const groupId = group.id;
		const personId = parseIdentity(sender.identity)?.personId;
		if (!personId || !(await this.context.roster.certifies(sender))) {
			return [unreadableNote(this.context, groupId, entry, "uncertified")];
		}
		const known = await this.context.store.get("messages", entry.id);
		if (known && isRestored(known, { groupId, seq: entry.seq, personId })) return [known];
		if (known) return [unreadableNote(this.context, groupId, entry, "id-reused")];
		try {
			const body = decodeBody(plaintext);
			if (body.type === "annotation") return { personId, body };
			const message = this.messageOf(groupId, entry, personId, body);
			return [message, ...(await handedOn(this.context, group, message, body))];
		} catch (error) {
			if (!(error instanceof BodyRefused)) throw error;
			return [unreadableNote(this.context, groupId, entry, "format")];
		}
	}

	private messageOf(groupId: string, entry: Entry, personId: string, body: MessageBody): MessageRecord {
		const ahead = Date.parse(body.sentAt) > Date.parse(entry.at) + CLOCK_SKEW_MS;
		return {
			id: entry.id,
			conversationId: groupId,
			seq: entry.seq,
			type: body.type,
			senderPersonId: personId,
			own: personId === this.context.self.personId,
			text: body.type === "title" ? body.title : body.text,
			attachment: body.type === "attachment" ? body.attachment : null,
			event: null,
			sentAt: ahead ? entry.at : body.sentAt,
			send: null,
			at: entry.at,
			...(body.type === "title" && body.role ? { role: body.role } : {}),
			...saidWith(body),
		};
	}

	private async keepSaid(
		group: GroupRecord,
		entry: Entry,
		said: [MessageRecord, ...MessageRecord[]] | Said,
	): Promise<Outcome> {
		if (!("body" in said)) await this.keepMessage(group, entry, ...said);
		else {
			const { id, seq, at } = entry;
			const place = { id, seq, at, personId: said.personId };
			await this.keepEffect(group, entry, await heard(this.context, group.id, place, said.body));
		}
		return NOTHING;
	}

	/** An annotation is no message: what it speaks about is told as changed. */
	private async keepEffect(
		group: GroupRecord,
		entry: Entry,
		{ patch, changed, changes }: Effect,
		also: Change[] = [],
	): Promise<void> {
		await this.advance(group, entry.seq, patch, [], [...changes, ...also]);
		this.context.tell(group.id, changed, true);
	}

	private async keepMessage(
		group: GroupRecord,
		entry: Entry,
		message: MessageRecord,
		...handed: MessageRecord[]
	): Promise<void> {
		const { unread, mentioned = 0 } = this.context.groups.get(group.id);
		const { patch: pins, changed, changes } = await withWaiting(this.context, message);
		const more = unreadOf(changed, this.context.self.personId);
		const patch: Partial<GroupRecord> = {
			...pins,
			unread: unread + more.unread,
			mentioned: mentioned + more.mentioned,
		};
		if (message.type === "title") patch.title = message.text;
		if (message.role) patch.role = message.role;
		await this.advance(group, entry.seq, patch, [...handed, ...changed], changes);
	}

	private async keepCommit(
		group: GroupRecord,
		entry: Entry,
		{ active, before, after }: { active: boolean; before: string[]; after: string[] },
	): Promise<void> {
		const notes = active
			? this.changes(group.id, entry, before, after)
			: [this.note(group.id, entry, "removed", [this.context.self.personId])];
		await this.advance(group, entry.seq, { active }, notes);
	}

	private changes(groupId: string, entry: Entry, before: string[], after: string[]): MessageRecord[] {
		const [was, is] = [people(before), people(after)];
		const added = [...is].filter((person) => !was.has(person));
		const gone = [...was].filter((person) => !is.has(person));
		const ended = gone.filter((person) => this.context.groups.person(person).left);
		const removed = gone.filter((person) => !ended.includes(person));
		const fresh = people(after.filter((identity) => !before.includes(identity)));
		const again = [...fresh].filter((person) => was.has(person));
		const notes: MessageRecord[] = [];
		if (added.length > 0) notes.push(this.note(groupId, entry, "added", added));
		if (again.length > 0) notes.push(this.note(groupId, entry, "device-added", again));
		if (ended.length > 0) notes.push(this.note(groupId, entry, "ended", ended));
		if (removed.length > 0) notes.push(this.note(groupId, entry, "removed", removed));
		return notes;
	}

	private note(groupId: string, entry: Entry, kind: EventKind, personIds: string[]): MessageRecord {
		const place = { conversationId: groupId, seq: entry.seq, at: entry.at, personId: entry.senderPerson };
		return eventNote(this.context, place, kind, personIds);
	}

	private async keepUnreadable(group: GroupRecord, entry: Entry, reason: UnreadableReason): Promise<Outcome> {
		if (entry.kind === "application") {
			await this.advance(group, entry.seq, {}, [unreadableNote(this.context, group.id, entry, reason)]);
			return (await this.isAhead(group, entry)) ? { ...NOTHING, lost: "unknown" } : NOTHING;
		}
		await this.advance(group, entry.seq);
		// A commit that was swallowed before the crash has done its work; any other one is a step we cannot take.
		const followed = entry.kind === "proposal" || (await this.context.engine.epoch(group.id)) > entry.epoch;
		return followed ? { ...NOTHING, epochChanged: true } : { ...NOTHING, lost: "unknown" };
	}

	/** In a stream without gaps, a message of a later epoch means that a commit was withheld: the removal of
	 *  somebody, for instance, who would read what is sent from here. */
	private async isAhead(group: GroupRecord, entry: Entry): Promise<boolean> {
		const epoch = framingOf(entry.body)?.epoch ?? 0;
		return epoch > (await this.context.engine.epoch(group.id));
	}

	private async skip(group: GroupRecord, entry: Entry): Promise<Outcome> {
		this.context.log("a proposal was ignored", entry.id);
		await this.advance(group, entry.seq);
		return NOTHING;
	}

	private async readOwn(group: GroupRecord, entry: Entry): Promise<Outcome> {
		if (entry.kind !== "commit") return this.readOwnMessage(group, entry);
		const commit = await this.context.store.get("commits", entry.id);
		if ((await this.context.engine.epoch(group.id)) <= entry.epoch) {
			return { ...NOTHING, lost: commit ?? "unknown" };
		}
		const notes = commit?.after.length ? this.changes(group.id, entry, commit.before, commit.after) : [];
		const drop: Change = { table: "commits", key: entry.id, value: null };
		await this.advance(group, entry.seq, {}, notes, [drop]);
		return { ...NOTHING, epochChanged: true };
	}

	private async readOwnMessage(group: GroupRecord, entry: Entry): Promise<Outcome> {
		const drop: Change = { table: "outbox", key: entry.id, value: null };
		if (await this.readOwnAnnotation(group, entry, drop)) return NOTHING;
		const known = await this.context.store.get("messages", entry.id);
		const message: MessageRecord = known
			? { ...known, seq: entry.seq, at: entry.at, send: { state: "sent", seq: entry.seq } }
			: unreadableNote(this.context, group.id, entry, "not-kept");
		this.arrived(entry.id);
		await this.advance(group, entry.seq, {}, [message], [drop]);
		return NOTHING;
	}

	private async readOwnAnnotation(group: GroupRecord, entry: Entry, drop: Change): Promise<boolean> {
		const { ownAnnotations = [] } = this.context.groups.get(group.id);
		if (ownAnnotations.includes(entry.id)) {
			const rest = ownAnnotations.filter((id) => id !== entry.id);
			await this.advance(group, entry.seq, { ownAnnotations: rest });
			return true;
		}
		const waits = await this.context.store.get("outbox", entry.id);
		if (!isAnnotation(waits)) return false;
		this.arrived(entry.id);
		await this.keepEffect(group, entry, await taken(this.context, waits, entry), [drop]);
		return true;
	}

	private async advance(
		group: GroupRecord,
		seq: number,
		patch: Partial<GroupRecord> = {},
		messages: MessageRecord[] = [],
		also: Change[] = [],
	): Promise<void> {
		const writes = messages.map((message): Change => {
			return { table: "messages", key: message.id, value: message };
		});
		await this.context.groups.update(group.id, { ...patch, cursor: seq }, [...writes, ...also]);
		await this.context.engine.kept(group.id, seq);
		this.context.tell(group.id, messages);
	}
}

/** A backup brought it before the stream did. */
function isRestored(known: MessageRecord, of: { groupId: string; seq: number; personId: string }): boolean {
	return known.conversationId === of.groupId && known.seq === of.seq && known.senderPersonId === of.personId;
}

function isExpired(group: GroupRecord, entry: Entry): boolean {
	return entry.expired || (entry.kind === "application" && hasExpired(group, entry.seq, entry.id));
}

/** Null for what is no message (RFC 9420, section 6.3). */
function epochOfMessage(entry: Entry): number | null {
	if (entry.kind !== "application") return null;
	const framing = framingOf(entry.body);
	return framing?.content === "application" ? framing.epoch : null;
}

function people(identities: readonly string[]): Set<string> {
	return new Set(identities.flatMap((identity) => parseIdentity(identity)?.personId ?? []));
}
