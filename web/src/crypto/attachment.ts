/** Attachments: AES-256-GCM in chunks, in the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015; as age
 *  and Tink use it). One key per file.
 *
 *  Nonce of a chunk, 12 bytes: 7 random bytes of the file, the chunk's index (uint32, big endian), 1 when it is the
 *  last chunk and 0 otherwise. So chunks cannot be reordered, dropped, doubled or cut off at the end unnoticed.
 *  Ciphertext of a chunk: as many bytes as its plaintext, then the tag of 16. An empty file is one empty last chunk. */

import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, equal, owned } from "./bytes";

export const CHUNK_BYTES = 1024 * 1024;
export const TAG_BYTES = 16;
export const KEY_BYTES = 32;
export const PREFIX_BYTES = 7;

/** The bytes are not what was sent: changed, cut, reordered, or under another key. */
export class AttachmentCorrupt extends Error {}

/** What opens one attachment; travels inside the encrypted message only. */
export interface AttachmentSecret {
	key: Bytes;
	noncePrefix: Bytes;
	chunkBytes: number;
	/** Of the plaintext. */
	sizeBytes: number;
	sha256: Bytes;
}

export function newSecretParts(): { key: Bytes; noncePrefix: Bytes } {
	return {
		key: crypto.getRandomValues(new Uint8Array(KEY_BYTES)),
		noncePrefix: crypto.getRandomValues(new Uint8Array(PREFIX_BYTES)),
	};
}

export function importKey(key: Bytes): Promise<CryptoKey> {
	return crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]);
}

export function chunkCount(sizeBytes: number, chunkBytes: number): number {
	return Math.max(1, Math.ceil(sizeBytes / chunkBytes));
}

export function ciphertextBytes(sizeBytes: number, chunkBytes: number): number {
	return sizeBytes + chunkCount(sizeBytes, chunkBytes) * TAG_BYTES;
}

function nonce(prefix: Uint8Array, index: number, last: boolean): Bytes {
	const counter = new Uint8Array(4);
	new DataView(counter.buffer).setUint32(0, index);
	return concat(prefix, counter, Uint8Array.of(last ? 1 : 0));
}

/** `last`: authenticated, so that nobody can end the file earlier or later. */
export async function sealChunk(
	key: CryptoKey,
	place: { noncePrefix: Uint8Array; index: number; last: boolean },
	plaintext: Uint8Array,
): Promise<Bytes> {
	const iv = nonce(place.noncePrefix, place.index, place.last);
	return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, owned(plaintext)));
}

/** Raises: AttachmentCorrupt. */
export async function openChunk(
	key: CryptoKey,
	place: { noncePrefix: Uint8Array; index: number; last: boolean },
	ciphertext: Uint8Array,
): Promise<Bytes> {
	const iv = nonce(place.noncePrefix, place.index, place.last);
	try {
		return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, owned(ciphertext)));
	} catch {
		throw new AttachmentCorrupt(`chunk ${place.index} is not what was sent`);
	}
}

/** Encrypts a file chunk by chunk; `finish` tells the hash once all chunks went through. */
export class AttachmentSealer {
	private readonly hash = sha256.create();
	private index = 0;

	constructor(
		private readonly key: CryptoKey,
		private readonly noncePrefix: Uint8Array,
		private readonly chunks: number,
	) {}

	async seal(plaintext: Uint8Array): Promise<Bytes> {
		const place = { noncePrefix: this.noncePrefix, index: this.index, last: this.index === this.chunks - 1 };
		this.hash.update(plaintext);
		this.index += 1;
		return sealChunk(this.key, place, plaintext);
	}

	finish(): Bytes {
		if (this.index !== this.chunks) throw new Error("the file has not gone through whole");
		return owned(this.hash.digest());
	}
}

/** Decrypts chunk by chunk, in order; `finish` checks size and hash of the whole. */
export class AttachmentOpener {
	private readonly hash = sha256.create();
	private index = 0;
	private opened = 0;

	private constructor(
		private readonly key: CryptoKey,
		private readonly secret: AttachmentSecret,
	) {}

	static async create(secret: AttachmentSecret): Promise<AttachmentOpener> {
		return new AttachmentOpener(await importKey(secret.key), secret);
	}

	get chunks(): number {
		return chunkCount(this.secret.sizeBytes, this.secret.chunkBytes);
	}

	/** Raises: AttachmentCorrupt. */
	async open(ciphertext: Uint8Array): Promise<Bytes> {
		const { noncePrefix } = this.secret;
		const place = { noncePrefix, index: this.index, last: this.index === this.chunks - 1 };
		const plaintext = await openChunk(this.key, place, ciphertext);
		this.hash.update(plaintext);
		this.index += 1;
		this.opened += plaintext.length;
		return plaintext;
	}

	/** Raises: AttachmentCorrupt. */
	finish(): void {
		const whole = this.index === this.chunks && this.opened === this.secret.sizeBytes;
		if (!whole || !equal(this.hash.digest(), this.secret.sha256)) {
			throw new AttachmentCorrupt("the file is not the one that was sent");
		}
	}
}
