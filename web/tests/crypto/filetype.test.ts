import { describe, expect, it } from "vitest";
import { concat, utf8 } from "../../src/crypto/bytes";
import {
	endingOf,
	REFUSED_BEGINNINGS,
	REFUSED_ENDINGS,
	refusedHead,
	refusedName,
	safeName,
	shownType,
} from "../../src/crypto/filetype";
import { judge } from "../../src/crypto/judgement";
import { ole, randomAccess, zip } from "../support/archives";

const PDF = utf8("%PDF-1.7\n");
const judged = (name: string, bytes: Uint8Array) => judge(name, randomAccess(bytes));

describe("the list", () => {
	const endings = Object.entries(REFUSED_ENDINGS).flatMap(([kind, list]) => list.map((one) => [one, kind]));

	it("has each ending once", () => {
		expect(new Set(endings.map(([ending]) => ending)).size).toBe(endings.length);
	});

	it("refuses each ending, however it is written", () => {
		for (const [ending = "", kind = ""] of endings) {
			for (const name of [`x.${ending}`, `X.PDF.${ending.toUpperCase()}`, `x.${ending}. `]) {
				expect([name, refusedName(name)]).toEqual([name, kind]);
			}
		}
	});

	it("refuses each beginning under any name", () => {
		for (const [kind, bytes, at] of REFUSED_BEGINNINGS) {
			const head = new Uint8Array(at + bytes.length + 4);
			head.set(bytes, at);
			expect([bytes, refusedHead(head)]).toEqual([bytes, kind]);
		}
	});
});

describe("a name", () => {
	it.each([
		["x.pdf.exe", "program"],
		["Befund.pdf.scr", "program"],
		["BEFUND.PDF.JS ", "script"],
		["befund.exe::$DATA", "program"],
		["befund.ｅｘｅ", "program"],
		["befund．exe", "program"],
		["befund.e\u00adxe", "program"],
		["befund\u202efdp.exe.pdf", "hidden-name"],
		["befund\u2066.pdf", "hidden-name"],
		["befund.pdf\u200b.txt", "hidden-name"],
		["befund.pdf\u0000.txt", "hidden-name"],
		["befund.pdf          .txt", "hidden-name"],
		["..\\..\\befund.pdf", "hidden-name"],
		["brief.docm", "macros"],
		["Scan.lnk", "shortcut"],
		["CD.iso", "disk-image"],
	])("that deceives or that a computer starts does not travel: %j", (name, kind) => {
		expect(refusedName(name)).toBe(kind);
	});

	it.each([
		"befund.pdf",
		"CT.dcm",
		"ohne Endung",
		"Brief an Dr. One",
		"v1.exe.pdf",
		"Müller, Köhler – Größe.docx",
		"العربية.pdf",
		".profil",
	])("of a document travels: %j", (name) => {
		expect(refusedName(name)).toBeNull();
	});

	it("is handed to the desktop without what could mislead it", () => {
		expect(safeName("..\\../a\u202efdp.exe")).toBe("_.._afdp.exe");
		expect(safeName('Befund: "Herz" 1/2.pdf')).toBe("Befund_ _Herz_ 1_2.pdf");
		expect(safeName(" .. ")).toBe("file");
		expect(endingOf("a.PDF ")).toBe("pdf");
	});
});

describe("content", () => {
	it.each([
		["befund.pdf", Uint8Array.of(0x4d, 0x5a, 0x90), "program"],
		["notiz.txt", utf8("#!/bin/sh\n"), "script"],
		["notiz.txt", utf8("  <!DOCTYPE html><script>"), "page"],
		["notiz.txt", concat(Uint8Array.of(0xff, 0xfe), utf16("<html>")), "page"],
		["link.txt", utf8("[InternetShortcut]\nURL=file:///x"), "shortcut"],
		["werte.csv", utf8("Windows Registry Editor Version 5.00"), "script"],
		["befund.xml", utf8('<?xml version="1.0"?><PCSettings>'), "script"],
		["bild.dat", utf8('<?xml version="1.0"?><svg onload="x">'), "page"],
		["bild.dat", utf8("<svg><a href='javascript:x'>"), "page"],
		["bild.dat", utf8(`<svg>${" ".repeat(5000)}<script>`), "page"],
		["brief.doc", ole(["Root Entry", "WordDocument", "_VBA_PROJECT"]), "macros"],
		["werte.xls", ole(["Root Entry", "Workbook", "_VBA_PROJECT_CUR"]), "macros"],
		["brief.doc", ole(["Root Entry"], msiClass()), "installer"],
		["brief.docx", zip(["[Content_Types].xml", "word/vbaProject.bin"]), "macros"],
		["werte.xlsx", zip(["xl/macrosheets/sheet1.xml"]), "macros"],
		["bilder.zip", zip(["IM1.dcm", "viewer/Start.EXE"]), "archive-program:Start.EXE"],
		["bilder.zip", zip(["a\\autorun.inf"]), "archive-program:autorun.inf"],
		["bilder.zip", zip(["befund\u202efdp.exe"]), "archive-program:befundfdp.exe"],
		["bilder.zip", zip(["META-INF/MANIFEST.MF", "A.class"]), "program"],
		["bilder.zip", zip(["a.dcm", "b.exe"], { count: 1 }), "archive-unreadable"],
		["bilder.zip", zip(["a.dcm"]).subarray(0, -3), "archive-unreadable"],
		["bilder.zip", concat(zip(["b.exe"]), zip(["a.dcm"])), "archive-unreadable"],
	])("that a computer would run does not travel: %s", async (name, bytes, reason) => {
		expect(await judged(name, bytes)).toBe(reason);
	});

	it.each([
		["befund.pdf", PDF],
		["CT.dcm", new Uint8Array(132)],
		["leer.txt", new Uint8Array(0)],
		["ohne Endung", utf8("Guten Tag")],
		["brief.doc", ole(["Root Entry", "WordDocument", "1Table"])],
		["brief.docx", zip(["[Content_Types].xml", "word/document.xml"])],
		["bilder.zip", zip(["DICOMDIR", "IMAGES/", "IMAGES/IM000001"], { comment: "Radiologie" })],
		["leer.zip", zip([])],
		["skizze.svg", utf8('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h1"/></svg>')],
		["labor.json", utf8('{"resourceType":"Observation"}')],
	])("that is only read travels: %s", async (name, bytes) => {
		expect(await judged(name, bytes)).toBeNull();
	});

	it("is read only where it has to be, also in a large archive", async () => {
		const bytes = concat(zip([]).subarray(0, 0), zip(["a.dcm", "b.exe"]));
		let read = 0;
		const large = {
			size: bytes.length,
			read: async (start: number, end: number) => {
				read += end - start;
				return bytes.subarray(start, end);
			},
		};
		expect(await judge("bilder.zip", large)).toBe("archive-program:b.exe");
		expect(read).toBeLessThan(3 * bytes.length);
	});

	it("is shown on a page only when its type cannot carry scripts", () => {
		expect(shownType("application/pdf")).toBe("application/pdf");
		expect(shownType("IMAGE/PNG; x=1")).toBe("image/png");
		expect(shownType("text/html")).toBe("application/octet-stream");
		expect(shownType("image/svg+xml")).toBe("application/octet-stream");
	});
});

function utf16(text: string): Uint8Array {
	return Uint8Array.from([...text].flatMap((letter) => [letter.charCodeAt(0), 0]));
}

/** {000C1084-0000-0000-C000-000000000046}, as it lies in the file. */
function msiClass(): number[] {
	return [0x84, 0x10, 0x0c, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];
}
