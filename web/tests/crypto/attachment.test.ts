import { createHash, webcrypto } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
	AttachmentCorrupt,
	AttachmentOpener,
	AttachmentSealer,
	type AttachmentSecret,
	chunkCount,
	ciphertextBytes,
	importKey,
	sealChunk,
} from "../../src/crypto/attachment";
import { type Bytes, fromHex, hex, owned } from "../../src/crypto/bytes";

const CHUNK = 1024;
const key = fromHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
const noncePrefix = fromHex("a0a1a2a3a4a5a6");

function file(size: number): Bytes {
	return Uint8Array.from({ length: size }, (_, index) => (index * 31) % 251);
}

async function sealed(plain: Uint8Array): Promise<{ chunks: Bytes[]; secret: AttachmentSecret }> {
	const count = chunkCount(plain.length, CHUNK);
	const sealer = new AttachmentSealer(await importKey(key), noncePrefix, count);
	const chunks: Bytes[] = [];
	for (let at = 0; at < count; at++) {
		chunks.push(await sealer.seal(plain.subarray(at * CHUNK, (at + 1) * CHUNK)));
	}
	const sha256 = sealer.finish();
	return { chunks, secret: { key, noncePrefix, chunkBytes: CHUNK, sizeBytes: plain.length, sha256 } };
}

async function open(chunks: Uint8Array[], secret: AttachmentSecret): Promise<Uint8Array> {
	const opener = await AttachmentOpener.create(secret);
	const parts: Uint8Array[] = [];
	for (const chunk of chunks) parts.push(await opener.open(chunk));
	opener.finish();
	return Buffer.concat(parts);
}

describe("an attachment", () => {
	it.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17])(
		"of %i bytes comes back whole",
		async (size) => {
			const plain = file(size);
			const { chunks, secret } = await sealed(plain);
			expect(hex(await open(chunks, secret))).toBe(hex(plain));
			const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
			expect(total).toBe(ciphertextBytes(size, CHUNK));
			expect(hex(secret.sha256)).toBe(createHash("sha256").update(plain).digest("hex"));
		},
	);

	it("has chunks as an independent AES-256-GCM makes them", async () => {
		const { createCipheriv } = await import("node:crypto");
		const nonce = fromHex("a0a1a2a3a4a5a60000000201");
		const cipher = createCipheriv("aes-256-gcm", key, nonce);
		const expected = Buffer.concat([cipher.update("last"), cipher.final(), cipher.getAuthTag()]);
		const made = await sealChunk(
			await importKey(key),
			{ noncePrefix, index: 2, last: true },
			Buffer.from("last"),
		);
		expect(hex(made)).toBe(expected.toString("hex"));
		expect(hex(made)).toBe("8dccf29ab7759f560e1df6c8f1a2c469d18484fa");
	});
});

describe("an attachment is refused", () => {
	const flip = (bytes: Uint8Array, at: number) => {
		const copy = owned(bytes);
		copy[at] = (copy[at] ?? 0) ^ 0x80;
		return copy;
	};

	it("when a byte was changed, in text or tag", async () => {
		const { chunks, secret } = await sealed(file(3 * CHUNK));
		for (const at of [0, 500, CHUNK + 3]) {
			const tampered = chunks.map((chunk, index) => (index === 1 ? flip(chunk, at) : chunk));
			await expect(open(tampered, secret)).rejects.toThrow(AttachmentCorrupt);
		}
	});

	it("when its end is cut off, at a chunk's border or within", async () => {
		const { chunks, secret } = await sealed(file(3 * CHUNK));
		await expect(open(chunks.slice(0, 2), secret)).rejects.toThrow(AttachmentCorrupt);
		const shorter = { ...secret, sizeBytes: 2 * CHUNK };
		await expect(open(chunks.slice(0, 2), shorter)).rejects.toThrow("chunk 1");
		const cut = [...chunks.slice(0, 2), chunks[2]?.slice(0, 100) ?? file(0)];
		await expect(open(cut, secret)).rejects.toThrow(AttachmentCorrupt);
	});

	it("when it was made longer, or chunks changed places or were doubled", async () => {
		const { chunks, secret } = await sealed(file(3 * CHUNK));
		const [first = file(0), second = file(0), third = file(0)] = chunks;
		await expect(open([second, first, third], secret)).rejects.toThrow(AttachmentCorrupt);
		await expect(open([first, first, third], secret)).rejects.toThrow(AttachmentCorrupt);
		const longer = { ...secret, sizeBytes: 4 * CHUNK };
		await expect(open([first, second, third, third], longer)).rejects.toThrow(AttachmentCorrupt);
	});

	it("under another key, another file's nonce or another hash", async () => {
		const { chunks, secret } = await sealed(file(2 * CHUNK));
		await expect(open(chunks, { ...secret, key: flip(key, 3) })).rejects.toThrow(AttachmentCorrupt);
		await expect(open(chunks, { ...secret, noncePrefix: flip(noncePrefix, 0) })).rejects.toThrow(
			AttachmentCorrupt,
		);
		await expect(open(chunks, { ...secret, sha256: flip(secret.sha256, 0) })).rejects.toThrow("not the one");
	});

	it("never finishes a half-read file when sealing", async () => {
		const sealer = new AttachmentSealer(await importKey(key), noncePrefix, 2);
		await sealer.seal(file(CHUNK));
		expect(() => sealer.finish()).toThrow("whole");
		expect(webcrypto).toBeDefined();
	});
});
