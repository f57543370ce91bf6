/** The recovery kit: the identity key and the key of the history backup, sealed under 256 random bits that stand on
 *  paper only.
 *
 *      code = the 32 bytes as 52 characters of Crockford's base 32 (the last four bits zero), in 13 groups of four; to each
 *             group belongs a fifth character, (v1 + 3 v2 + 5 v3 + 7 v4 + 11 group) mod 32, which finds a wrong character
 *      key  = HKDF-SHA-256(32 bytes, no salt, "medicus-recovery-kit/2" ‖ 0x0a ‖ person ‖ organisation)
 *      blob = nonce ‖ AES-256-GCM(key, nonce, backup key ‖ PKCS #8, additional data = SHA-256 of the public key)
 *
 *  Kits of version 1 hold PKCS #8 alone; they open no backup.
 *
 *  No password: there is nothing to guess, so nothing to stretch. Vectors: `web/tests/vectors/recovery-kit.json`. */

import { type Bytes, concat, fromHex, owned, utf8 } from "./bytes";
import { BACKUP_KEY_BYTES } from "./history-backup";
import { uuidBytes } from "./ids";

export const CODE_BYTES = 32;
const NONCE_BYTES = 12;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS = 13;
const GROUP = 4;

/** Whose key it is. */
export interface KitOwner {
	personId: string;
	organisationId: string;
	/** SHA-256 of the public identity key, hex. */
	fingerprint: string;
}

/** `identityKey`: PKCS #8. `backupKey`: 32 bytes. */
export interface SealedKeys {
	identityKey: Bytes;
	backupKey: Bytes;
}

/** Kits of version 1 open no backup. */
export type OpenedKeys = SealedKeys | { identityKey: Bytes; backupKey: null };

type Version = 1 | 2;

/** This code does not open this kit. */
export class WrongCode extends Error {}

/** The groups of the code, five characters each. */
export function kitCode(secret: Uint8Array): string[] {
	if (secret.length !== CODE_BYTES) throw new TypeError("a kit has 256 bits");
	const bits = [...secret].map((byte) => byte.toString(2).padStart(8, "0")).join("");
	const values = bits.padEnd(GROUPS * GROUP * 5, "0").match(/.{5}/g) ?? [];
	const groups: string[] = [];
	for (let at = 0; at < GROUPS; at++) {
		const group = values.slice(at * GROUP, (at + 1) * GROUP).map((value) => Number.parseInt(value, 2));
		groups.push([...group, check(group, at)].map((value) => ALPHABET[value]).join(""));
	}
	return groups;
}

/** What was typed, however it was spaced; or the first group, from 1, in which a character is wrong or missing. */
export function readKitCode(typed: string): Bytes | { wrongGroup: number } {
	const plain = typed
		.toUpperCase()
		.replace(/[^0-9A-Z]/g, "")
		.replace(/O/g, "0")
		.replace(/[IL]/g, "1");
	const values: number[] = [];
	for (let at = 0; at < GROUPS; at++) {
		const five = [...plain.slice(at * 5, at * 5 + 5)].map((character) => ALPHABET.indexOf(character));
		const group = five.slice(0, GROUP);
		if (five.length !== 5 || five.includes(-1) || five[GROUP] !== check(group, at))
			return { wrongGroup: at + 1 };
		values.push(...group);
	}
	const bits = values.map((value) => value.toString(2).padStart(5, "0")).join("");
	if (plain.length !== GROUPS * 5 || bits.slice(CODE_BYTES * 8).includes("1")) return { wrongGroup: GROUPS };
	const bytes = bits.slice(0, CODE_BYTES * 8).match(/.{8}/g) ?? [];
	return Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2));
}

/** `nonce`: 12 bytes, never used twice; each kit has a code of its own. */
export async function sealKit(
	secret: Uint8Array,
	{ identityKey, backupKey }: SealedKeys,
	owner: KitOwner,
	nonce: Uint8Array,
): Promise<Bytes> {
	if (backupKey.length !== BACKUP_KEY_BYTES) throw new TypeError("a backup key has 256 bits");
	const key = await kitKey(secret, owner, 2, "encrypt");
	const keys = concat(backupKey, identityKey);
	return concat(nonce, new Uint8Array(await crypto.subtle.encrypt(parameters(owner, nonce), key, keys)));
}

/** Raises: WrongCode. */
export async function openKit(secret: Uint8Array, blob: Uint8Array, owner: KitOwner): Promise<OpenedKeys> {
	const current = await opened(secret, blob, owner, 2);
	if (current)
		return {
			identityKey: current.slice(BACKUP_KEY_BYTES),
			backupKey: current.slice(0, BACKUP_KEY_BYTES),
		};
	const first = await opened(secret, blob, owner, 1);
	if (!first) throw new WrongCode();
	return { identityKey: first, backupKey: null };
}

async function opened(
	secret: Uint8Array,
	blob: Uint8Array,
	owner: KitOwner,
	version: Version,
): Promise<Bytes | null> {
	const key = await kitKey(secret, owner, version, "decrypt");
	const nonce = blob.slice(0, NONCE_BYTES);
	try {
		const plain = await crypto.subtle.decrypt(parameters(owner, nonce), key, owned(blob.slice(NONCE_BYTES)));
		return new Uint8Array(plain);
	} catch {
		return null;
	}
}

function check(group: readonly number[], at: number): number {
	return group.reduce((sum, value, place) => sum + value * (2 * place + 1), 11 * at) % 32;
}

function parameters({ fingerprint }: KitOwner, nonce: Uint8Array): AesGcmParams {
	return { name: "AES-GCM", iv: owned(nonce), additionalData: fromHex(fingerprint) };
}

async function kitKey(
	secret: Uint8Array,
	{ personId, organisationId }: KitOwner,
	version: Version,
	use: "encrypt" | "decrypt",
): Promise<CryptoKey> {
	const material = await crypto.subtle.importKey("raw", owned(secret), "HKDF", false, ["deriveKey"]);
	const info = concat(
		utf8(`medicus-recovery-kit/${version}\n`),
		uuidBytes(personId),
		uuidBytes(organisationId),
	);
	const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
	return crypto.subtle.deriveKey(derivation, material, { name: "AES-GCM", length: 256 }, false, [use]);
}
