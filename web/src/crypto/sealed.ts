/** Records at rest: AES-256-GCM under a key that cannot leave the browser.
 *
 *  Layout: 12 bytes nonce, ciphertext, 16 bytes tag. The record's place (table and key) is authenticated, so one
 *  record cannot be put in another's place. */

import { type Bytes, concat, owned, text, utf8 } from "./bytes";

const NONCE_BYTES = 12;

/** The record was tampered with, stands in another's place, or belongs to another key. */
export class SealBroken extends Error {}

export function newSealKey(): Promise<CryptoKey> {
	return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export async function seal(key: CryptoKey, place: string, plaintext: Uint8Array): Promise<Bytes> {
	const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
	const algorithm = { name: "AES-GCM", iv: nonce, additionalData: utf8(place) };
	return concat(nonce, new Uint8Array(await crypto.subtle.encrypt(algorithm, key, owned(plaintext))));
}

/** Raises: SealBroken. */
export async function unseal(key: CryptoKey, place: string, sealed: Uint8Array): Promise<Bytes> {
	const iv = owned(sealed.subarray(0, NONCE_BYTES));
	const algorithm = { name: "AES-GCM", iv, additionalData: utf8(place) };
	try {
		const plain = await crypto.subtle.decrypt(algorithm, key, owned(sealed.subarray(NONCE_BYTES)));
		return new Uint8Array(plain);
	} catch {
		throw new SealBroken(`the record at ${place} cannot be opened`);
	}
}

export function sealJson(key: CryptoKey, place: string, value: unknown): Promise<Bytes> {
	return seal(key, place, utf8(JSON.stringify(value)));
}

/** Raises: SealBroken. The caller vouches for the type: only what it sealed itself comes back. */
export async function unsealJson<T>(key: CryptoKey, place: string, sealed: Uint8Array): Promise<T> {
	return JSON.parse(text(await unseal(key, place, sealed))) as T;
}
