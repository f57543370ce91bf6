import { expect, test } from "vitest";
import { isByCatch, looksLikeDicom } from "../../src/elements/upload/files";

function fileOf(prefix: string): File {
	return new File([new Uint8Array(128), prefix, new Uint8Array(64)], "IM000001");
}

test("a DICOM file is known by the four letters after its preamble", async () => {
	expect(await looksLikeDicom(fileOf("DICM"))).toBe(true);
});

test("a PDF, a short and an empty file are no DICOM files", async () => {
	expect(await looksLikeDicom(fileOf("%PDF"))).toBe(false);
	expect(await looksLikeDicom(new File(["DICM"], "short"))).toBe(false);
	expect(await looksLikeDicom(new File([], "empty"))).toBe(false);
});

test("a CD's table of contents and hidden files are passed over", () => {
	expect(isByCatch(new File([], "DICOMDIR"))).toBe(true);
	expect(isByCatch(new File([], ".DS_Store"))).toBe(true);
	expect(isByCatch(new File([], "IM000001"))).toBe(false);
});
