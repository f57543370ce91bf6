/** By what a file is taken into the findings: what it is, not what its sender calls it. */

import { describe, expect, it } from "vitest";
import { mediaTypeOf } from "../../src/engine/filing";

const bytes = (...values: number[]) => new Uint8Array(values);
const blob = (...parts: BlobPart[]) => new Blob(parts, { type: "application/dicom" });

describe("the media type of a file for the record", () => {
	it.each([
		["%PDF-1.7\n…", "application/pdf"],
		[bytes(0xff, 0xd8, 0xff, 0xe0), "image/jpeg"],
		[bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0), "image/png"],
		["Hämoglobin 13,1 g/dl\n", "text/plain"],
		['{"resourceType":"Bundle"}', "text/plain"],
		["a\0b", "application/octet-stream"],
		[bytes(0xe4, 0x20), "application/octet-stream"],
		[bytes(0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x80), "application/octet-stream"],
	])("is what its bytes are (%#)", async (content, expected) => {
		expect(await mediaTypeOf(blob(content as BlobPart))).toBe(expected);
	});

	it("is DICOM only where the file says so", async () => {
		expect(await mediaTypeOf(blob(new Uint8Array(128), "DICM"))).toBe("application/dicom");
	});

	it("is none for a text that nobody reads to its end", async () => {
		expect(await mediaTypeOf(blob("a".repeat(8 * 1024 * 1024 + 1)))).toBe("application/octet-stream");
	});
});
