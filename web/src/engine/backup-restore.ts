/** The history comes back from its backup: into a browser that has just been given its key. What is here already stays
 *  as it is; what has expired on the server stays away; what is missing is said by time. Broken off, it may be repeated. */

import { hex, sha256 } from "../crypto/bytes";
import { type BackupKey, backupKeyOf, openPiece, PieceBroken } from "../crypto/history-backup";
import { Problem } from "../lib/http";
import { isTreatment } from "../lib/kinds";
import type { Api, GroupListing } from "./api";
import {
	exclusively,
	freshMemory,
	type Manifest,
	messagesIn,
	nameOfKey,
	remember,
	remembered,
	type Slot,
} from "./backup-memory";
import { isTalk, timeOf } from "./backup-records";
import type { BackupPorts } from "./backup-save";
import type { Row } from "./backup-slots";
import { hasExpired } from "./expiry";
import { lostNote } from "./notes";
import type { GroupRecord, MessageRecord } from "./records";
import { type Change, fromJson, type Table, type Tables } from "./store";
import type { Language } from "./texts";

export interface RestorePorts extends BackupPorts {
	groups: Pick<Api, "groups">;
	language: Language;
	/** The person's other devices are there still: one of them saves on, and brings this one into the conversations. */
	beside?: boolean;
}

/** `messages`: that are here now and were not before.   missing: stretches that the service did not give back whole.
 *  savedAt: nothing that came later is in it.   older: this browser had seen a newer copy than the service gives. */
export interface Restored {
	messages: number;
	expired: number;
	savedAt: string | null;
	missing: { from: string; to: string; messages: number }[];
	/** Names, titles or keys of conversations are among what is missing. */
	missingConversations: boolean;
	older: boolean;
}

export function isWhole({
	missing,
	missingConversations,
}: Pick<Restored, "missing" | "missingConversations">): boolean {
	return missing.length === 0 && !missingConversations;
}

/** The backup was begun under another key than this one. */
export class OtherBackupKey extends Error {}

/** Its list of pieces was changed: nothing of it can be trusted. */
export class BackupBroken extends Error {}

type Progress = (done: number, total: number) => void;
const DAY_MS = 86_400_000;

/** Null: there is no backup. `progress` in messages. Raises: OtherBackupKey, BackupBroken, Problem, Unreachable. */
export async function restoreHistory(
	ports: RestorePorts,
	key: Uint8Array,
	progress: Progress,
): Promise<Restored | null> {
	const opened = await ports.api.open().catch(absent);
	if (!opened) return null;
	const { backup, manifest: sealed, at } = opened;
	if (backup.keyName !== (await nameOfKey(key, ports.owner))) throw new OtherBackupKey();
	const known = await remembered(ports.store);
	const earlier = known?.backupId === backup.id ? known : null;
	const sealing = await backupKeyOf(key, ports.owner, backup.id);
	const manifest = await manifestOf(sealing, backup.generation, sealed);
	const listings = await ports.groups.groups();
	const restoring = new Restoring(ports, sealing, listings, Date.parse(at));
	const restored = await restoring.run(manifest.slots, progress);
	const whole = manifest.slots.filter((slot) => !restoring.lost.includes(slot));
	const memory = { ...freshMemory(backup.id), generation: backup.generation, slots: whole, growing: false };
	const saves = ports.beside === true && backup.writerActive && !backup.writesHere;
	const trouble = isWhole(restored) ? (saves ? "other-writer" : null) : "incomplete";
	await exclusively(() => remember(ports.store, { ...memory, takeOver: trouble === null, trouble }));
	const older = earlier !== null && earlier.generation > backup.generation;
	return { ...restored, savedAt: manifest.savedAt, older };
}

function absent(error: unknown): null {
	if (error instanceof Problem && error.code === "no-backup") return null;
	throw error;
}

async function manifestOf(
	sealing: BackupKey,
	generation: number,
	sealed: Uint8Array,
): Promise<{ slots: Slot[]; savedAt: string | null }> {
	if (generation === 0 && sealed.length === 0) return { slots: [], savedAt: null };
	try {
		return await openPiece<Manifest>(sealing, { generation, pieceId: null }, sealed);
	} catch {
		throw new BackupBroken();
	}
}

class Restoring {
	readonly lost: Slot[] = [];
	private readonly groups = new Map<string, GroupRecord>();
	private readonly newest = new Map<string, number>();
	/** The last of each conversation that has not expired. */
	private readonly titles = new Map<string, MessageRecord>();
	private readonly emptied = new Set<string>();
	private messages = 0;
	private expired = 0;

	constructor(
		private readonly ports: RestorePorts,
		private readonly sealing: BackupKey,
		listings: readonly GroupListing[],
		private readonly atMs: number,
	) {
		for (const listing of listings) this.listed.set(listing.id, listing);
	}

	private readonly listed = new Map<string, GroupListing>();

	async run(slots: readonly Slot[], progress: Progress): Promise<Omit<Restored, "savedAt" | "older">> {
		const total = messagesIn(slots);
		let done = 0;
		progress(done, total);
		for (const slot of slots) {
			const rows = await this.rowsOf(slot);
			if (rows) await this.take(slot, rows);
			else this.lost.push(slot);
			if (slot.table !== "messages") continue;
			done += slot.count;
			progress(done, total);
		}
		await this.place();
		return {
			messages: this.messages,
			expired: this.expired,
			missing: stretches(this.lost),
			missingConversations: this.lost.some(({ table, count }) => table !== "messages" || count === 0),
		};
	}

	/** Null: the piece is missing, or is not the one that the list names. */
	private async rowsOf({ pieceId, generation, sha256: expected }: Slot): Promise<Row[] | null> {
		try {
			const piece = await this.ports.api.piece(pieceId);
			if (hex(await sha256(piece)) !== expected) return null;
			return await openPiece<Row[]>(this.sealing, { generation, pieceId }, piece);
		} catch (error) {
			if (error instanceof PieceBroken) return null;
			if (error instanceof Problem && error.status === 404) return null;
			throw error;
		}
	}

	private async take({ table }: Slot, rows: readonly Row[]): Promise<void> {
		const changes: Change[] = [];
		for (const [key, json] of rows) {
			const record = fromJson(json) as Tables[Table];
			if (table === "groups") this.groups.set(key, record as GroupRecord);
			if (table === "messages" && !this.isWanted(record as MessageRecord)) continue;
			if ((await this.ports.store.get(table, key)) !== null) continue;
			changes.push({ table, key, value: record } as Change);
			if (table === "messages" && isTalk(record as MessageRecord)) this.messages += 1;
		}
		await this.ports.store.write(changes);
	}

	/** Not what has expired: as the server says now, or, of conversations that it no longer lists, by its clock. */
	private isWanted(message: MessageRecord): boolean {
		const { conversationId, id, seq, type } = message;
		const group = this.groups.get(conversationId);
		const now = this.listed.get(conversationId) ?? group;
		const place = { retention: now?.retention ?? null, kept: now?.kept ?? [] };
		if (type !== "event" && (hasExpired(place, seq ?? 0, id) || this.isOver(place, message))) {
			if (isTalk(message)) this.expired += 1;
			this.emptied.add(conversationId);
			return false;
		}
		this.newest.set(conversationId, Math.max(this.newest.get(conversationId) ?? 0, seq ?? 0));
		if (type === "title" && (seq ?? 0) > (this.titles.get(conversationId)?.seq ?? 0))
			this.titles.set(conversationId, message);
		return true;
	}

	private isOver(
		{ retention, kept }: Pick<GroupRecord, "retention" | "kept">,
		message: MessageRecord,
	): boolean {
		if (!retention || this.listed.has(message.conversationId)) return false;
		if (retention.holds.length > 0 || kept?.some(({ messageId }) => messageId === message.id)) return false;
		const { days, begins, endsAt } = retention;
		const ends = begins === "sent" ? Date.parse(timeOf(message)) + days * DAY_MS : Date.parse(endsAt ?? "");
		return ends <= this.atMs;
	}

	/** Says in the conversation itself how to come back into it. */
	private lostPlace(conversationId: string, seq: number): Change {
		const { owner, language } = this.ports;
		const at = new Date(this.atMs).toISOString();
		const note = lostNote(language, { conversationId, seq, at, personId: owner.personId });
		return { table: "messages", key: note.id, value: note };
	}

	/** How far each conversation has been read; the title of a case goes with the talk that has expired, unless a later one
	 *  was given. Conversations in which this browser has its place stay as they are. */
	private async place(): Promise<void> {
		for (const id of this.groups.keys()) {
			const group = await this.ports.store.get("groups", id);
			if (group?.place !== "lost") continue;
			const cursor = Math.max(group.cursor, this.newest.get(id) ?? 0);
			const expiredSeq = this.listed.get(id)?.retention?.expiredSeq ?? 0;
			const untitled = isTreatment(group.kind) && (this.emptied.has(id) || expiredSeq > 0);
			const title = untitled ? (this.titles.get(id)?.text ?? null) : group.title;
			const value = { ...group, cursor, seen: cursor, title };
			const changes: Change[] = [{ table: "groups", key: id, value }];
			// Told once, also when the restore is repeated.
			if (group.cursor === 0 && !this.ports.beside) changes.push(this.lostPlace(id, cursor));
			await this.ports.store.write(changes);
		}
	}
}

/** From when to when messages are missing, the oldest first. */
function stretches(lost: readonly Slot[]): Restored["missing"] {
	const found: Restored["missing"] = [];
	for (const { table, firstAt, lastAt, count } of lost) {
		if (table !== "messages" || count === 0 || !firstAt || !lastAt) continue;
		found.push({ from: firstAt, to: lastAt, messages: count });
	}
	return found.sort((one, other) => one.from.localeCompare(other.from));
}
