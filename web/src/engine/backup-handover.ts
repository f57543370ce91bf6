/** The history goes along to a new device of the same person: the browser that approves it wraps the key of the backup. */

import type { Bytes } from "../crypto/bytes";
import type { BackupOwner } from "../crypto/history-backup";
import { type WrapPlace, wrapBackupKey } from "../crypto/wrapped-backup-key";
import { pause } from "../lib/backoff";
import type { BackupApi } from "./backup-api";
import { backupKeyKept, nameOfKey } from "./backup-memory";
import type { Store } from "./store";
import type { HistoryAtHand } from "./types";

/** A save that takes longer goes on beside the approval: the new device then has what was saved until then. */
const SAVE_WITHIN_MS = 10_000;

export interface HandoverPorts {
	api: Pick<BackupApi, "state">;
	store: Store;
	owner: BackupOwner;
	/** Saves what was said since the last save, if it is this browser that saves. */
	save(): Promise<unknown>;
}

/** Raises: Problem, Unreachable. */
export async function historyAtHand(ports: Omit<HandoverPorts, "save">): Promise<HistoryAtHand> {
	const state = await ports.api.state();
	if (!state) return "off";
	return (await fittingKey(ports, state.keyName)) ? "ready" : "elsewhere";
}

/** Null: there is no backup, or its key is not in this browser. `to`: the browser that asks.
 *
 *  Raises: Problem, Unreachable; DOMException when the browser that asks has sent no point of the curve. */
export async function wrappedKeyFor(
	ports: HandoverPorts,
	to: { place: WrapPlace; agreementKey: Uint8Array; identity: CryptoKeyPair },
): Promise<Bytes | null> {
	const state = await ports.api.state();
	const key = state && (await fittingKey(ports, state.keyName));
	if (!key) return null;
	await Promise.race([ports.save(), pause(SAVE_WITHIN_MS)]);
	return wrapBackupKey(key, to);
}

async function fittingKey(
	{ store, owner }: Omit<HandoverPorts, "save" | "api">,
	keyName: string,
): Promise<Bytes | null> {
	const key = await backupKeyKept(store);
	return key && (await nameOfKey(key, owner)) === keyName ? key : null;
}
