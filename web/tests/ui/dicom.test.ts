import "./words";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { encodingOf, personName } from "../../src/viewer/charset";
import { ViewerFailure } from "../../src/viewer/failure";
import { readHeader } from "../../src/viewer/header";
import { edgesOf } from "../../src/viewer/orientation";
import { CT_PRESETS, presetOf, rangeOf, windowOf } from "../../src/viewer/presets";
import { inflated } from "../../src/viewer/source";
import { DEFLATED } from "../../src/viewer/syntaxes";
import { dataSet, dicom, type Element, IMAGE, join, meta } from "./dicom";

const latin = (value: string) => Uint8Array.from(value, (letter) => letter.charCodeAt(0));

function failureOf(bytes: Uint8Array): ViewerFailure {
	try {
		readHeader(bytes);
	} catch (reason) {
		if (reason instanceof ViewerFailure) return reason;
		throw reason;
	}
	throw new Error("nothing was refused");
}

describe("the header of an image", () => {
	it("says whose image it is, in the character set of the file", () => {
		const header = readHeader(
			dicom([
				...IMAGE,
				["0008,0005", "CS", "ISO_IR 100"],
				["0008,0020", "DA", "20260512"],
				["0008,0030", "TM", "141503.12"],
				["0008,0060", "CS", "CT"],
				["0010,0010", "PN", latin("M\xfcller^J\xfcrgen^^Dr.")],
				["0010,0020", "LO", "4711"],
				["0010,0030", "DA", "1950.02.03"],
				["0028,1050", "DS", "40\\-600"],
				["0028,1051", "DS", "400\\1500"],
			]),
		);
		expect(header.patient).toEqual({ name: "Müller, Jürgen", id: "4711", bornOn: "1950-02-03", sex: "" });
		expect(header.study).toMatchObject({ on: "2026-05-12", at: "14:15" });
		expect(header.image.windows).toEqual([
			{ center: 40, width: 400 },
			{ center: -600, width: 1500 },
		]);
		expect(header.image).toMatchObject({ rows: 2, columns: 2, frames: 1, colour: false, lossy: false });
	});

	it("survives what a file leaves out or gets wrong", () => {
		const odd: Element[] = [
			...IMAGE,
			["0008,0020", "DA", "20041319"],
			["0008,0022", "DA", "20040119"],
			["0008,0030", "TM", "2460"],
			["0008,0032", "TM", "072730"],
			["0010,0030", "DA", "unknown"],
			["0028,1050", "DS", "x"],
			["0020,0037", "DS", "1\\0"],
		];
		const header = readHeader(dicom(odd));
		expect(header.patient.bornOn).toBe("");
		expect(header.study).toMatchObject({ on: "", at: "" });
		expect(header.image).toMatchObject({ windows: [], orientation: null, spacing: null });
	});

	it("takes the times as the device's clock showed them, whatever its time zone", () => {
		const header = readHeader(
			dicom([
				...IMAGE,
				["0008,0020", "DA", "20040119"],
				["0008,0022", "DA", "19970430"],
				["0008,0030", "TM", "07"],
				["0008,0032", "TM", "112936"],
				["0008,0201", "SH", "-0500"],
			]),
		);
		expect(header.study).toMatchObject({ on: "2004-01-19", at: "07:00" });
	});

	it("refuses what is no DICOM file, and one that is cut off", () => {
		expect(failureOf(latin("%PDF-1.7")).kind).toBe("broken");
		expect(failureOf(new Uint8Array()).kind).toBe("broken");
		expect(failureOf(dicom(IMAGE).slice(0, 150)).kind).toBe("broken");
	});

	it("refuses files without pixels, unknown compressions and frames beyond memory, before anything is decoded", () => {
		const report = dicom([["0008,0060", "CS", "SR"]]);
		expect(failureOf(report).kind).toBe("no-image");
		const video = failureOf(dicom(IMAGE, "1.2.840.10008.1.2.4.102"));
		expect(video).toMatchObject({ kind: "unsupported", detail: "1.2.840.10008.1.2.4.102" });
		const huge = IMAGE.map(
			([tag, vr, value]): Element => [tag, vr, tag.startsWith("0028,001") ? 65535 : value],
		);
		expect(failureOf(dicom(huge)).kind).toBe("too-large");
	});

	it("shows every byte of a name whose character set nobody knows", () => {
		expect(encodingOf("ISO_IR 999")).toBe("iso-8859-1");
		expect(encodingOf("\\ISO 2022 IR 87")).toBe("iso-2022-jp");
		expect(encodingOf("ISO 2022 IR 100")).toBe("iso-8859-1");
		expect(encodingOf(undefined)).toBe("iso-8859-1");
	});

	it("writes names as wards do", () => {
		expect(personName("Yamada^Tarou=山田^太郎")).toBe("Yamada, Tarou");
		expect(personName("Anonymous")).toBe("Anonymous");
		expect(personName("")).toBe("");
	});
});

describe("a deflated file", () => {
	const deflated = (body: Uint8Array) => join([meta(DEFLATED), deflateRawSync(body)]);

	it("is inflated into one that says explicit little endian", async () => {
		const header = readHeader(await inflated(deflated(dataSet([...IMAGE, ["0010,0020", "LO", "4711"]]))));
		expect(header.patient.id).toBe("4711");
		expect(header.image.transferSyntaxUid).toBe("1.2.840.10008.1.2.1");
	});

	it("may have something behind its end: a padding NUL, or a checksum", async () => {
		const padded = join([deflated(dataSet(IMAGE)), new Uint8Array([0])]);
		const checked = join([deflated(dataSet(IMAGE)), new Uint8Array([78, 208, 88, 69, 26, 2, 4, 0])]);
		for (const bytes of [padded, checked]) expect(readHeader(await inflated(bytes)).image.rows).toBe(2);
	});

	it("is refused when it is cut off", async () => {
		const whole = deflated(dataSet(IMAGE));
		await expect(inflated(whole.slice(0, -6))).rejects.toMatchObject({ kind: "broken" });
	});

	it("is refused when it grows beyond the limit, however small it came", async () => {
		const bomb = deflated(dataSet([...IMAGE.slice(0, -1), ["7FE0,0010", "OW", new Uint8Array(1_000_000)]]));
		expect(bomb.length).toBeLessThan(3000);
		await expect(inflated(bomb, 100_000)).rejects.toMatchObject({ kind: "too-large" });
	});

	it("leaves other files as they are", async () => {
		const plain = dicom(IMAGE);
		expect(await inflated(plain)).toBe(plain);
	});
});

describe("the grey window", () => {
	it("goes from centre and width to values and back", () => {
		for (const preset of Object.values(CT_PRESETS)) expect(windowOf(rangeOf(preset))).toEqual(preset);
		expect(rangeOf({ center: 40, width: 400 })).toEqual({ lower: -160, upper: 239 });
	});

	it("is recognised as a preset", () => {
		expect(presetOf({ center: -600.2, width: 1500.1 })).toBe("lung");
		expect(presetOf({ center: 41, width: 400 })).toBeNull();
	});
});

describe("the sides of the patient", () => {
	it("stand at the edges of an axial, a coronal and a tilted picture", () => {
		expect(edgesOf([1, 0, 0, 0, 1, 0])).toEqual({ left: "R", right: "L", top: "A", bottom: "P" });
		expect(edgesOf([1, 0, 0, 0, 0, -1])).toEqual({ left: "R", right: "L", top: "H", bottom: "F" });
		expect(edgesOf([1, 0, 0, 0, 0.8, -0.6])).toMatchObject({ top: "AH", bottom: "PF" });
	});

	it("are not guessed", () => {
		expect(edgesOf(null)).toBeNull();
		expect(edgesOf([1, 0, 0])).toBeNull();
	});
});
