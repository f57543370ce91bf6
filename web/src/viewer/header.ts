import { type DataSet, parseDicom } from "dicom-parser";
import { decodeText, encodingOf, personName } from "./charset";
import { ViewerFailure } from "./failure";
import type { GreyWindow } from "./presets";
import { isDecoded } from "./syntaxes";

/** What the viewer says about an image, read from the file itself. Dates are `YYYY-MM-DD`, times `HH:MM` by the clock of
 *  the device's hospital, unshifted; an empty text means the file does not say. `study`: Study Date and Study Time, as
 *  the service shows them (storage/access/findings.py); a series or acquisition may have begun at another time. */
export interface ImageHeader {
	patient: { name: string; id: string; bornOn: string; sex: string };
	study: { on: string; at: string; description: string; institution: string };
	series: { modality: string; description: string; number: string };
	image: {
		rows: number;
		columns: number;
		frames: number;
		samplesPerPixel: number;
		bitsAllocated: number;
		/** Colours have no grey window. */
		colour: boolean;
		transferSyntaxUid: string;
		/** Millimetres between rows and between columns. */
		spacing: [number, number] | null;
		orientation: number[] | null;
		/** Lossily compressed at some time in its life (0028,2110). */
		lossy: boolean;
		windows: GreyWindow[];
		/** The lowest and highest value that a pixel can have after rescaling; null for colours and look-up tables. */
		range: { lowest: number; highest: number } | null;
	};
}

/** One decoded frame may take this much memory; larger ones are refused before anything is allocated. */
const MAX_FRAME_BYTES = 512 * 1024 * 1024;

type Reader = (tag: string) => string;

/** Read the header of a DICOM file (PS3.10). `bytes`: the whole file, not deflated.
 *  Raises: ViewerFailure `broken` when it is none, `no-image` without pixels, `unsupported` for a compression
 *  this viewer does not decode, `too-large`. */
export function readHeader(bytes: Uint8Array): ImageHeader {
	const dataSet = parsed(bytes);
	const encoding = encodingOf(dataSet.string("x00080005"));
	const text: Reader = (tag) => {
		const element = dataSet.elements[tag];
		if (!element || element.length <= 0) return "";
		return decodeText(bytes.subarray(element.dataOffset, element.dataOffset + element.length), encoding);
	};
	const header = {
		patient: patientOf(text),
		study: studyOf(text),
		series: { modality: text("x00080060"), description: text("x0008103e"), number: text("x00200011") },
		image: imageOf(dataSet, text),
	};
	check(dataSet, header.image);
	return header;
}

function parsed(bytes: Uint8Array): DataSet {
	try {
		return parseDicom(bytes, { untilTag: "x7fe00010" });
	} catch (reason) {
		// dicom-parser throws strings as well as errors, and RangeErrors for nested sequences.
		throw new ViewerFailure(
			"broken",
			reason instanceof Error ? reason.name : typeof reason === "string" ? reason.slice(0, 80) : "",
		);
	}
}

function patientOf(text: Reader): ImageHeader["patient"] {
	return {
		name: personName(text("x00100010")),
		id: text("x00100020"),
		bornOn: isoDate(text("x00100030")),
		sex: text("x00100040"),
	};
}

function studyOf(text: Reader): ImageHeader["study"] {
	return {
		on: isoDate(text("x00080020")),
		at: clock(text("x00080030")),
		description: text("x00081030"),
		institution: text("x00080080"),
	};
}

function imageOf(dataSet: DataSet, text: Reader): ImageHeader["image"] {
	const spacing = numbers(text("x00280030") || text("x00181164"));
	const orientation = numbers(text("x00200037"));
	const samplesPerPixel = dataSet.uint16("x00280002") ?? 1;
	const colour = samplesPerPixel > 1 || text("x00280004") === "PALETTE COLOR";
	return {
		rows: dataSet.uint16("x00280010") ?? 0,
		columns: dataSet.uint16("x00280011") ?? 0,
		frames: Math.max(1, dataSet.intString("x00280008") ?? 1),
		samplesPerPixel,
		colour,
		bitsAllocated: dataSet.uint16("x00280100") ?? 0,
		transferSyntaxUid: dataSet.string("x00020010") ?? "",
		spacing: spacing.length === 2 ? [spacing[0] ?? 0, spacing[1] ?? 0] : null,
		orientation: orientation.length === 6 ? orientation : null,
		lossy: text("x00282110") === "01",
		windows: windowsOf(numbers(text("x00281050")), numbers(text("x00281051"))),
		range: colour ? null : rangeOf(dataSet, text),
	};
}

/** Stored values (PS3.3 section C.7.6.3.1) through the rescale slope and intercept (section C.11.1). */
function rangeOf(dataSet: DataSet, text: Reader): { lowest: number; highest: number } | null {
	const bits = dataSet.uint16("x00280101");
	const signed = dataSet.uint16("x00280103") === 1;
	const [slope = 1] = numbers(text("x00281053"));
	const [intercept = 0] = numbers(text("x00281052"));
	if (!bits || dataSet.elements.x00283000) return null;
	const stored = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
	const ends = stored.map((value) => value * slope + intercept);
	return { lowest: Math.min(...ends), highest: Math.max(...ends) };
}

function check(dataSet: DataSet, image: ImageHeader["image"]): void {
	const pixels = dataSet.elements.x7fe00010;
	if (!pixels || !image.rows || !image.columns) throw new ViewerFailure("no-image");
	const isCutOff = !pixels.hadUndefinedLength && pixels.dataOffset + pixels.length > dataSet.byteArray.length;
	if (isCutOff) throw new ViewerFailure("broken", "pixel data are cut off");
	if (image.bitsAllocated === 1) throw new ViewerFailure("unsupported", "1 bit");
	if (!isDecoded(image.transferSyntaxUid)) throw new ViewerFailure("unsupported", image.transferSyntaxUid);
	const frameBytes = (image.rows * image.columns * image.samplesPerPixel * image.bitsAllocated) / 8;
	if (frameBytes > MAX_FRAME_BYTES) throw new ViewerFailure("too-large", `${image.columns} × ${image.rows}`);
}

function windowsOf(centers: number[], widths: number[]): GreyWindow[] {
	return centers
		.map((center, index) => ({ center, width: widths[index] ?? 0 }))
		.filter(({ width }) => width >= 1);
}

/** Decimal strings (VR DS), joined by backslashes. */
function numbers(value: string): number[] {
	if (!value) return [];
	const parts = value.split("\\").map(Number);
	return parts.every(Number.isFinite) ? parts : [];
}

/** VR DA (`YYYYMMDD`, or the old `YYYY.MM.DD`) as ISO 8601. */
function isoDate(value: string): string {
	const match = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(value);
	const day = match ? `${match[1]}-${match[2]}-${match[3]}` : "";
	return Number.isNaN(Date.parse(day)) ? "" : day;
}

/** VR TM (`HHMMSS.FFFFFF`, parts may be missing) as `HH:MM`. */
function clock(value: string): string {
	const match = /^([01]\d|2[0-3])(?::?([0-5]\d)(?::?[0-6]\d(?:\.\d{1,6})?)?)?$/.exec(value);
	return match ? `${match[1]}:${match[2] ?? "00"}` : "";
}
