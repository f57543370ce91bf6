/** One entry of a group's stream becomes what a person sees. The order is the protection against crashes: the engine
 *  swallows the entry (with a checkpoint), then message and cursor are written together, then the next entry. */

import { type Body, BodyRefused, decodeBody } from "../crypto/body";
import { parseIdentity } from "../crypto/identity";
import type { Entry } from "./api";
import type { Context } from "./context";
import type { Checkpoint, Leaf, Processed, UnreadableReason } from "./mls";
import { eventNote, unreadableNote } from "./notes";
import type { CommitRecord, GroupRecord, MessageRecord } from "./records";
import type { Change } from "./store";
import type { EventKind } from "./types";

/** `lost`: a commit of this group cannot be followed. */
export type Outcome = { epochChanged: boolean; proposals: boolean; lost: CommitRecord | "unknown" | null };

const NOTHING: Outcome = { epochChanged: false, proposals: false, lost: null };
const CLOCK_SKEW_MS = 5 * 60_000;

export class Reader {
	private checkpoint: Checkpoint | null = null;

	/** `arrived`: told the id of each message of this device that the stream shows. */
	constructor(
		private readonly context: Context,
		private readonly arrived: (messageId: string) => void,
	) {}

	/** Learn what the ratchet swallowed last before this start. */
	async resume(): Promise<void> {
		this.checkpoint = await this.context.engine.checkpoint();
	}

	/** Read the entry right after the group's cursor; to be called in the group's lane. */
	async read(group: GroupRecord, entry: Entry): Promise<Outcome> {
		if (entry.senderDevice === this.context.self.deviceId) return this.readOwn(group, entry);
		const processed = await this.processed(group.id, entry);
		switch (processed.kind) {
			case "message":
				await this.keepMessage(group, entry, await this.message(group.id, entry, processed));
				return NOTHING;
			case "commit":
				await this.keepCommit(group, entry, processed);
				return { ...NOTHING, epochChanged: processed.active };
			case "proposal":
				await this.advance(group, entry.seq);
				return { ...NOTHING, proposals: true };
			case "unreadable":
				return this.keepUnreadable(group, entry, processed.reason);
		}
	}

	private async processed(groupId: string, entry: Entry): Promise<Processed> {
		const { checkpoint } = this;
		this.checkpoint = null;
		const swallowed = checkpoint?.groupId === groupId && checkpoint.seq === entry.seq;
		if (swallowed && checkpoint.processed.kind !== "own-commit") return checkpoint.processed;
		return this.context.engine.process(groupId, entry.seq, entry.body);
	}

	private async message(
		groupId: string,
		entry: Entry,
		{ plaintext, sender }: { plaintext: Uint8Array; sender: Leaf },
	): Promise<MessageRecord> {
		const personId = parseIdentity(sender.identity)?.personId;
		if (!personId || !(await this.context.roster.certifies(sender))) {
			return unreadableNote(this.context, groupId, entry, "uncertified");
		}
		const known = await this.context.store.get("messages", entry.id);
		if (known) return unreadableNote(this.context, groupId, entry, "id-reused");
		try {
			return this.messageOf(groupId, entry, personId, decodeBody(plaintext));
		} catch (error) {
			if (!(error instanceof BodyRefused)) throw error;
			return unreadableNote(this.context, groupId, entry, "format");
		}
	}

	private messageOf(groupId: string, entry: Entry, personId: string, body: Body): MessageRecord {
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
		};
	}

	private async keepMessage(group: GroupRecord, entry: Entry, message: MessageRecord): Promise<void> {
		const counts = !message.own && (message.type === "text" || message.type === "attachment");
		const { unread } = this.context.groups.get(group.id);
		const patch: Partial<GroupRecord> = { unread: unread + (counts ? 1 : 0) };
		if (message.type === "title") patch.title = message.text;
		await this.advance(group, entry.seq, patch, [message]);
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
			return NOTHING;
		}
		await this.advance(group, entry.seq);
		// A commit that was swallowed before the crash has done its work; any other one is a step we cannot take.
		const followed = entry.kind === "proposal" || (await this.context.engine.epoch(group.id)) > entry.epoch;
		return followed ? { ...NOTHING, epochChanged: true } : { ...NOTHING, lost: "unknown" };
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
		const known = await this.context.store.get("messages", entry.id);
		const message: MessageRecord = known
			? { ...known, seq: entry.seq, send: { state: "sent", seq: entry.seq } }
			: unreadableNote(this.context, group.id, entry, "not-kept");
		const drop: Change = { table: "outbox", key: entry.id, value: null };
		this.arrived(entry.id);
		await this.advance(group, entry.seq, {}, [message], [drop]);
		return NOTHING;
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
		this.context.tell(group.id, messages);
	}
}

function people(identities: readonly string[]): Set<string> {
	return new Set(identities.flatMap((identity) => parseIdentity(identity)?.personId ?? []));
}
