/** The check of the own keys as a page opens it: beside the engine, which may be in another tab or wait for approval. */

import { fromBase64, hex, sha256 } from "../crypto/bytes";
import type { Me } from "./api";
import type { KeyApi } from "./key-api";
import { KeyWatch } from "./key-watch";
import type { DeviceRecord } from "./records";
import { Store } from "./store";

/** Null in a browser that is no device of the acting person. Raises: Problem, Unreachable. */
export async function openKeyWatch(api: KeyApi): Promise<KeyWatch | null> {
	const me = await api.me();
	const store = await Store.existing(`medicus-${me.personId}`);
	const self = await store?.get("self", "self");
	if (!store || !self?.registered || self.domain !== me.organisation.domain) {
		store?.close();
		return null;
	}
	const fingerprint = (await store.get("secrets", `identity-of-${self.deviceId}`)) ?? "";
	return new KeyWatch({
		api,
		store,
		me,
		holdsIdentity: await holds(store, fingerprint),
		certified: (record) => isCertified(record, { store, me, fingerprint }),
		now: Date.now,
	});
}

async function holds(store: Store, fingerprint: string): Promise<boolean> {
	const pair = await store.keyPair("identity");
	if (!pair) return false;
	const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
	return hex(await sha256(spki)) === fingerprint;
}

/** A certificate that has ended says as well who made it. */
async function isCertified(
	record: DeviceRecord,
	{ store, me, fingerprint }: { store: Store; me: Me; fingerprint: string },
): Promise<boolean> {
	// Seldom needed, and large.
	const { ChainExpired, ChainRefused, verifyChain } = await import("../crypto/chain");
	const root = fromBase64((await store.get("secrets", "root")) ?? "");
	const device = await verifyChain(record.chain.map(fromBase64), root, new Date()).catch((error) => {
		if (error instanceof ChainExpired) return error.device;
		if (error instanceof ChainRefused) return null;
		throw error;
	});
	return (
		device?.identityFingerprint === fingerprint &&
		device.personId === me.personId &&
		device.deviceId === record.id
	);
}
