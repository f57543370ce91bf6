/** Attachments on their way in: fetched in ranges of whole chunks, each decrypted and checked before the next. Before
 *  anything is handed over, name, beginning and, of an archive, the list at its end are looked at.
 *
 *  A Blob is for showing and for small files. What is large goes piece by piece into a file that the reader has chosen:
 *  nothing of the plaintext lies anywhere else. */

import {
	AttachmentCorrupt,
	AttachmentOpener,
	ciphertextBytes,
	importKey,
	openChunk,
	TAG_BYTES,
} from "../crypto/attachment";
import type { AttachmentReference } from "../crypto/body";
import { type Bytes, concat } from "../crypto/bytes";
import { shownType } from "../crypto/filetype";
import { judge } from "../crypto/judgement";
import { Unreachable } from "../lib/http";
import type { Api } from "./api";
import type { Context } from "./context";
import { Failure } from "./failure";

/** How many bytes of ciphertext one request asks for, about; the fewer the worse the network is. */
const REQUEST_BYTES = 8 * 1024 * 1024;
/** What a Blob may hold; beyond it the browser would write the plaintext into its own files, or fall. */
export const BLOB_BYTES = 512 * 1024 * 1024;
/** Somebody waits for a picture; a large file may outlive a walk through the basement. */
const RETRY_MS = [300, 1000, 3000];
const PATIENT_RETRY_MS = [...RETRY_MS, 8000, 15_000, 30_000, 60_000, 60_000, 60_000];

type Progress = (done: number, total: number) => void;

interface Reading {
	api: Pick<Api, "attachmentPart">;
	attachment: AttachmentReference;
	/** In bytes of ciphertext. */
	progress: Progress;
	signal: AbortSignal;
}

export class Downloads {
	private readonly running = new Map<string, AbortController>();

	constructor(private readonly context: Context) {}

	/** Raises: AttachmentCorrupt, Failure `executable`, `too-large-here`, `cancelled`, Problem, Unreachable. */
	async open(messageId: string, progress: Progress): Promise<Blob> {
		const attachment = await this.attachment(messageId);
		return this.stoppable(messageId, (signal) =>
			openAttachment({ api: this.context.api, attachment, progress, signal }),
		);
	}

	/** Raises: as `open`, without `too-large-here`; DOMException when the file cannot be written. */
	async saveInto(messageId: string, handle: FileSystemFileHandle, progress: Progress): Promise<void> {
		const attachment = await this.attachment(messageId);
		return this.stoppable(messageId, (signal) =>
			saveAttachment({ api: this.context.api, attachment, progress, signal }, handle),
		);
	}

	async stop(messageId: string): Promise<void> {
		this.running.get(messageId)?.abort();
	}

	stopAll(): void {
		for (const controller of this.running.values()) controller.abort();
	}

	private async attachment(messageId: string): Promise<AttachmentReference> {
		const message = await this.context.store.get("messages", messageId);
		if (!message?.attachment?.objectId) throw new Failure("not-found");
		return message.attachment;
	}

	private async stoppable<T>(messageId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
		const controller = new AbortController();
		this.running.set(messageId, controller);
		try {
			return await work(controller.signal);
		} finally {
			if (this.running.get(messageId) === controller) this.running.delete(messageId);
		}
	}
}

/** Fetch, decrypt and verify an attachment into memory. */
export async function openAttachment(reading: Reading): Promise<Blob> {
	const { attachment } = reading;
	if (attachment.sizeBytes > BLOB_BYTES) throw new Failure("too-large-here");
	await demandHarmless(reading);
	const parts: Blob[] = [];
	for await (const plain of plaintextOf(reading, RETRY_MS)) parts.push(new Blob([plain]));
	return new Blob(parts, { type: shownType(attachment.mediaType) });
}

/** The browser puts the file in its place only at `close`, and throws it away at `abort`. */
export async function saveAttachment(reading: Reading, handle: FileSystemFileHandle): Promise<void> {
	await demandHarmless(reading);
	const file = await handle.createWritable();
	try {
		for await (const plain of plaintextOf(reading, PATIENT_RETRY_MS)) await file.write(plain);
	} catch (error) {
		await file.abort().catch(() => undefined);
		throw error;
	}
	await file.close();
}

/** Raises: Failure `executable`, whose detail says why. */
async function demandHarmless(reading: Reading): Promise<void> {
	const { name, sizeBytes: size } = reading.attachment;
	const refusal = await judge(name, { size, read: randomAccess(reading) });
	if (refusal) throw new Failure("executable", refusal);
}

/** Read any part of the plaintext: each chunk authenticates itself and its place. */
function randomAccess(reading: Reading): (start: number, end: number) => Promise<Uint8Array> {
	const { attachment } = reading;
	const { chunkBytes, sizeBytes, noncePrefix } = attachment;
	const sealedBytes = chunkBytes + TAG_BYTES;
	const total = ciphertextBytes(sizeBytes, chunkBytes);
	const key = importKey(attachment.key);
	const known = new Map<number, Promise<Bytes>>();
	const chunk = async (index: number) => {
		const [start, end] = [index * sealedBytes, Math.min((index + 1) * sealedBytes, total)];
		const ciphertext = await fetched(reading, { start, end }, RETRY_MS);
		return openChunk(await key, { noncePrefix, index, last: end === total }, ciphertext);
	};
	return async (start, end) => {
		const pieces: Uint8Array[] = [];
		const upTo = Math.min(end, sizeBytes);
		for (let index = Math.floor(start / chunkBytes); index * chunkBytes < upTo; index++) {
			const opening = known.get(index) ?? chunk(index);
			known.set(index, opening);
			const from = index * chunkBytes;
			pieces.push((await opening).subarray(Math.max(0, start - from), upTo - from));
		}
		return concat(...pieces);
	};
}

/** The plaintext, chunk after chunk, the next range fetched ahead. What was yielded is only certain to be the sender's whole
 *  file when the last was yielded without an error.
 *
 *  Raises: AttachmentCorrupt, Failure `cancelled`, Problem, Unreachable. */
async function* plaintextOf(reading: Reading, retryMs: readonly number[]): AsyncGenerator<Bytes> {
	const { attachment, progress } = reading;
	const opener = await AttachmentOpener.create(attachment);
	const total = ciphertextBytes(attachment.sizeBytes, attachment.chunkBytes);
	const chunkBytes = attachment.chunkBytes + TAG_BYTES;
	const rangeBytes = chunkBytes * Math.max(1, Math.floor(REQUEST_BYTES / chunkBytes));
	const rangeAt = (start: number) => {
		const coming = fetched(reading, { start, end: Math.min(start + rangeBytes, total) }, retryMs);
		// Told where it is awaited; until then nobody listens.
		coming.catch(() => undefined);
		return coming;
	};
	let next = rangeAt(0);
	for (let start = 0; start < total; start += rangeBytes) {
		const range = await next;
		if (start + rangeBytes < total) next = rangeAt(start + rangeBytes);
		for (let at = 0; at < range.length; at += chunkBytes) {
			yield await opener.open(range.subarray(at, at + chunkBytes));
		}
		progress(Math.min(start + rangeBytes, total), total);
	}
	opener.finish();
}

/** One range; where the network is slow or away for a moment, in smaller pieces and again. */
async function fetched(
	{ api, attachment, signal }: Reading,
	{ start, end }: { start: number; end: number },
	retryMs: readonly number[],
): Promise<Bytes> {
	const { objectId, chunkBytes } = attachment;
	const pieces: Bytes[] = [];
	let pieceBytes = end - start;
	let failures = 0;
	for (let at = start; at < end; ) {
		if (signal.aborted) throw new Failure("cancelled");
		const upTo = Math.min(at + pieceBytes, end);
		try {
			const piece = await api.attachmentPart(objectId, at, upTo);
			if (piece.length !== upTo - at) throw new AttachmentCorrupt("the server has less than was sent");
			pieces.push(piece);
			at = upTo;
			failures = 0;
		} catch (error) {
			const waitMs = retryMs[failures++];
			if (!(error instanceof Unreachable) || waitMs === undefined) throw error;
			pieceBytes = Math.max(chunkBytes, Math.ceil(pieceBytes / 2));
			await new Promise((resolve) => setTimeout(resolve, waitMs));
		}
	}
	const [only] = pieces;
	return pieces.length === 1 && only ? only : concat(...pieces);
}
