/** A decrypted file on its way into the findings of a patient, by the same way as what people upload there (tus 1.0), until
 *  it was examined. */

import { sha256 } from "@noble/hashes/sha2.js";
import * as tus from "tus-js-client";
import { type Bytes, owned } from "../crypto/bytes";
import { Unreachable } from "../lib/http";
import type { Api } from "./api";
import { Failure } from "./failure";

const ENDPOINT = "/api/v1/uploads";
const CHUNK_BYTES = 8 * 1024 * 1024;
const RETRY_MS = [500, 2000, 5000];
const SLICE_BYTES = 4 * 1024 * 1024;
const LOOK_AGAIN_MS = 700;
const EXAMINED_WITHIN_MS = 120_000;
/** The service compares what it has with what was signed while somebody waits: neither one file nor all are larger. */
export const MAXIMUM_BYTES = 200 * 1024 * 1024;

export const DICOM = "application/dicom";
const UNTYPED = "application/octet-stream";
const BEGINNINGS: readonly (readonly [string, readonly number[]])[] = [
	["application/pdf", [0x25, 0x50, 0x44, 0x46, 0x2d]],
	["image/jpeg", [0xff, 0xd8, 0xff]],
	["image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
];
/** A longer text the service does not read to its end: it goes there as bytes without a type. */
const TEXT_BYTES = 8 * 1024 * 1024;

export interface Filed {
	patientId: string;
	name: string;
	/** null: a DICOM file, which the service reads. */
	mediaType: string | null;
	blob: Blob;
}

interface Means {
	api: Pick<Api, "finding">;
	csrf(fresh: boolean): Promise<string>;
}

/** Returns the id of the finding, once it is available there.
 *
 *  Raises: Failure `not-examined` with the reason why it was refused, Unreachable. */
export async function fileInto(
	means: Means,
	filed: Filed,
	progress: (sentBytes: number) => void,
): Promise<string> {
	const id = await sent(means, filed, progress);
	const end = Date.now() + EXAMINED_WITHIN_MS;
	for (;;) {
		const { state, reason } = await means.api.finding(id);
		if (state === "clean") return id;
		if (state === "rejected" || Date.now() > end) throw new Failure("not-examined", reason);
		await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
	}
}

function sent({ csrf }: Means, filed: Filed, progress: (sentBytes: number) => void): Promise<string> {
	const { patientId, name, mediaType, blob } = filed;
	return new Promise((resolve, reject) => {
		const upload = new tus.Upload(blob, {
			endpoint: ENDPOINT,
			chunkSize: CHUNK_BYTES,
			retryDelays: RETRY_MS,
			storeFingerprintForResuming: false,
			metadata: { kind: "finding", patient: patientId, name, ...(mediaType ? { document: mediaType } : {}) },
			onBeforeRequest: async (request) => request.setHeader("X-CSRFToken", await csrf(false)),
			onProgress: progress,
			onError: (error) => reject(reasonOf(error)),
			onSuccess: () => resolve(new URL(upload.url ?? "", location.href).pathname.split("/").at(-1) ?? ""),
		});
		upload.start();
	});
}

function reasonOf(error: Error | tus.DetailedError): Error {
	const status = "originalResponse" in error ? (error.originalResponse?.getStatus() ?? 0) : 0;
	if (status === 404) return new Failure("not-found");
	if (status === 413) return new Failure("too-large");
	return status === 0 || status >= 500 ? new Unreachable(error.message) : new Failure("upload");
}

/** SHA-256, piece by piece. */
export async function digestOf(blob: Blob): Promise<Bytes> {
	const hash = sha256.create();
	for (let at = 0; at < blob.size; at += SLICE_BYTES) {
		hash.update(new Uint8Array(await blob.slice(at, at + SLICE_BYTES).arrayBuffer()));
	}
	return owned(hash.digest());
}

/** The type by which the findings take a file, by what it is. Not by what its sender calls it: the service refuses a file
 *  that is not of its type, and a wrong word must not keep a file out of the record. */
export async function mediaTypeOf(blob: Blob): Promise<string> {
	// It says of itself that it is a DICOM file (PS3.10 section 7.1).
	if ((await blob.slice(128, 132).text()) === "DICM") return DICOM;
	const head = new Uint8Array(await blob.slice(0, 8).arrayBuffer());
	const found = BEGINNINGS.find(([, bytes]) => bytes.every((byte, at) => head[at] === byte));
	if (found) return found[0];
	return (await isText(blob)) ? "text/plain" : UNTYPED;
}

async function isText(blob: Blob): Promise<boolean> {
	if (blob.size > TEXT_BYTES) return false;
	try {
		const text = new TextDecoder("utf-8", { fatal: true }).decode(await blob.arrayBuffer());
		return !text.includes("\0");
	} catch {
		return false;
	}
}
