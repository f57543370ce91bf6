/** Saving the history: pieces that changed are sealed and sent, then the manifest that names them; the service destroys
 *  the others with it. What a closed browser left undone, the next save does. */

import { hex, sha256, utf8 } from "../crypto/bytes";
import { type BackupKey, type BackupOwner, backupKeyOf, sealPiece } from "../crypto/history-backup";
import { newId } from "../crypto/ids";
import { Problem } from "../lib/http";
import type { BackupApi, BackupState } from "./backup-api";
import {
	type BackupMemory,
	backupKeyKept,
	exclusively,
	type Manifest,
	nameOfKey,
	remember,
	remembered,
	type Slot,
	type Trouble,
} from "./backup-memory";
import { type Dirty, type Draft, isDraft, planned } from "./backup-slots";
import type { Store } from "./store";

export interface BackupPorts {
	api: BackupApi;
	store: Store;
	owner: BackupOwner;
	now(): Date;
}

type Progress = (done: number, total: number) => void;

/** How many pieces are sent before a manifest names them: what a break loses of a long first save. */
const BATCH = 16;
const TROUBLES: Record<string, Trouble> = {
	"other-writer": "other-writer",
	"backup-full": "full",
	"no-backup": "deleted",
};
/** At most, with what sealing adds. */
const PADDING_BYTES = 8 * 1024;
/** Session over, too slow, too many: these pass without anything being sent differently. */
const PASSING = [401, 408, 429];

/** `all`: everything is to be looked at.   storedBytes: at the service. */
interface Ready {
	memory: BackupMemory;
	storedBytes: number;
	all: boolean;
}

/** Save what changed. Nothing happens where no backup was turned on in this browser. Only one save runs at a time in all
 *  tabs. Raises: Unreachable; other Problems than those that become the memory's trouble. */
export function saveBackup(
	ports: BackupPorts,
	dirty: Dirty,
	progress: Progress = () => undefined,
): Promise<BackupMemory | null> {
	return exclusively(async () => {
		const memory = await remembered(ports.store);
		const key = await backupKeyKept(ports.store);
		if (!memory || !key) return memory;
		try {
			const ready = await prepared(ports, memory, await nameOfKey(key, ports.owner));
			if (!ready) return remembered(ports.store);
			const sealing = await backupKeyOf(key, ports.owner, memory.backupId);
			const saving = new Saving(ports, sealing, ready.memory, ready.storedBytes);
			// A first list of its own, even if it is the same: what was missing from the old one is not named again.
			return await saving.run(ready.all ? null : dirty, memory.takeOver, progress);
		} catch (error) {
			const trouble = troubleOf(error);
			if (!trouble) throw error;
			return troubled(ports.store, memory, trouble);
		}
	});
}

function troubleOf(error: unknown): Trouble | null {
	if (!(error instanceof Problem)) return null;
	const refused = error.status >= 400 && error.status < 500 && !PASSING.includes(error.status);
	return TROUBLES[error.code] ?? (refused ? "refused" : null);
}

/** Take up the state that the service has. Null: this browser does not save. */
async function prepared(
	{ api, store }: BackupPorts,
	memory: BackupMemory,
	keyName: string,
): Promise<Ready | null> {
	const state = await api.state();
	const trouble = troubleWith(state, memory, keyName);
	if (!state || trouble) return stopped(store, memory, trouble);
	if (memory.trouble === "incomplete") return null;
	const writing = await written(api, memory, state);
	if (!writing) return stopped(store, memory, "other-writer");
	return takenUp(store, { ...memory, takeOver: false }, writing);
}

/** The backup once this device writes it. Null: another one does. Only what this browser knows to the last is taken over:
 *  the rest would be destroyed. */
async function written(
	api: BackupApi,
	memory: BackupMemory,
	state: BackupState,
): Promise<BackupState | null> {
	if (state.writesHere) return state;
	if (!isOurs(memory, state)) return null;
	try {
		return await api.move(state.generation);
	} catch (error) {
		if (error instanceof Problem && error.code === "stale-backup") return null;
		throw error;
	}
}

/** What was read here to take it over; or what this browser itself saved last, as a device that was renewed since. Where
 *  an answer was lost nobody can tell: the next number may be another device's. */
function isOurs(memory: BackupMemory, { generation }: BackupState): boolean {
	if (generation !== memory.generation) return false;
	return memory.takeOver || memory.trouble !== "other-writer";
}

function troubleWith(state: BackupState | null, memory: BackupMemory, keyName: string): Trouble | null {
	if (!state) return "deleted";
	return state.id === memory.backupId && state.keyName === keyName ? null : "other-key";
}

async function stopped(store: Store, memory: BackupMemory, trouble: Trouble | null): Promise<null> {
	if (memory.trouble !== trouble) await troubled(store, memory, trouble);
	return null;
}

async function troubled(store: Store, memory: BackupMemory, trouble: Trouble | null): Promise<BackupMemory> {
	const changed = { ...((await remembered(store)) ?? memory), trouble };
	await remember(store, changed);
	return changed;
}

/** The answer to the last save may be lost, or the service may have gone back to an older copy. */
async function takenUp(
	store: Store,
	memory: BackupMemory,
	{ generation, sizeBytes: storedBytes }: BackupState,
): Promise<Ready> {
	const trouble = memory.trouble === "rolled-back" ? memory.trouble : null;
	if (generation === memory.generation)
		return { memory: { ...memory, pending: null, trouble }, storedBytes, all: false };
	const answerLost = memory.pending && generation === memory.generation + 1;
	const slots = answerLost ? (memory.pending ?? []) : [];
	const rolledBack = generation < memory.generation ? ("rolled-back" as const) : trouble;
	const caught = { ...memory, slots, pending: null, generation, trouble: rolledBack };
	await remember(store, caught);
	return { memory: caught, storedBytes, all: true };
}

class Saving {
	constructor(
		private readonly ports: BackupPorts,
		private readonly sealing: BackupKey,
		private memory: BackupMemory,
		/** At the service, with what no list names. */
		private storedBytes: number,
	) {}

	async run(dirty: Dirty, always: boolean, progress: Progress): Promise<BackupMemory> {
		const plan = await planned(this.ports.store, this.memory.slots, dirty);
		const total = plan.filter(isDraft).length;
		const dropped = plan.length < this.memory.slots.length;
		if (total === 0 && !dropped && !always && this.memory.generation > 0) {
			await remember(this.ports.store, this.memory);
			return this.memory;
		}
		let done = 0;
		progress(done, total);
		const slots = [...plan];
		for (const [index, one] of plan.entries()) {
			if (!isDraft(one)) continue;
			slots[index] = await this.sent(one).catch((error) => this.sentInstead(error, one, slots));
			done += 1;
			progress(done, total);
			// Later saves replace: what they replace stays until all that takes its place is there.
			if (this.memory.growing && done % BATCH === 0 && done < total) await this.named(slots.filter(isSlot));
		}
		this.memory = { ...this.memory, growing: false };
		await this.named(slots.filter(isSlot));
		return this.memory;
	}

	private async sent({ rows, ...draft }: Draft): Promise<Slot> {
		const pieceId = newId();
		const generation = this.memory.generation + 1;
		const piece = await sealPiece(this.sealing, { generation, pieceId }, rows);
		await this.ports.api.keepPiece(pieceId, piece);
		this.storedBytes += piece.length;
		return { ...draft, pieceId, generation, sha256: hex(await sha256(piece)), sizeBytes: piece.length };
	}

	/** Where old and new have no room beside each other, what is replaced ends first, with all that broken saves left.
	 *  Where the new alone has none either, the old stays. */
	private async sentInstead(error: unknown, draft: Draft, plan: (Slot | Draft)[]): Promise<Slot> {
		if (!(error instanceof Problem && error.code === "backup-full")) throw error;
		const neededBytes = plan.reduce((sum, one) => sum + (isDraft(one) ? atMostBytes(one) : one.sizeBytes), 0);
		if (neededBytes > this.storedBytes) throw error;
		await this.named(plan.filter(isSlot));
		return this.sent(draft);
	}

	/** The list is kept before it is sent: whether it arrived, the next save can tell by its number. */
	private async named(slots: Slot[]): Promise<void> {
		const { api, store, now } = this.ports;
		const generation = this.memory.generation + 1;
		const manifest: Manifest = { slots, savedAt: now().toISOString() };
		const sealed = await sealPiece(this.sealing, { generation, pieceId: null }, manifest);
		await remember(store, { ...this.memory, pending: slots });
		const ids = slots.map(({ pieceId }) => pieceId);
		const { sizeBytes } = await api.save(generation, sealed, ids).catch((error) => this.anew(error));
		this.storedBytes = sizeBytes;
		this.memory = { ...this.memory, generation, slots, pending: null };
		await remember(store, this.memory);
	}

	/** A list that was refused may name what the service has lost: the next save trusts nothing of it. */
	private async anew(error: unknown): Promise<never> {
		const isRefused = error instanceof Problem && [400, 409].includes(error.status);
		if (isRefused && troubleOf(error) === "refused")
			await remember(this.ports.store, { ...this.memory, slots: [], pending: null });
		throw error;
	}
}

/** Sealed and padded. */
function atMostBytes({ rows }: Draft): number {
	return utf8(JSON.stringify(rows)).length + PADDING_BYTES;
}

function isSlot(one: Slot | Draft): one is Slot {
	return !isDraft(one);
}
