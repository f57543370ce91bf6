import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { AttachmentOpener, CHUNK_BYTES, newSecretParts } from "../../src/crypto/attachment";
import { type Bytes, concat, sha256 } from "../../src/crypto/bytes";
import type { SealedMark } from "../../src/engine/records";
import { Store } from "../../src/engine/store";
import {
	CiphertextSource,
	PART_BYTES,
	SEALED_CHUNK_BYTES,
	SealingChunks,
	StoredChunks,
} from "../../src/engine/upload-source";

const SIZE = 9 * CHUNK_BYTES + 1234;
const plain = new Uint8Array(SIZE).map((_, index) => (index * 31 + (index >> 12)) % 253);
const secret = newSecretParts();
const attachment = {
	...secret,
	objectId: "",
	name: "a.bin",
	mediaType: "",
	sizeBytes: SIZE,
	sha256: new Uint8Array(0),
	chunkBytes: CHUNK_BYTES,
};

async function sourceOf(file: Blob, marks: SealedMark[] = []) {
	const chunks = await SealingChunks.create(file, attachment, async (mark) => void marks.push(mark));
	return { chunks, source: new CiphertextSource(chunks, SIZE), marks };
}

async function bytes(source: CiphertextSource, start: number, end: number): Promise<Bytes> {
	return new Uint8Array(await (await source.slice(start, end)).value.arrayBuffer());
}

async function whole(source: CiphertextSource, from = 0): Promise<Bytes> {
	const parts: Bytes[] = [];
	for (let at = from; at < source.size; at += PART_BYTES)
		parts.push(await bytes(source, at, at + PART_BYTES));
	return concat(...parts);
}

/** `toEqual` takes minutes for megabytes. */
const same = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;

describe("a file that is encrypted while it is sent", () => {
	it("gives what the receiver opens, and its hash", async () => {
		const { chunks, source } = await sourceOf(new Blob([plain]));
		const sent = await whole(source);
		expect(sent.length).toBe(source.size);
		const digest = await chunks.finish();
		expect(digest).toEqual(await sha256(plain));
		const opener = await AttachmentOpener.create({ ...attachment, sha256: digest });
		for (let at = 0; at < sent.length; at += SEALED_CHUNK_BYTES) {
			await opener.open(sent.subarray(at, at + SEALED_CHUNK_BYTES));
		}
		opener.finish();
	});

	it("gives the same bytes again from wherever the service stands", async () => {
		const { source } = await sourceOf(new Blob([plain]));
		const sent = await whole(source);
		for (const start of [0, 1, 3 * SEALED_CHUNK_BYTES - 5, sent.length - 7]) {
			const end = Math.min(start + SEALED_CHUNK_BYTES + 9, sent.length);
			expect(same(await bytes(source, start, end), sent.subarray(start, end))).toBe(true);
		}
	});

	it("has written down what it sealed before any of it leaves", async () => {
		const { source, marks } = await sourceOf(new Blob([plain]));
		await source.slice(0, PART_BYTES);
		expect(marks).toEqual([{ chunks: 7, sha256: await sha256(plain.slice(0, 7 * CHUNK_BYTES)) }]);
	});

	it("goes on after a reload with the same file", async () => {
		const first = await sourceOf(new Blob([plain]));
		const sent = await whole(first.source);
		const [mark] = first.marks;
		const again = await sourceOf(new Blob([plain.slice()]));
		const checked: number[] = [];
		if (mark) await again.chunks.demandSame(mark, (done) => checked.push(done));
		expect(checked).toHaveLength(7);
		expect(same(await whole(again.source, PART_BYTES), sent.subarray(PART_BYTES))).toBe(true);
		expect(await again.chunks.finish()).toEqual(await sha256(plain));
	});

	it("is not sealed under the same key when another one is chosen", async () => {
		const first = await sourceOf(new Blob([plain]));
		await first.source.slice(0, PART_BYTES);
		const other = plain.slice();
		other[5 * CHUNK_BYTES] = (other[5 * CHUNK_BYTES] ?? 0) ^ 1;
		const again = await sourceOf(new Blob([other]));
		const [mark] = first.marks;
		await expect(mark && again.chunks.demandSame(mark, () => undefined)).rejects.toThrow("other-file");
	});

	it("does not go on where the service has more than was written down", async () => {
		const { chunks, source, marks } = await sourceOf(new Blob([plain]));
		await source.slice(0, PART_BYTES);
		const again = await sourceOf(new Blob([plain]));
		const [mark] = marks;
		if (mark) await again.chunks.demandSame(mark, () => undefined);
		await expect(again.source.slice(PART_BYTES + 1, 2 * PART_BYTES)).rejects.toThrow("other-file");
		expect((await again.source.slice(PART_BYTES, 2 * PART_BYTES)).done).toBe(true);
		expect(chunks.count).toBe(10);
	});

	it("is not sealed twice when it changes on the disk meanwhile", async () => {
		const changing = plain.slice();
		const file = {
			size: SIZE,
			slice: (start: number, end: number) => new Blob([changing.slice(start, end)]),
		};
		const { chunks } = await sourceOf(file as Blob);
		await chunks.read(0);
		changing[10] = (changing[10] ?? 0) ^ 1;
		await expect(chunks.read(0)).rejects.toThrow("other-file");
	});

	it("is never in memory as a whole", async () => {
		const reads: number[] = [];
		const file = {
			size: SIZE,
			slice: (start: number, end: number) => {
				reads.push(end - start);
				return new Blob([plain.slice(start, end)]);
			},
		};
		await whole((await sourceOf(file as Blob)).source);
		expect(Math.max(...reads)).toBe(CHUNK_BYTES);
		expect(reads).toHaveLength(10);
	});
});

describe("a file that was encrypted into the store", () => {
	it("is read chunk by chunk, and said to be lost when one is missing", async () => {
		const store = await Store.open("upload-source");
		const sent = await whole((await sourceOf(new Blob([plain]))).source);
		for (let index = 0; index < 9; index++) {
			const chunk = sent.slice(index * SEALED_CHUNK_BYTES, (index + 1) * SEALED_CHUNK_BYTES);
			await store.putChunk("m", index, chunk);
		}
		const source = new CiphertextSource(new StoredChunks(store, "m"), SIZE);
		expect(same(await bytes(source, 5, PART_BYTES), sent.subarray(5, PART_BYTES))).toBe(true);
		await expect(source.slice(9 * SEALED_CHUNK_BYTES, source.size)).rejects.toThrow("file-lost");
		store.close();
	});
});
