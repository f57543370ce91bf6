/** What this browser remembers of the keys and devices that it made or approved itself, for `key-watch.ts`. */

import { type Bytes, base64, fromBase64, hex, sha256 } from "../crypto/bytes";
import { certifiedKey, keyFingerprint } from "../crypto/pki";
import { approvedName, certifiedName } from "./key-memory";
import type { Store } from "./store";

const IDENTITY = "identity-pkcs8";

/** Keep the identity key to sign with, and sealed beside it what a recovery kit is made of. */
export async function keepIdentityKey(store: Store, keys: CryptoKeyPair, pkcs8: Uint8Array): Promise<void> {
	await store.write([{ table: "secrets", key: IDENTITY, value: base64(pkcs8) }]);
	await store.putKeyPair("identity", keys);
}

/** What a recovery kit is made of; null where the key was made elsewhere, or before there were kits. */
export async function identityKeyKept(store: Store): Promise<Bytes | null> {
	const kept = await store.get("secrets", IDENTITY);
	return kept ? fromBase64(kept) : null;
}

/** Remember the person's certificate if it is for the identity key that this browser knows as theirs. */
export async function rememberIdentity(
	store: Store,
	certificate: Uint8Array | undefined,
	identityFingerprint: string,
): Promise<void> {
	if (!certificate) return;
	const name = certifiedName(hex(await sha256(certificate)));
	if (await store.get("secrets", name)) return;
	if ((await keyFingerprint(certifiedKey(certificate))) !== identityFingerprint) return;
	await store.write([{ table: "secrets", key: name, value: identityFingerprint }]);
}

export async function rememberApproved(
	store: Store,
	deviceId: string,
	certificate: Uint8Array,
): Promise<void> {
	const key = approvedName(hex(await sha256(certificate)));
	await store.write([{ table: "secrets", key, value: deviceId }]);
}
