import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/crypto/bytes";
import { refusalOf, shownType } from "../../src/crypto/filetype";

const pdf = utf8("%PDF-1.7\n");

describe("a file that a computer would run", () => {
	it.each([
		["programm.exe", pdf],
		["Befund.pdf.scr", pdf],
		["BEFUND.PDF.JS ", pdf],
		["befund.pdf", Uint8Array.of(0x4d, 0x5a, 0x90)],
		["bild.png", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46)],
		["notiz.txt", utf8("#!/bin/sh\n")],
		["notiz.txt", utf8("  <!DOCTYPE html><script>")],
		["bild.dat", utf8('<?xml version="1.0"?><svg onload="x">')],
		["befund\u202efdp.exe.pdf", pdf],
		["brief.docm", utf8("PK")],
	])("does not travel: %s", (name, head) => {
		expect(refusalOf(name, head)).not.toBeNull();
	});
});

describe("a file that is only read", () => {
	it.each([
		["befund.pdf", pdf],
		["CT.dcm", new Uint8Array(132)],
		["ohne Endung", utf8("Guten Tag")],
		["brief.docx", utf8("PK")],
		["leer.txt", new Uint8Array(0)],
	])("travels: %s", (name, head) => {
		expect(refusalOf(name, head)).toBeNull();
	});

	it("is shown on a page only when its type cannot carry scripts", () => {
		expect(shownType("application/pdf")).toBe("application/pdf");
		expect(shownType("IMAGE/PNG; x=1")).toBe("image/png");
		expect(shownType("text/html")).toBe("application/octet-stream");
		expect(shownType("image/svg+xml")).toBe("application/octet-stream");
	});
});
