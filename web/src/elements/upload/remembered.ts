/** Where a half-sent file continues, also after the tab was closed.
 *
 *  A ward's computer is shared, and the names of files name patients. So nothing of a file is kept: only the address
 *  of the upload under a SHA-256 of what tells the file apart, for a day. tus-js-client would keep the name. */
import type { PreviousUpload, UploadOptions } from "tus-js-client";

const PREFIX = "upload:";
const DAY_MS = 86_400_000;

type Kept = { url: string; size: number | null; at: string };

export async function fingerprint(file: File, options: UploadOptions): Promise<string> {
	const parts = [
		file.name,
		file.type,
		file.size,
		file.lastModified,
		...Object.values(options.metadata ?? {}),
	];
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(parts)));
	return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** tus-js-client's `urlStorage` over the browser's local storage. */
export class RememberedUploads {
	constructor(private readonly storage: Storage = localStorage) {}

	async findAllUploads(): Promise<PreviousUpload[]> {
		return this.keys().flatMap((key) => this.read(key));
	}

	async findUploadsByFingerprint(print: string): Promise<PreviousUpload[]> {
		return this.read(PREFIX + print);
	}

	async addUpload(print: string, upload: PreviousUpload): Promise<string> {
		if (!upload.uploadUrl) return "";
		const kept: Kept = { url: upload.uploadUrl, size: upload.size, at: upload.creationTime };
		this.storage.setItem(PREFIX + print, JSON.stringify(kept));
		return PREFIX + print;
	}

	async removeUpload(key: string): Promise<void> {
		this.storage.removeItem(key);
	}

	/** Forget what is too old to continue. */
	forgetOld(now: number = Date.now()): void {
		for (const key of this.keys()) {
			const [upload] = this.read(key);
			if (!upload || now - Date.parse(upload.creationTime) > DAY_MS) this.storage.removeItem(key);
		}
	}

	private keys(): string[] {
		return Object.keys(this.storage).filter((key) => key.startsWith(PREFIX));
	}

	private read(key: string): PreviousUpload[] {
		const text = this.storage.getItem(key);
		if (!text) return [];
		const kept = JSON.parse(text) as Kept;
		return [
			{
				uploadUrl: kept.url,
				size: kept.size,
				creationTime: kept.at,
				metadata: {},
				parallelUploadUrls: null,
				urlStorageKey: key,
			},
		];
	}
}
