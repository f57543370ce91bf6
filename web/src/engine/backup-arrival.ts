/** The history comes along into a browser that another one has just approved: its wrapped key is fetched, opened and held
 *  against the backup, and the messages are brought back, before anything else runs here. Whatever goes wrong with it, the
 *  device works; what could not be reached is tried again at the next start. */

import { type Bytes, base64, fromBase64 } from "../crypto/bytes";
import { certifiedKey } from "../crypto/pki";
import { unwrapBackupKey, WrapRefused } from "../crypto/wrapped-backup-key";
import { Problem } from "../lib/http";
import type { Api } from "./api";
import { backupKeyKept, keepBackupKey, remembered } from "./backup-memory";
import {
	BackupBroken,
	isWhole,
	OtherBackupKey,
	type Restored,
	type RestorePorts,
	restoreHistory,
} from "./backup-restore";
import type { SelfRecord } from "./records";
import type { Change, Store } from "./store";
import type { HistoryArrival } from "./types";

/** The approved request whose key is still to be fetched. */
const EXPECTED = "history-expected";
/** What was fetched, base64; empty where nothing was. Until the messages are here. */
const FETCHED = "history-fetched";
/** What became of it, until the person has read it. */
const TOLD = "history-told";
/** Name of the key pair of the request. */
export const AGREEMENT = "join-agreement";

export interface Expected {
	joinId: string;
	/** Base64. */
	fingerprint: string;
	/** The service says that a key came. Where it says otherwise, none is asked for. */
	offered: boolean;
}

export interface ArrivalPorts {
	api: Pick<Api, "takeBackupKey">;
	backup: RestorePorts;
	self: Pick<SelfRecord, "chain">;
	log(what: string, error: unknown): void;
}

type Progress = (done: number, total: number) => void;

/** To be written together with the certificate: from now on a key may come. */
export function expectHistory(expected: Expected): Change {
	return { table: "secrets", key: EXPECTED, value: JSON.stringify(expected) };
}

/** What the person has read need not be told again; what is still to come is. */
export async function historyRead(store: Store): Promise<void> {
	await store.write([{ table: "secrets", key: TOLD, value: null }]);
}

/** Bring in what came along. Returns what is to be told of it; null where nothing is. */
export async function takeHistory(ports: ArrivalPorts, progress: Progress): Promise<HistoryArrival | null> {
	const { store } = ports.backup;
	const fetched = await arrivedKey(ports).catch((error) => later(ports, error));
	if (fetched === undefined) {
		const told = await store.get("secrets", TOLD);
		return told ? (JSON.parse(told) as HistoryArrival) : null;
	}
	const arrival =
		"state" in fetched
			? fetched
			: await brought(ports, fetched.key, progress).catch((error) => later(ports, error));
	await store.write([{ table: "secrets", key: TOLD, value: JSON.stringify(arrival) }]);
	return arrival;
}

function later({ log }: ArrivalPorts, error: unknown): HistoryArrival {
	log("the history did not come yet", error);
	return { state: "later" };
}

/** The key to bring the history back with; undefined: nothing is expected here. */
async function arrivedKey(ports: ArrivalPorts): Promise<{ key: Bytes | null } | HistoryArrival | undefined> {
	const { store } = ports.backup;
	const expected = await store.get("secrets", EXPECTED);
	if (!expected) {
		const kept = await store.get("secrets", FETCHED);
		return kept === null ? undefined : { key: kept ? fromBase64(kept) : null };
	}
	const request = JSON.parse(expected) as Expected;
	const wrapped = request.offered ? await fetchedFor(ports, request.joinId) : null;
	const key = wrapped && (await opened(ports, wrapped, request));
	const refused = key instanceof WrapRefused;
	await store.write([
		{ table: "secrets", key: EXPECTED, value: null },
		{ table: "secrets", key: FETCHED, value: refused ? null : key ? base64(key) : "" },
	]);
	await store.dropKeyPair(AGREEMENT);
	return refused ? { state: "refused" } : { key };
}

/** Null where the service has none, for whatever reason it gives. */
async function fetchedFor({ api }: ArrivalPorts, joinId: string): Promise<Bytes | null> {
	try {
		return await api.takeBackupKey(joinId);
	} catch (error) {
		if (error instanceof Problem && [404, 409].includes(error.status)) return null;
		throw error;
	}
}

async function opened(
	{ backup: { store, owner }, self }: ArrivalPorts,
	wrapped: Bytes,
	{ joinId, fingerprint }: Expected,
): Promise<Bytes | WrapRefused> {
	const [pair, person] = [await store.keyPair(AGREEMENT), self.chain[1]];
	if (!pair || !person) return new WrapRefused();
	const place = { ...owner, joinId, fingerprint: fromBase64(fingerprint) };
	const identityKey = certifiedKey(fromBase64(person));
	return unwrapBackupKey(wrapped, { place, pair, identityKey }).catch((error) => {
		if (error instanceof WrapRefused) return error;
		throw error;
	});
}

/** A browser that was a device before may have a key already. */
async function brought(
	ports: ArrivalPorts,
	arrived: Bytes | null,
	progress: Progress,
): Promise<HistoryArrival> {
	const { backup } = ports;
	const key = arrived ?? (await backupKeyKept(backup.store));
	if (!key) return done(backup.store, { state: (await backup.api.state()) ? "none" : "off" });
	try {
		const restored = await restoreHistory({ ...backup, beside: true }, key, progress);
		if (!restored) return done(backup.store, { state: "off" });
		await keepBackupKey(backup.store, key);
		return done(backup.store, await cameBack(backup.store, restored));
	} catch (error) {
		if (error instanceof OtherBackupKey) return done(backup.store, { state: "other-key" });
		if (error instanceof BackupBroken) return done(backup.store, { state: "broken" });
		throw error;
	}
}

async function cameBack(store: Store, restored: Restored): Promise<HistoryArrival> {
	const saves = (await remembered(store))?.takeOver ?? false;
	return { state: "restored", restored, whole: isWhole(restored), saves };
}

async function done(store: Store, arrival: HistoryArrival): Promise<HistoryArrival> {
	await store.write([{ table: "secrets", key: FETCHED, value: null }]);
	return arrival;
}
