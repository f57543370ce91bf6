/** Which pieces of a backup no longer say what this browser has. Each piece holds a stretch of a table, so that an edit,
 *  a recall or an expiry rewrites one piece and nothing of it is left in another. */

import { hex, sha256, utf8 } from "../crypto/bytes";
import { BACKED_UP, type BackedUp, type Slot } from "./backup-memory";
import { isTalk, portable, timeOf } from "./backup-records";
import type { MessageRecord } from "./records";
import { type Change, type Store, type Tables, toJson } from "./store";

/** JSON of a piece; a single record may be longer. */
const PIECE_CHARACTERS = 96 * 1024;
const AT_ONCE = 200;
/** When so many pieces are on average this empty, all are made anew. */
const MANY = 64;
const THIN_BYTES = PIECE_CHARACTERS / 8;

export type Row = [key: string, record: unknown];

/** What a new piece is to hold. */
export interface Draft extends Omit<Slot, "pieceId" | "generation" | "sha256" | "sizeBytes"> {
	rows: Row[];
}

/** Keys that were written since the last save, by table; null: everything is to be looked at. */
export type Dirty = Map<BackedUp, Set<string>> | null;

export function isBackedUp(table: string): table is BackedUp {
	return (BACKED_UP as readonly string[]).includes(table);
}

export function marked(dirty: Map<BackedUp, Set<string>>, changes: readonly Change[]): void {
	for (const { table, key } of changes) {
		if (!isBackedUp(table)) continue;
		const keys = dirty.get(table) ?? new Set();
		dirty.set(table, keys.add(key));
	}
}

/** The pieces in order: those that hold what they held, and drafts of those that do not. */
export async function planned(store: Store, slots: readonly Slot[], dirty: Dirty): Promise<(Slot | Draft)[]> {
	const known = isThin(slots) ? [] : slots;
	const plans = [];
	for (const table of BACKED_UP) {
		const own = known.filter((slot) => slot.table === table);
		plans.push(...(await plannedOf(store, table, own, dirty)));
	}
	return plans;
}

export function isDraft(one: Slot | Draft): one is Draft {
	return "rows" in one;
}

async function plannedOf(
	store: Store,
	table: BackedUp,
	slots: readonly Slot[],
	dirty: Dirty,
): Promise<(Slot | Draft)[]> {
	if (slots.length === 0) return drafts(store, table, "", null);
	const plans: (Slot | Draft)[] = [];
	for (const [index, slot] of slots.entries()) {
		// What comes before the first piece belongs to it.
		const from = index === 0 ? "" : slot.from;
		const before = slots[index + 1]?.from ?? null;
		if (!isTouched(dirty, table, from, before)) {
			plans.push(slot);
			continue;
		}
		const found = await drafts(store, table, from, before);
		const same = found.length === 1 && found[0]?.content === slot.content;
		plans.push(...(same ? [slot] : found));
	}
	return plans;
}

function isTouched(dirty: Dirty, table: BackedUp, from: string, before: string | null): boolean {
	if (!dirty) return true;
	return [...(dirty.get(table) ?? [])].some((key) => key >= from && (before === null || key < before));
}

async function drafts(store: Store, table: BackedUp, from: string, before: string | null): Promise<Draft[]> {
	const found: Row[][] = [];
	let open: Row[] = [];
	let characters = 0;
	for await (const records of store.range(table, from, before, AT_ONCE)) {
		for (const [key, record] of records) {
			const kept = portable(table, record as Tables[BackedUp]);
			if (!kept) continue;
			const row: Row = [key, toJson(kept)];
			const size = JSON.stringify(row).length;
			if (open.length > 0 && characters + size > PIECE_CHARACTERS) {
				found.push(open);
				[open, characters] = [[], 0];
			}
			open.push(row);
			characters += size;
		}
	}
	if (open.length > 0) found.push(open);
	return Promise.all(found.map((rows) => draftOf(table, rows)));
}

async function draftOf(table: BackedUp, rows: Row[]): Promise<Draft> {
	const said = table === "messages" ? rows.map(([, record]) => record as MessageRecord) : [];
	const times = said.map(timeOf).sort();
	return {
		table,
		from: rows[0]?.[0] ?? "",
		content: hex(await sha256(utf8(JSON.stringify(rows)))),
		count: table === "messages" ? said.filter(isTalk).length : rows.length,
		firstAt: times[0] ?? null,
		lastAt: times.at(-1) ?? null,
		rows,
	};
}

function isThin(slots: readonly Slot[]): boolean {
	const sizeBytes = slots.reduce((sum, slot) => sum + slot.sizeBytes, 0);
	return slots.length > MANY && sizeBytes / slots.length < THIN_BYTES;
}
