/** What the check of a person's own keys remembers from one time to the next; lies sealed in the store. */

import type { Store } from "./store";

export type Doubt =
	| "unknown-key"
	| "unknown-device"
	| "missing"
	| "rolled-back"
	| "forked"
	| "unproven"
	| "other-log";

/** Something that the person has to know. `id` stays the same as long as it is the same thing. */
export interface KeyWarning {
	id: string;
	doubt: Doubt;
	/** When it happened, as the log says; empty where it says nothing. */
	at: string;
	device: { id: string; name: string; revoked: boolean } | null;
	/** The administrator's reset before a new key. */
	resetAt: string | null;
}

export interface KeyMemory {
	/** The tree head seen last, and the log's key, pinned when first seen. Root in base64. */
	log: { key: string; size: number; root: string } | null;
	/** Whether there was a first check, whose entries were taken as they are. */
	begun: boolean;
	/** Events that were in the log. */
	seen: string[];
	/** Keys and devices that are known, by `nameOf`. */
	known: string[];
	/** Devices that the log does not tell of yet, since when, in milliseconds. */
	unlogged: Record<string, number>;
	/** Warnings that the person has answered, and those that were reported. */
	answered: string[];
	reported: string[];
	warnings: KeyWarning[];
	checkedAtMs: number;
}

/** Under which name the store keeps that this browser knows a certificate of its person. */
export function certifiedName(certificateHash: string): string {
	return `certified-${certificateHash}`;
}

/** … or that it has certified a device that asked. */
export function approvedName(certificateHash: string): string {
	return `approved-${certificateHash}`;
}

export async function remembered(store: Store, organisationId: string): Promise<KeyMemory> {
	const kept = await store.get("secrets", keyOf(organisationId));
	return kept ? (JSON.parse(kept) as KeyMemory) : fresh();
}

export async function remember(store: Store, organisationId: string, memory: KeyMemory): Promise<void> {
	const value = JSON.stringify(memory);
	await store.write([{ table: "secrets", key: keyOf(organisationId), value }]);
}

function keyOf(organisationId: string): string {
	return `key-watch-${organisationId}`;
}

function fresh(): KeyMemory {
	return {
		log: null,
		begun: false,
		seen: [],
		known: [],
		unlogged: {},
		answered: [],
		reported: [],
		warnings: [],
		checkedAtMs: 0,
	};
}
