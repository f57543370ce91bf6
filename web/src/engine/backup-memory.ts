/** What this browser remembers of the history backup; lies sealed in the store. */

import { type Bytes, base64, fromBase64 } from "../crypto/bytes";
import { BACKUP_KEY_BYTES, type BackupOwner, backupKeyName } from "../crypto/history-backup";
import type { Store } from "./store";

const KEY = "backup-key";
const MEMORY = "history-backup";

/** The tables that are backed up, in the order in which they come back. */
export const BACKED_UP = ["groups", "people", "pins", "messages"] as const;
export type BackedUp = (typeof BACKED_UP)[number];

/** One piece as the manifest names it: records of a table from the key `from` up to the next piece's. The first and the
 *  last message in it are told by time, so that it can be said what is missing when the piece is. */
export interface Slot {
	table: BackedUp;
	from: string;
	pieceId: string;
	/** Of the manifest that named it first. */
	generation: number;
	/** SHA-256 of the ciphertext, hex. */
	sha256: string;
	/** SHA-256 of what was sealed, hex: whether it changed since. */
	content: string;
	/** Of messages, without who came and went. */
	count: number;
	sizeBytes: number;
	firstAt: string | null;
	lastAt: string | null;
}

export interface Manifest {
	slots: Slot[];
	savedAt: string;
}

/** `other-writer`: another device saves.   `other-key`: the backup was begun anew under another key.   `deleted`: it is
 *  gone.   `full`: no room.   `rolled-back`: the service had an older copy than this browser had saved.   `refused`: the
 *  service did not take what was sent.   `incomplete`: not all came back, so this browser does not save by itself, which
 *  would destroy the rest. */
export type Trouble =
	| "other-writer"
	| "other-key"
	| "deleted"
	| "full"
	| "rolled-back"
	| "refused"
	| "incomplete";

export interface BackupMemory {
	backupId: string;
	generation: number;
	slots: Slot[];
	/** Until the first save is through. */
	growing: boolean;
	/** What was sent last, until its answer came. */
	pending: Slot[] | null;
	/** It was read here, and this browser is to write it from now on. */
	takeOver: boolean;
	trouble: Trouble | null;
}

const LOCK = "medicus-history-backup";

/** Around whatever changes the memory: a save in another tab is not mixed into it. */
export function exclusively<T>(work: () => Promise<T>): Promise<T> {
	return navigator.locks.request(LOCK, work) as Promise<T>;
}

export function freshMemory(backupId: string): BackupMemory {
	return {
		backupId,
		generation: 0,
		slots: [],
		growing: true,
		pending: null,
		takeOver: false,
		trouble: null,
	};
}

export async function remembered(store: Store): Promise<BackupMemory | null> {
	const kept = await store.get("secrets", MEMORY);
	return kept ? (JSON.parse(kept) as BackupMemory) : null;
}

export async function remember(store: Store, memory: BackupMemory | null): Promise<void> {
	await store.write([{ table: "secrets", key: MEMORY, value: memory && JSON.stringify(memory) }]);
}

/** Null where no kit that has one was made or used. */
export async function backupKeyKept(store: Store): Promise<Bytes | null> {
	const kept = await store.get("secrets", KEY);
	return kept ? fromBase64(kept) : null;
}

export async function keepBackupKey(store: Store, key: Uint8Array): Promise<void> {
	await store.write([{ table: "secrets", key: KEY, value: base64(key) }]);
}

export function newBackupKey(): Bytes {
	return crypto.getRandomValues(new Uint8Array(BACKUP_KEY_BYTES));
}

/** Base64, as the service keeps it. */
export async function nameOfKey(key: Uint8Array, owner: BackupOwner): Promise<string> {
	return base64(await backupKeyName(key, owner));
}

export function messagesIn(slots: readonly Slot[]): number {
	return slots.reduce((sum, { table, count }) => sum + (table === "messages" ? count : 0), 0);
}
