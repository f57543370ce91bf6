import { asFailure, ViewerFailure } from "./failure";
import { DEFLATED, EXPLICIT_LITTLE_ENDIAN } from "./syntaxes";

export type Progress = (done: number, total: number) => void;

/** A deflated file may grow to this; a bomb of one megabyte would otherwise become one of a gigabyte. */
const MAX_INFLATED_BYTES = 1024 * 1024 * 1024;
const SLICE_BYTES = 256 * 1024;

/** Fetch an image of the own server. Raises: ViewerFailure `ended` on 404 and 403, otherwise `network`. */
export async function fetchImage(url: string, signal: AbortSignal, progress: Progress): Promise<Uint8Array> {
	const response = await request(url, signal);
	if (response.status === 404 || response.status === 403) throw new ViewerFailure("ended");
	if (!response.ok || !response.body) throw new ViewerFailure("network", `HTTP ${response.status}`);
	const total = Number(response.headers.get("content-length") ?? 0);
	try {
		return await collect(response.body, (done) => progress(done, total));
	} catch (reason) {
		throw signal.aborted ? reason : asFailure(reason, "network");
	}
}

async function request(url: string, signal: AbortSignal): Promise<Response> {
	try {
		return await fetch(url, { signal, credentials: "same-origin", cache: "no-store" });
	} catch (reason) {
		throw signal.aborted ? reason : new ViewerFailure("network");
	}
}

async function collect(
	stream: ReadableStream<Uint8Array>,
	progress: (done: number) => void,
): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of stream) {
		chunks.push(chunk);
		length += chunk.byteLength;
		progress(length);
	}
	return concatenated(chunks, length);
}

function concatenated(chunks: Uint8Array[], length: number): Uint8Array {
	const whole = new Uint8Array(length);
	let offset = 0;
	for (const chunk of chunks) {
		whole.set(chunk, offset);
		offset += chunk.byteLength;
	}
	return whole;
}

/** The same file, not deflated (PS3.5 section A.5): the decoder downstream would inflate without any limit.
 *  Other files are returned as they are. Raises: ViewerFailure `broken`, `too-large`. */
export async function inflated(bytes: Uint8Array, limit = MAX_INFLATED_BYTES): Promise<Uint8Array> {
	const meta = deflatedMeta(bytes);
	if (!meta) return bytes;
	try {
		const body = await inflatedBody(bytes.slice(meta.end), limit);
		const head = bytes.slice(0, meta.end);
		head.set(padded(EXPLICIT_LITTLE_ENDIAN, DEFLATED.length), meta.uidOffset);
		return concatenated([head, body], head.length + body.length);
	} catch (reason) {
		throw asFailure(reason, "broken");
	}
}

/** By pako, since browsers' own DecompressionStream refuses what stands behind the end of the stream: a padding NUL
 *  (PS3.5 section A.5), or the checksum that some devices write. */
async function inflatedBody(deflated: Uint8Array, limit: number): Promise<Uint8Array> {
	const { Inflate } = await import("pako");
	const stream = new Inflate({ raw: true, chunkSize: SLICE_BYTES });
	const chunks: Uint8Array[] = [];
	let length = 0;
	let status: number | null = null;
	stream.onEnd = (code) => {
		status = code;
	};
	stream.onData = (data) => {
		const chunk = data as Uint8Array;
		chunks.push(chunk);
		length += chunk.length;
		if (length > limit) throw new ViewerFailure("too-large");
	};
	for (let start = 0; start < deflated.length && status === null; start += SLICE_BYTES) {
		stream.push(deflated.subarray(start, start + SLICE_BYTES));
		await breath();
	}
	if (status !== 0) throw new ViewerFailure("broken", "the deflated stream is cut off");
	return concatenated(chunks, length);
}

/** Let the page live while something long is done. */
function breath(): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve));
}

/** Where the file meta information of a deflated file ends (PS3.10 section 7.1), and where its syntax is named. */
function deflatedMeta(bytes: Uint8Array): { end: number; uidOffset: number } | null {
	const head = new TextDecoder("latin1").decode(bytes.subarray(0, 4096));
	const uidOffset = head.indexOf(DEFLATED);
	// (0002,0000) UL 4 bytes stands right behind the preamble and "DICM".
	if (uidOffset < 0 || head.slice(128, 140) !== "DICM\x02\x00\x00\x00UL\x04\x00") return null;
	const groupLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(140, true);
	const end = 144 + groupLength;
	return uidOffset < end && end < bytes.length ? { end, uidOffset } : null;
}

function padded(text: string, length: number): Uint8Array {
	return new TextEncoder().encode(text.padEnd(length, "\0"));
}
