/** The history backup: what this browser remembers, in pieces that the service keeps and cannot read.
 *
 *      name  = HKDF-SHA-256(backup key, no salt, "medicus-history-backup-name/1" ‖ 0x0a ‖ person ‖ organisation), 16 bytes
 *      key   = HKDF-SHA-256(backup key, no salt, "medicus-history-backup/1" ‖ 0x0a ‖ person ‖ organisation ‖ backup)
 *      place = "medicus-history-backup/1" ‖ 0x0a ‖ person ‖ organisation ‖ backup ‖ generation ‖ piece
 *      piece = nonce ‖ AES-256-GCM(key, nonce, length ‖ JSON ‖ zeros, additional data = place)
 *
 *  Ids are the 16 bytes of their UUIDs; `generation` and `length` are 32 bits, big-endian; zeros fill up to a multiple of
 *  4,096 bytes, so that the size tells little. `generation` counts the manifests: a piece carries that of the first one
 *  to name it, a manifest its own, with sixteen zero bytes as its piece. So nothing of another person, another backup,
 *  another place or another time can be put in a piece's stead. The manifest lists the pieces in order with the SHA-256
 *  of each. Vectors: `web/tests/vectors/history-backup.json`. */

import { type Bytes, concat, owned, text, utf8 } from "./bytes";
import { uuidBytes } from "./ids";

export const BACKUP_KEY_BYTES = 32;
const NONCE_BYTES = 12;
const LENGTH_BYTES = 4;
const BLOCK_BYTES = 4096;
const MANIFEST = "00000000-0000-0000-0000-000000000000";

export interface BackupOwner {
	personId: string;
	organisationId: string;
}

export interface BackupKey {
	owner: BackupOwner;
	backupId: string;
	key: CryptoKey;
}

/** `pieceId`: null for the manifest. */
export interface BackupPlace {
	generation: number;
	pieceId: string | null;
}

/** It was changed, cut, put in another's place, or belongs to another key. */
export class PieceBroken extends Error {}

/** Sixteen bytes that tell one backup key from another, and nothing of it. */
export async function backupKeyName(backupKey: Uint8Array, owner: BackupOwner): Promise<Bytes> {
	const info = concat(utf8("medicus-history-backup-name/1\n"), ownerBytes(owner));
	const bits = await crypto.subtle.deriveBits(hkdf(info), await material(backupKey), 128);
	return new Uint8Array(bits);
}

export async function backupKeyOf(
	backupKey: Uint8Array,
	owner: BackupOwner,
	backupId: string,
): Promise<BackupKey> {
	const info = concat(head(owner, backupId));
	const aes = { name: "AES-GCM", length: 256 };
	const uses: KeyUsage[] = ["encrypt", "decrypt"];
	const key = await crypto.subtle.deriveKey(hkdf(info), await material(backupKey), aes, false, uses);
	return { owner, backupId, key };
}

/** `nonce`: 12 random bytes. */
export async function sealPiece(
	sealing: BackupKey,
	place: BackupPlace,
	content: unknown,
	nonce: Uint8Array = crypto.getRandomValues(new Uint8Array(NONCE_BYTES)),
): Promise<Bytes> {
	const plain = padded(utf8(JSON.stringify(content)));
	const sealed = await crypto.subtle.encrypt(parameters(sealing, place, nonce), sealing.key, plain);
	return concat(nonce, new Uint8Array(sealed));
}

/** Raises: PieceBroken. The caller vouches for the type: only what a browser of the person sealed comes back. */
export async function openPiece<T>(sealing: BackupKey, place: BackupPlace, piece: Uint8Array): Promise<T> {
	const nonce = piece.slice(0, NONCE_BYTES);
	try {
		const algorithm = parameters(sealing, place, nonce);
		const plain = await crypto.subtle.decrypt(algorithm, sealing.key, owned(piece.slice(NONCE_BYTES)));
		return JSON.parse(text(unpadded(new Uint8Array(plain)))) as T;
	} catch {
		throw new PieceBroken();
	}
}

function padded(content: Uint8Array): Bytes {
	const size = Math.ceil((LENGTH_BYTES + content.length) / BLOCK_BYTES) * BLOCK_BYTES;
	const bytes = new Uint8Array(size);
	bytes.set(uint32(content.length));
	bytes.set(content, LENGTH_BYTES);
	return bytes;
}

function unpadded(bytes: Bytes): Bytes {
	const length = new DataView(bytes.buffer).getUint32(0);
	if (length > bytes.length - LENGTH_BYTES) throw new PieceBroken();
	return bytes.slice(LENGTH_BYTES, LENGTH_BYTES + length);
}

function parameters(
	{ owner, backupId }: BackupKey,
	{ generation, pieceId }: BackupPlace,
	nonce: Uint8Array,
): AesGcmParams {
	const piece = uuidBytes(pieceId ?? MANIFEST);
	const additionalData = concat(head(owner, backupId), uint32(generation), piece);
	return { name: "AES-GCM", iv: owned(nonce), additionalData };
}

function head(owner: BackupOwner, backupId: string): Bytes {
	return concat(utf8("medicus-history-backup/1\n"), ownerBytes(owner), uuidBytes(backupId));
}

function ownerBytes({ personId, organisationId }: BackupOwner): Bytes {
	return concat(uuidBytes(personId), uuidBytes(organisationId));
}

function hkdf(info: Bytes): HkdfParams {
	return { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
}

function material(backupKey: Uint8Array): Promise<CryptoKey> {
	return crypto.subtle.importKey("raw", owned(backupKey), "HKDF", false, ["deriveKey", "deriveBits"]);
}

function uint32(value: number): Bytes {
	const bytes = new Uint8Array(4);
	new DataView(bytes.buffer).setUint32(0, value);
	return bytes;
}
