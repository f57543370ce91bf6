/** The ciphertext of an attachment on its way out, made or fetched piece by piece: never the whole is in memory.
 *
 *  A small file is encrypted at once into the browser's store, and goes on without the file after the tab was closed.
 *  A large one is encrypted while it is sent. Its key and nonces are fixed, so a chunk may be sealed a second time only
 *  over the same plaintext: with another, AES-GCM would be broken for both. Therefore each chunk's digest is kept in
 *  memory, the digest of all that was sealed is written down before a byte of it leaves, and a file that is chosen
 *  again after a reload has to match it. */

import { sha256 } from "@noble/hashes/sha2.js";
import {
	CHUNK_BYTES,
	chunkCount,
	ciphertextBytes,
	importKey,
	sealChunk,
	TAG_BYTES,
} from "../crypto/attachment";
import type { AttachmentReference } from "../crypto/body";
import { type Bytes, equal, owned } from "../crypto/bytes";
import { Failure } from "./failure";
import type { SealedMark } from "./records";
import type { Store } from "./store";

export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
/** What one request carries: whole chunks, and less than the 8 MiB that the service takes. */
export const PART_BYTES = 7 * SEALED_CHUNK_BYTES;
/** Chunks that are kept for the repetition of a request: a part, and the one that was made ahead. */
const KEPT_CHUNKS = 16;

/** Where the ciphertext of each chunk comes from. */
export interface Chunks {
	read(index: number): Promise<Bytes>;
	/** Called with the byte of ciphertext from which the service wants to go on. */
	demandKnown(start: number): void;
	/** Called before bytes of chunks below `count` leave for the first time. */
	leaving(count: number): Promise<void>;
}

/** A file that was encrypted before. */
export class StoredChunks implements Chunks {
	constructor(
		private readonly store: Store,
		private readonly messageId: string,
	) {}

	/** Raises: Failure `file-lost` when the browser has cleared it away. */
	async read(index: number): Promise<Bytes> {
		const found = await this.store.chunk(this.messageId, index);
		if (!found) throw new Failure("file-lost");
		return found;
	}

	demandKnown(): void {}

	async leaving(): Promise<void> {}
}

/** A file that is encrypted while it is read. */
export class SealingChunks implements Chunks {
	private readonly hash = sha256.create();
	private readonly digests: Bytes[] = [];

	private constructor(
		private readonly file: Blob,
		private readonly key: CryptoKey,
		private readonly noncePrefix: Uint8Array,
		private readonly keep: (mark: SealedMark) => Promise<void>,
		private marked: number,
	) {}

	/** keep: writes down how far the file was sealed. */
	static async create(
		file: Blob,
		{ key, noncePrefix }: AttachmentReference,
		keep: (mark: SealedMark) => Promise<void>,
	): Promise<SealingChunks> {
		return new SealingChunks(file, await importKey(key), noncePrefix, keep, 0);
	}

	get count(): number {
		return chunkCount(this.file.size, CHUNK_BYTES);
	}

	/** Read what was sealed before, and see that it is the same.
	 *
	 *  Raises: Failure `other-file`. */
	async demandSame(mark: SealedMark, progress: (doneBytes: number) => void): Promise<void> {
		while (this.digests.length < mark.chunks) {
			await this.learn(this.digests.length);
			progress(Math.min(this.digests.length * CHUNK_BYTES, this.file.size));
		}
		if (!equal(this.hash.clone().digest(), mark.sha256)) throw new Failure("other-file");
		this.marked = mark.chunks;
	}

	/** The service has more than was written down here, as after a power cut: whether the rest is of this file cannot be known.
	 *
	 *  Raises: Failure `other-file`. */
	demandKnown(start: number): void {
		if (start > this.digests.length * SEALED_CHUNK_BYTES) throw new Failure("other-file");
	}

	/** Raises: Failure `other-file` when the file is no longer what was sealed before. */
	async read(index: number): Promise<Bytes> {
		this.demandKnown(index * SEALED_CHUNK_BYTES);
		const plain = await this.learn(index);
		const place = { noncePrefix: this.noncePrefix, index, last: index === this.count - 1 };
		return sealChunk(this.key, place, plain);
	}

	async leaving(count: number): Promise<void> {
		if (count <= this.marked) return;
		// Of more than `count` when the next part was made ahead: that is what has to be the same again.
		const mark = { chunks: this.digests.length, sha256: owned(this.hash.clone().digest()) };
		await this.keep(mark);
		this.marked = mark.chunks;
	}

	/** SHA-256 of the whole plaintext. */
	async finish(): Promise<Bytes> {
		while (this.digests.length < this.count) await this.learn(this.digests.length);
		return owned(this.hash.clone().digest());
	}

	private async learn(index: number): Promise<Bytes> {
		const part = this.file.slice(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
		const plain = new Uint8Array(await part.arrayBuffer());
		const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", plain));
		const known = this.digests[index];
		if (known && !equal(known, digest)) throw new Failure("other-file");
		if (known) return plain;
		this.digests.push(digest);
		this.hash.update(plain);
		return plain;
	}
}

/** What `tus-js-client` reads from: any range of the ciphertext, the next one made ahead. */
export class CiphertextSource {
	readonly size: number;
	private readonly made = new Map<number, Promise<Bytes>>();

	constructor(
		private readonly chunks: Chunks,
		sizeBytes: number,
	) {
		this.size = ciphertextBytes(sizeBytes, CHUNK_BYTES);
	}

	/** `end` excluded. */
	async slice(start: number, end: number): Promise<{ value: Blob; done: boolean }> {
		this.chunks.demandKnown(start);
		const upTo = Math.min(end, this.size);
		const first = Math.floor(start / SEALED_CHUNK_BYTES);
		const last = Math.ceil(upTo / SEALED_CHUNK_BYTES) - 1;
		const parts: Bytes[] = [];
		for (let index = first; index <= last; index++) {
			const from = index * SEALED_CHUNK_BYTES;
			parts.push((await this.chunk(index)).subarray(Math.max(0, start - from), upTo - from));
		}
		await this.chunks.leaving(last + 1);
		this.makeAhead(last + 1, upTo + (end - start));
		return { value: new Blob(parts), done: upTo >= this.size };
	}

	close(): void {
		this.made.clear();
	}

	private makeAhead(first: number, upTo: number): void {
		const last = Math.ceil(Math.min(upTo, this.size) / SEALED_CHUNK_BYTES) - 1;
		for (let index = first; index <= last; index++) this.chunk(index).catch(() => undefined);
	}

	/** One after another, because the whole file's hash takes the chunks in their order. */
	private chunk(index: number): Promise<Bytes> {
		const known = this.made.get(index);
		if (known) return known;
		const before = this.made.get(index - 1) ?? Promise.resolve();
		const making = before.then(() => this.chunks.read(index));
		this.made.set(index, making);
		making.catch(() => this.made.delete(index));
		for (const old of this.made.keys()) {
			if (this.made.size <= KEPT_CHUNKS) break;
			this.made.delete(old);
		}
		return making;
	}
}
