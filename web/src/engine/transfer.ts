/** One attachment's ciphertext on its way to the service (tus 1.0), until it is whole, stopped or in trouble. */

import * as tus from "tus-js-client";
import { Failure } from "./failure";
import { type CiphertextSource, PART_BYTES } from "./upload-source";

const ENDPOINT = "/api/v1/uploads";
/** Short troubles; a longer absence of the network is the matter of `Uploads`. */
const RETRY_MS = [500, 2000, 5000];
const PASSING = new Set([0, 401, 408, 409, 423, 429]);

/** It was stopped from here: nothing went wrong. */
export class Stopped extends Error {}

/** The network or the service is away, or the session has ended: it goes on later by itself. */
export class Away extends Error {}

export interface TransferOptions {
	groupId: string;
	url: string | null;
	csrf(fresh: boolean): Promise<string>;
	located(url: string): Promise<void>;
	progress(sentBytes: number): void;
	accepted(sentBytes: number): Promise<void>;
}

export class Transfer {
	private readonly upload: tus.Upload;
	private readonly done: Promise<string>;
	private end: { resolve(url: string): void; reject(error: unknown): void } | null = null;
	private tokenRefused = false;

	constructor(
		source: CiphertextSource,
		private readonly options: TransferOptions,
	) {
		this.done = new Promise((resolve, reject) => {
			this.end = { resolve, reject };
		});
		this.upload = new tus.Upload(new Blob(), this.tusOptions(source));
	}

	/** Returns the upload's address once the service has all of it.
	 *
	 *  Raises: Stopped, Away, Failure. */
	run(): Promise<string> {
		this.upload.start();
		return this.done;
	}

	stop(): void {
		void this.upload.abort(false);
		this.end?.reject(new Stopped());
	}

	private tusOptions(source: CiphertextSource): tus.UploadOptions {
		const { url, groupId } = this.options;
		return {
			endpoint: ENDPOINT,
			uploadUrl: url,
			uploadSize: source.size,
			fileReader: { openFile: async () => source },
			chunkSize: PART_BYTES,
			retryDelays: RETRY_MS,
			storeFingerprintForResuming: false,
			removeFingerprintOnSuccess: false,
			metadata: {
				kind: "attachment",
				group: groupId,
				name: "attachment",
				type: "application/octet-stream",
			},
			onBeforeRequest: (request) => this.sign(request),
			onShouldRetry: (error) => this.mayRetry(error),
			onUploadUrlAvailable: () => this.options.located(this.upload.url ?? ""),
			onProgress: (sentBytes) => this.options.progress(sentBytes),
			onChunkComplete: (_size, sentBytes) => void this.options.accepted(sentBytes),
			onError: (error) => this.end?.reject(reasonOf(error)),
			onSuccess: () => this.end?.resolve(this.upload.url ?? ""),
		};
	}

	private async sign(request: tus.HttpRequest): Promise<void> {
		request.setHeader("X-CSRFToken", await this.options.csrf(this.tokenRefused));
		this.tokenRefused = false;
	}

	private mayRetry(error: tus.DetailedError): boolean {
		if (causeOf(error)) return false;
		const status = statusOf(error);
		// The token is renewed with the session; once is enough to know.
		if (status === 403 && !this.tokenRefused) {
			this.tokenRefused = true;
			return true;
		}
		return PASSING.has(status) || status >= 500;
	}
}

/** End an upload that is not whole, so that the service need not keep it for a day. */
export async function terminate(url: string, csrf: (fresh: boolean) => Promise<string>): Promise<void> {
	const token = await csrf(false);
	await tus.Upload.terminate(url, { headers: { "X-CSRFToken": token }, retryDelays: [] });
}

function statusOf(error: tus.DetailedError): number {
	return error.originalResponse?.getStatus() ?? 0;
}

/** What went wrong here, before anything was sent. */
function causeOf(error: Error): Error | null {
	const cause = (error as Partial<tus.DetailedError>).causingError;
	return cause instanceof Failure || cause instanceof DOMException ? cause : null;
}

function reasonOf(error: Error | tus.DetailedError): Error {
	const cause = causeOf(error);
	if (cause) return cause;
	if (!("originalRequest" in error)) return error;
	const status = statusOf(error);
	if (PASSING.has(status) || status >= 500) return new Away(error.message);
	if (status === 413) return new Failure("too-large");
	return status === 404 ? new Failure("not-found") : new Failure("upload");
}
