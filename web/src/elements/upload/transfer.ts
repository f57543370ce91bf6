/** One file on its way to the service by tus 1.0 (https://tus.io/protocols/resumable-upload), in chunks of 8 MiB. */
import { DetailedError, Upload } from "tus-js-client";
import { t as common } from "../../i18n/common";
import { csrfToken } from "../../lib/csrf";
import { fingerprint, RememberedUploads } from "./remembered";

const ENDPOINT = "/api/v1/uploads";
const CHUNK_BYTES = 8 * 1024 * 1024;
const RETRY_AFTER_MS = [500, 1_000, 3_000, 5_000, 10_000, 20_000];
/** A lost connection, a busy or restarting service: the next try may succeed. */
const PASSING = new Set([0, 408, 423, 425, 429, 500, 502, 503, 504]);

export type TransferState = "waiting" | "sending" | "paused" | "done" | "failed";

export interface Target {
	kind: string;
	/** The metadata that says where the file belongs: `patient` or `group`. */
	belongs: Record<string, string>;
}

export class Transfer {
	state: TransferState = "waiting";
	sentBytes = 0;
	reason = "";
	objectId = "";
	private readonly upload: Upload;
	private attempts = 0;

	constructor(
		readonly file: File,
		target: Target,
		private readonly changed: (transfer: Transfer) => void,
	) {
		this.upload = new Upload(file, {
			endpoint: ENDPOINT,
			chunkSize: CHUNK_BYTES,
			retryDelays: RETRY_AFTER_MS,
			removeFingerprintOnSuccess: true,
			fingerprint,
			urlStorage: new RememberedUploads(),
			metadata: { kind: target.kind, ...target.belongs, name: file.name, type: file.type },
			onBeforeRequest: (request) => request.setHeader("X-CSRFToken", csrfToken()),
			onShouldRetry: (error) => PASSING.has(error.originalResponse?.getStatus() ?? 0),
			onProgress: (sent) => this.onProgress(sent),
			onSuccess: () => this.onSuccess(),
			onError: (error) => this.onError(error),
		});
	}

	/** Begin, or continue where this or an earlier attempt ended. */
	async start(): Promise<void> {
		if (this.state !== "waiting") return;
		this.attempts += 1;
		const attempt = this.attempts;
		this.become("sending");
		const [previous] = await this.upload.findPreviousUploads();
		if (!this.isSending(attempt)) return;
		if (previous && !this.upload.url) this.upload.resumeFromPreviousUpload(previous);
		this.upload.start();
	}

	pause(): void {
		void this.upload.abort();
		this.become("paused");
	}

	/** Wait again for a turn, after a pause or a failure. */
	queue(): void {
		this.reason = "";
		this.become("waiting");
	}

	/** End it, here and at the service. */
	async cancel(): Promise<void> {
		if (this.state === "done") return;
		this.attempts += 1;
		await this.upload.abort(true).catch(() => undefined);
	}

	refuse(reason: string): void {
		this.reason = reason;
		this.become("failed");
	}

	/** Asked anew after a wait: meanwhile it may have been removed, or paused and resumed by a later attempt. */
	private isSending(attempt: number): boolean {
		return this.state === "sending" && this.attempts === attempt;
	}

	private onProgress(sent: number): void {
		this.sentBytes = sent;
		this.changed(this);
	}

	private onSuccess(): void {
		this.sentBytes = this.file.size;
		this.objectId =
			new URL(this.upload.url ?? "", location.href).pathname.split("/").filter(Boolean).at(-1) ?? "";
		this.become("done");
	}

	private onError(error: Error): void {
		this.refuse(reasonOf(error));
	}

	private become(state: TransferState): void {
		this.state = state;
		this.changed(this);
	}
}

/** The sentence for a person: the service's own (RFC 9457), or what a missing answer means. */
function reasonOf(error: Error): string {
	const answer = error instanceof DetailedError ? error.originalResponse : null;
	if (!answer) return common("offline");
	if (answer.getStatus() === 401) return common("signedOut");
	try {
		const problem = JSON.parse(answer.getBody()) as { detail?: string; title?: string };
		return problem.detail ?? problem.title ?? common("tryLater");
	} catch {
		return common("tryLater");
	}
}
