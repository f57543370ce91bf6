/** Attachments on their way out: encrypted, sent in parts, held and taken up again. A message goes out only when its
 *  attachment is whole with the service.
 *
 *  Small files and large ones travel in lanes of their own, each in the order of writing: what is large does not hold
 *  up what is small. */

import {
	AttachmentSealer,
	CHUNK_BYTES,
	chunkCount,
	ciphertextBytes,
	importKey,
	newSecretParts,
} from "../crypto/attachment";
import type { AttachmentReference } from "../crypto/body";
import { judge } from "../crypto/judgement";
import { Lanes } from "../lib/lanes";
import type { Context } from "./context";
import { Failure } from "./failure";
import type { Outbox } from "./outbox";
import type { MessageRecord, OutboxRecord, SealedMark, UploadRecord } from "./records";
import { Away, Stopped, Transfer, terminate } from "./transfer";
import type { SendState, UploadHeld } from "./types";
import { CiphertextSource, SealingChunks, StoredChunks } from "./upload-source";

/** Files up to this size are encrypted into the browser's store at once, and need not be chosen again. */
export const STORED_BYTES = 32 * 1024 * 1024;
/** 2 GB. The service takes 2 GiB of ciphertext. */
export const MAXIMUM_BYTES = 2_000_000_000;
const TOLD_EVERY_MS = 200;
const AGAIN_AFTER_MS = 15_000;

type Uploading = OutboxRecord & { upload: UploadRecord };

interface Written {
	record: OutboxRecord;
	send: SendState | null;
	known?: Partial<AttachmentReference>;
}

export class Uploads {
	private readonly running = new Map<string, Transfer>();
	/** Waiting in a lane, or on its way. */
	private readonly queued = new Set<string>();
	private readonly cancelled = new Set<string>();
	/** Chosen again, and being compared with what was begun. */
	private readonly checked = new Set<string>();
	/** Files that are read while they are sent; gone with the page. */
	private readonly sealing = new Map<string, { chunks: SealingChunks; source: CiphertextSource }>();
	private readonly lanes = new Lanes();
	private again: ReturnType<typeof setTimeout> | undefined;
	private stopped = false;

	constructor(
		private readonly context: Context,
		private readonly outbox: Outbox,
		private readonly csrf: (fresh: boolean) => Promise<string>,
	) {}

	/** Queue a file as a message and start to send it. `said`: which message it answers, or that it is passed on.
	 *
	 *  Raises: Failure `executable` for a file that a computer would run, `file-too-large`. */
	async attach(
		groupId: string,
		file: File,
		caption = "",
		said: { replyTo?: string | null; forwarded?: boolean } = {},
	): Promise<MessageRecord> {
		if (file.size > MAXIMUM_BYTES) throw new Failure("file-too-large");
		const refusal = await judge(file.name, fileBytes(file));
		if (refusal) throw new Failure("executable", refusal);
		const attachment = referenceOf(file);
		const upload: UploadRecord = {
			ciphertextBytes: ciphertextBytes(file.size, CHUNK_BYTES),
			url: null,
			encrypted: false,
			finished: false,
		};
		const draft = { ...said, type: "attachment", text: caption, attachment } as const;
		const message = await this.outbox.enqueue(groupId, draft, upload);
		if (file.size > STORED_BYTES) {
			await this.seal(message.id, file, attachment);
			this.start(message.id);
		} else void this.storeAndSend(message.id, file).catch((error) => this.failed(message.id, error));
		return message;
	}

	/** Go on with what an earlier start left. A large file has to be chosen again. */
	async resume(): Promise<void> {
		for (const { id, upload, failed } of this.outbox.all()) {
			if (!upload || upload.finished || failed) continue;
			if (upload.paused) await this.hold(id, "paused");
			else this.start(id);
		}
	}

	/** The network or the service is back. */
	wake(): void {
		for (const { id, upload, failed } of this.outbox.all()) {
			if (upload && !upload.finished && !upload.paused && !failed) this.start(id);
		}
	}

	/** Send, in its lane; again after a failure. */
	start(messageId: string): void {
		const record = this.outbox.find(messageId);
		if (!record?.upload || this.queued.has(messageId) || this.stopped) return;
		this.queued.add(messageId);
		const lane = record.upload.ciphertextBytes > STORED_BYTES ? "large" : "small";
		void this.lanes
			.run(lane, () => this.send(messageId))
			.catch((error) => this.failed(messageId, error))
			.finally(() => this.queued.delete(messageId));
	}

	async pause(messageId: string): Promise<void> {
		await this.change(messageId, { paused: true });
		this.running.get(messageId)?.stop();
		await this.hold(messageId, "paused");
	}

	async proceed(messageId: string): Promise<void> {
		await this.change(messageId, { paused: false });
		await this.hold(messageId, null);
		this.start(messageId);
	}

	/** Go on with a file that was chosen again after the page was loaded anew.
	 *
	 *  Raises: Failure `other-file` when it is not the one that was begun, `not-found`. */
	async supply(messageId: string, file: File): Promise<void> {
		const record = this.outbox.find(messageId);
		if (!record?.upload || record.body.type !== "attachment") throw new Failure("not-found");
		if (this.sealing.has(messageId) || this.checked.has(messageId)) return;
		const { attachment } = record.body;
		if (file.size !== attachment.sizeBytes) throw new Failure("other-file");
		this.checked.add(messageId);
		try {
			await this.seal(messageId, file, attachment, record.upload);
		} catch (error) {
			await this.hold(messageId, "file");
			throw error;
		} finally {
			this.checked.delete(messageId);
		}
		await this.proceed(messageId);
	}

	async cancel(messageId: string): Promise<void> {
		this.cancelled.add(messageId);
		this.running.get(messageId)?.stop();
		this.sealing.delete(messageId);
		const { upload } = this.outbox.find(messageId) ?? {};
		if (!upload?.url || upload.finished) return;
		await terminate(upload.url, this.csrf).catch((error: unknown) =>
			this.context.log("upload not ended", error),
		);
	}

	stop(): void {
		this.stopped = true;
		clearTimeout(this.again);
		for (const transfer of this.running.values()) transfer.stop();
	}

	private async storeAndSend(messageId: string, file: File): Promise<void> {
		const record = this.outbox.find(messageId);
		if (record?.body.type !== "attachment") return;
		const { attachment } = record.body;
		try {
			const sha256 = await this.store(messageId, file, attachment);
			await this.change(messageId, { encrypted: true }, { sha256 });
		} catch (error) {
			if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") throw error;
			// No room in the browser's store: read it while it is sent, as a large one.
			await this.context.store.dropChunks(messageId);
			await this.seal(messageId, file, attachment);
		}
		this.start(messageId);
	}

	private async store(messageId: string, file: File, { key, noncePrefix }: AttachmentReference) {
		const count = chunkCount(file.size, CHUNK_BYTES);
		const sealer = new AttachmentSealer(await importKey(key), noncePrefix, count);
		for (let index = 0; index < count; index++) {
			if (this.cancelled.has(messageId)) throw new Failure("cancelled");
			const part = file.slice(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
			const ciphertext = await sealer.seal(new Uint8Array(await part.arrayBuffer()));
			await this.context.store.putChunk(messageId, index, ciphertext);
		}
		return sealer.finish();
	}

	/** Prepare a large file. `begun`: what an earlier page wrote down about it. */
	private async seal(
		messageId: string,
		file: File,
		attachment: AttachmentReference,
		begun: UploadRecord | null = null,
	): Promise<void> {
		const keep = (sealed: SealedMark) => this.change(messageId, { sealed });
		const chunks = await SealingChunks.create(file, attachment, keep);
		if (begun?.sealed) await chunks.demandSame(begun.sealed, this.checking(messageId));
		this.sealing.set(messageId, { chunks, source: new CiphertextSource(chunks, attachment.sizeBytes) });
	}

	private checking(messageId: string): (doneBytes: number) => void {
		const tell = seldom();
		return (doneBytes) => tell(() => void this.told(messageId, doneBytes, "checking"));
	}

	private async send(messageId: string): Promise<void> {
		const record = this.outbox.find(messageId);
		if (!record?.upload || record.upload.finished || record.upload.paused || this.stopped) return;
		if (record.body.type !== "attachment") return;
		const source = this.sourceOf(record, record.body.attachment);
		if (!source && this.checked.has(messageId)) return;
		if (!source) return this.hold(messageId, "file");
		const url = await this.transfer(record, source);
		const objectId = url.replace(/\/$/, "").split("/").at(-1) ?? "";
		const sha256 = await this.sealing.get(messageId)?.chunks.finish();
		await this.change(messageId, { finished: true }, sha256 ? { objectId, sha256 } : { objectId });
		this.sealing.delete(messageId);
		await this.context.store.dropChunks(messageId);
		void this.outbox.pump(record.conversationId);
	}

	private sourceOf(
		{ id, upload }: OutboxRecord,
		{ sizeBytes }: AttachmentReference,
	): CiphertextSource | null {
		if (upload?.encrypted) return new CiphertextSource(new StoredChunks(this.context.store, id), sizeBytes);
		return this.sealing.get(id)?.source ?? null;
	}

	/** Returns the upload's address. Raises: Stopped, Away, Failure. */
	private async transfer(record: OutboxRecord, source: CiphertextSource): Promise<string> {
		const tell = seldom();
		const transfer = new Transfer(source, {
			groupId: record.conversationId,
			url: record.upload?.url ?? null,
			csrf: this.csrf,
			located: (url) => this.change(record.id, { url }),
			progress: (sentBytes) => tell(() => void this.told(record.id, sentBytes)),
			accepted: (sentBytes) => this.change(record.id, { sentBytes }),
		});
		this.running.set(record.id, transfer);
		await this.told(record.id, record.upload?.sentBytes ?? 0);
		return transfer.run().finally(() => this.running.delete(record.id));
	}

	/** Write what became of an upload; pages see the attachment as it is now. */
	private change(
		messageId: string,
		patch: Partial<UploadRecord>,
		known: Partial<AttachmentReference> = {},
	): Promise<void> {
		return this.write(messageId, (record, send) => {
			const upload = { ...record.upload, ...patch };
			return { record: { ...record, upload }, send: upload.finished ? { state: "queued" } : send, known };
		});
	}

	/** Say that it waits, and for what; null: for nothing any more. */
	private hold(messageId: string, held: UploadHeld | null): Promise<void> {
		return this.write(messageId, (record) => {
			const { ciphertextBytes: totalBytes, sentBytes = 0 } = record.upload;
			const state = { state: "uploading", sentBytes, totalBytes } as const;
			return { record: { ...record, failed: null }, send: held ? { ...state, held } : state };
		});
	}

	/** One change of a message's records after the other: what was sealed must never be forgotten again. */
	private write(
		messageId: string,
		change: (record: Uploading, send: SendState | null) => Written,
	): Promise<void> {
		return this.lanes.run(`record ${messageId}`, async () => {
			const message = await this.context.store.get("messages", messageId);
			const found = this.outbox.find(messageId);
			if (!found?.upload || found.body.type !== "attachment" || !message) return;
			const { record, send, known } = change({ ...found, upload: found.upload }, message.send);
			const attachment = { ...found.body.attachment, ...known };
			const body = { ...found.body, attachment };
			await this.outbox.keep({ ...record, body }, { ...message, attachment, send });
		});
	}

	/** Tell pages how far it is, without writing it down. */
	private async told(messageId: string, sentBytes: number, held?: UploadHeld): Promise<void> {
		const message = await this.context.store.get("messages", messageId);
		const record = this.outbox.find(messageId);
		if (!record?.upload || !message || record.upload.finished) return;
		if (!held && !this.running.has(messageId)) return;
		const totalBytes = record.upload.ciphertextBytes;
		const send = { state: "uploading", sentBytes, totalBytes, ...(held ? { held } : {}) } as const;
		this.context.tell(record.conversationId, [{ ...message, send }]);
	}

	private async failed(messageId: string, error: unknown): Promise<void> {
		if (error instanceof Stopped || this.cancelled.has(messageId) || this.stopped) return;
		this.context.log("attachment not sent", error);
		if (error instanceof Away) return this.away(messageId);
		if (error instanceof DOMException || (error instanceof Failure && error.code === "other-file")) {
			this.sealing.delete(messageId);
			return this.hold(messageId, "file");
		}
		const reason = error instanceof Failure ? error.code : "upload";
		await this.write(messageId, (record) => {
			return { record: { ...record, failed: reason }, send: { state: "failed", reason } };
		});
	}

	/** By itself as soon as the network is back, and at the latest after a while. */
	private async away(messageId: string): Promise<void> {
		await this.hold(messageId, "network");
		clearTimeout(this.again);
		this.again = setTimeout(() => this.wake(), AGAIN_AFTER_MS);
	}
}

function fileBytes(file: File) {
	return {
		size: file.size,
		read: async (start: number, end: number) => new Uint8Array(await file.slice(start, end).arrayBuffer()),
	};
}

function seldom(): (act: () => void) => void {
	let lastMs = 0;
	return (act) => {
		if (Date.now() - lastMs < TOLD_EVERY_MS) return;
		lastMs = Date.now();
		act();
	};
}

function referenceOf(file: File): AttachmentReference {
	return {
		...newSecretParts(),
		objectId: "",
		name: file.name.slice(-255),
		mediaType: (file.type || "application/octet-stream").slice(0, 127),
		sizeBytes: file.size,
		sha256: new Uint8Array(0),
		chunkBytes: CHUNK_BYTES,
	};
}
