/** Attachments on their way out. The file is encrypted at once, chunk by chunk, into the browser's store; from there
 *  the ciphertext goes to the server and can go on after the tab was closed, without the file. */

import * as tus from "tus-js-client";
import {
	AttachmentSealer,
	CHUNK_BYTES,
	chunkCount,
	ciphertextBytes,
	importKey,
	newSecretParts,
} from "../crypto/attachment";
import type { AttachmentReference } from "../crypto/body";
import { refusalOf } from "../crypto/filetype";
import type { Context } from "./context";
import { Failure } from "./failure";
import type { Outbox } from "./outbox";
import type { MessageRecord, OutboxRecord, UploadRecord } from "./records";

const ENDPOINT = "/api/v1/uploads";
/** The service takes parts of whole mebibytes. */
const PART_BYTES = 8 * 1024 * 1024;
const RETRY_MS = [500, 2000, 5000, 15_000, 30_000];
const TOLD_EVERY_MS = 200;

export class Uploads {
	private readonly running = new Map<string, tus.Upload>();
	private readonly cancelled = new Set<string>();

	constructor(
		private readonly context: Context,
		private readonly outbox: Outbox,
		private readonly csrf: (fresh: boolean) => Promise<string>,
	) {}

	/** Queue a file as a message and start to send it.
	 *
	 *  Raises: Failure `executable` for a file that a computer would run. */
	async attach(groupId: string, file: File): Promise<MessageRecord> {
		const head = new Uint8Array(await file.slice(0, 512).arrayBuffer());
		const refusal = refusalOf(file.name, head);
		if (refusal) throw new Failure("executable", refusal);
		const attachment = referenceOf(file);
		const upload: UploadRecord = {
			ciphertextBytes: ciphertextBytes(file.size, CHUNK_BYTES),
			url: null,
			encrypted: false,
			finished: false,
		};
		const message = await this.outbox.enqueue(groupId, { type: "attachment", text: "", attachment }, upload);
		void this.encryptAndSend(message.id, file).catch((error) => this.failed(message.id, error));
		return message;
	}

	/** Go on with what an earlier start left. A file that was not wholly encrypted then is gone. */
	async resume(): Promise<void> {
		for (const record of this.outbox.all()) {
			if (!record.upload || record.upload.finished || record.failed) continue;
			if (!record.upload.encrypted) await this.failed(record.id, new Failure("file-lost"));
			else this.start(record.id);
		}
	}

	/** Try again after a failure. */
	start(messageId: string): void {
		if (this.running.has(messageId)) return;
		void this.send(messageId).catch((error) => this.failed(messageId, error));
	}

	async cancel(messageId: string): Promise<void> {
		this.cancelled.add(messageId);
		const running = this.running.get(messageId);
		this.running.delete(messageId);
		await running?.abort(true).catch((error: unknown) => this.context.log("upload not aborted", error));
	}

	stop(): void {
		for (const upload of this.running.values()) void upload.abort(false);
		this.running.clear();
	}

	private async encryptAndSend(messageId: string, file: File): Promise<void> {
		const record = this.outbox.find(messageId);
		if (record?.body.type !== "attachment") return;
		const sha256 = await this.encrypt(messageId, file, record.body.attachment);
		await this.change(messageId, { encrypted: true }, { ...record.body.attachment, sha256 });
		await this.send(messageId);
	}

	private async encrypt(
		messageId: string,
		file: File,
		{ key, noncePrefix }: AttachmentReference,
	): Promise<Uint8Array<ArrayBuffer>> {
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

	private async send(messageId: string): Promise<void> {
		const record = this.outbox.find(messageId);
		if (!record?.upload?.encrypted || record.upload.finished) return;
		const ciphertext = new Blob(await this.context.store.chunks(messageId));
		const url = await this.transfer(record, ciphertext);
		const objectId = url.replace(/\/$/, "").split("/").at(-1) ?? "";
		if (record.body.type !== "attachment") return;
		const uploaded = this.outbox.find(messageId);
		const attachment =
			uploaded?.body.type === "attachment" ? uploaded.body.attachment : record.body.attachment;
		await this.change(messageId, { finished: true }, { ...attachment, objectId });
		await this.context.store.dropChunks(messageId);
		await this.outbox.pump(record.conversationId);
	}

	/** Returns the upload's address. */
	private transfer(record: OutboxRecord, ciphertext: Blob): Promise<string> {
		return new Promise((resolve, reject) => {
			let toldAtMs = 0;
			const upload = new tus.Upload(ciphertext, {
				endpoint: ENDPOINT,
				uploadUrl: record.upload?.url ?? null,
				chunkSize: PART_BYTES,
				retryDelays: RETRY_MS,
				storeFingerprintForResuming: false,
				removeFingerprintOnSuccess: false,
				metadata: {
					kind: "attachment",
					group: record.conversationId,
					name: "attachment",
					type: "application/octet-stream",
				},
				onBeforeRequest: async (request) => request.setHeader("X-CSRFToken", await this.csrf(false)),
				onUploadUrlAvailable: () => this.change(record.id, { url: upload.url }),
				onProgress: (sentBytes) => {
					if (Date.now() - toldAtMs < TOLD_EVERY_MS) return;
					toldAtMs = Date.now();
					void this.progress(record, sentBytes);
				},
				onError: (error) => reject(error),
				onSuccess: () => resolve(upload.url ?? ""),
			});
			this.running.set(record.id, upload);
			upload.start();
		}).finally(() => this.running.delete(record.id)) as Promise<string>;
	}

	/** Write what became of an upload; pages see the attachment as it is now. */
	private async change(
		messageId: string,
		patch: Partial<UploadRecord>,
		attachment?: AttachmentReference,
	): Promise<void> {
		const record = this.outbox.find(messageId);
		const message = await this.context.store.get("messages", messageId);
		if (!record?.upload || record.body.type !== "attachment" || !message) return;
		const upload = { ...record.upload, ...patch };
		const known = attachment ?? record.body.attachment;
		const send = upload.finished ? ({ state: "queued" } as const) : message.send;
		const body = { ...record.body, attachment: known };
		await this.outbox.keep({ ...record, upload, body }, { ...message, attachment: known, send });
	}

	private async progress(record: OutboxRecord, sentBytes: number): Promise<void> {
		const message = await this.context.store.get("messages", record.id);
		const totalBytes = record.upload?.ciphertextBytes ?? 0;
		if (message?.send?.state !== "uploading") return;
		this.context.tell(record.conversationId, [
			{ ...message, send: { state: "uploading", sentBytes, totalBytes } },
		]);
	}

	private async failed(messageId: string, error: unknown): Promise<void> {
		this.context.log("attachment not sent", error);
		const record = this.outbox.find(messageId);
		if (!record) return;
		const reason = error instanceof Failure ? error.code : "upload";
		await this.outbox.show({ ...record, failed: reason }, { state: "failed", reason });
	}
}

function referenceOf(file: File): AttachmentReference {
	return {
		...newSecretParts(),
		objectId: "",
		name: file.name.slice(-255),
		mediaType: file.type || "application/octet-stream",
		sizeBytes: file.size,
		sha256: new Uint8Array(0),
		chunkBytes: CHUNK_BYTES,
	};
}
