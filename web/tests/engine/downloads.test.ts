import { describe, expect, it } from "vitest";
import { AttachmentSealer, chunkCount, importKey, newSecretParts } from "../../src/crypto/attachment";
import type { AttachmentReference } from "../../src/crypto/body";
import { type Bytes, concat, utf8 } from "../../src/crypto/bytes";
import { openAttachment, saveAttachment } from "../../src/engine/downloads";
import { Unreachable } from "../../src/lib/http";
import { zip } from "../support/archives";

const CHUNK = 64 * 1024;
const plain = new Uint8Array(40 * CHUNK + 99).map((_, index) => (index * 17) % 255);

/** A file as a sender of any program may have sealed it, and the service that has it. */
async function sealed(content: Uint8Array, name = "Serie.dat") {
	const secret = newSecretParts();
	const sealer = new AttachmentSealer(
		await importKey(secret.key),
		secret.noncePrefix,
		chunkCount(content.length, CHUNK),
	);
	const chunks: Bytes[] = [];
	for (let at = 0; at < Math.max(1, content.length); at += CHUNK) {
		chunks.push(await sealer.seal(content.subarray(at, at + CHUNK)));
	}
	const attachment: AttachmentReference = {
		...secret,
		objectId: "",
		name,
		mediaType: "application/octet-stream",
		sizeBytes: content.length,
		sha256: sealer.finish(),
		chunkBytes: CHUNK,
	};
	return { attachment, service: new Service(concat(...chunks)) };
}

class Service {
	readonly asked: number[] = [];
	failures = 0;

	constructor(readonly bytes: Bytes) {}

	async attachmentPart(_: string, start: number, end: number): Promise<Bytes> {
		this.asked.push(end - start);
		if (this.failures-- > 0) throw new Unreachable("away");
		return this.bytes.slice(start, end);
	}
}

/** As the browser's: what was written counts only when it was closed. */
class Place {
	readonly written: Uint8Array[] = [];
	end: "closed" | "aborted" | null = null;

	get handle(): FileSystemFileHandle {
		const writable = {
			write: async (part: Uint8Array) => void this.written.push(part.slice()),
			close: async () => this.ended("closed"),
			abort: async () => this.ended("aborted"),
		};
		return { createWritable: async () => writable } as unknown as FileSystemFileHandle;
	}

	private ended(how: "closed" | "aborted"): void {
		this.end = how;
	}
}

const reading = (
	{ attachment, service }: Awaited<ReturnType<typeof sealed>>,
	signal = new AbortController().signal,
) => ({ api: service, attachment, progress: () => undefined, signal });

describe("an attachment that comes in", () => {
	it("is written piece by piece where the reader says", async () => {
		const place = new Place();
		await saveAttachment(reading(await sealed(plain)), place.handle);
		expect(place.end).toBe("closed");
		expect(Buffer.compare(concat(...place.written), plain)).toBe(0);
		expect(Math.max(...place.written.map(({ length }) => length))).toBe(CHUNK);
	});

	it("does not come into being when its last byte is not what was sent", async () => {
		const file = await sealed(plain);
		const last = file.service.bytes.length - 1;
		file.service.bytes[last] = (file.service.bytes[last] ?? 0) ^ 1;
		const place = new Place();
		await expect(saveAttachment(reading(file), place.handle)).rejects.toThrow("is not what was sent");
		expect(place.end).toBe("aborted");
	});

	it("is asked for again in smaller pieces when the network is away for a moment", async () => {
		const file = await sealed(plain);
		file.service.failures = 2;
		const blob = await openAttachment(reading(file));
		expect(Buffer.compare(new Uint8Array(await blob.arrayBuffer()), plain)).toBe(0);
		expect(file.service.asked.length).toBeGreaterThan(3);
	});

	it("is refused before anything is handed over, whatever the sender's program let through", async () => {
		const inner = Array.from({ length: 3000 }, (_, index) => `IMAGES/IM${index}.dcm`);
		for (const [content, name, reason] of [
			[utf8("MZ and more"), "Befund.pdf", "program"],
			[utf8("%PDF-1.7"), "Befund.pdf.exe", "program"],
			[utf8("%PDF-1.7"), "Befund\u202efdp.exe", "hidden-name"],
			[zip([...inner, "autostart.bat"]), "CD.zip", "archive-program:autostart.bat"],
		] as const) {
			const file = await sealed(content, name);
			const place = new Place();
			const refusal = { code: "executable", detail: reason };
			await expect(openAttachment(reading(file))).rejects.toMatchObject(refusal);
			await expect(saveAttachment(reading(file), place.handle)).rejects.toMatchObject(refusal);
			expect(place).toMatchObject({ written: [], end: null });
		}
	});

	it("can be stopped", async () => {
		const file = await sealed(plain);
		const controller = new AbortController();
		controller.abort();
		await expect(openAttachment(reading(file, controller.signal))).rejects.toThrow("cancelled");
		expect(file.service.asked).toEqual([]);
	});

	it("is not taken into memory when it is larger than that", async () => {
		const file = await sealed(plain);
		const large = { ...file.attachment, sizeBytes: 600 * 1024 * 1024 };
		await expect(openAttachment(reading({ ...file, attachment: large }))).rejects.toThrow("too-large-here");
	});
});
