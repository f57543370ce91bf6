/** Small DICOM files made by hand (PS3.10, explicit VR little endian), for tests of the header. */
const LONG = new Set(["OB", "OW", "SQ", "UN", "UT"]);

export type Element = [tag: string, vr: string, value: string | number | Uint8Array];

const text = (value: string) => new TextEncoder().encode(value);
const short = (value: number) => new Uint8Array([value & 255, value >> 8]);

function encoded([tag, vr, value]: Element): Uint8Array {
	const [group = 0, element = 0] = tag.split(",").map((part) => Number.parseInt(part, 16));
	const raw = typeof value === "number" ? short(value) : typeof value === "string" ? text(value) : value;
	const body = raw.length % 2 ? join([raw, text(vr === "UI" ? "\0" : " ")]) : raw;
	const length = new DataView(new ArrayBuffer(4));
	length.setUint32(0, body.length, true);
	const size = LONG.has(vr) ? [new Uint8Array(2), new Uint8Array(length.buffer)] : [short(body.length)];
	return join([short(group), short(element), text(vr), ...size, body]);
}

export function join(parts: Uint8Array[]): Uint8Array {
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let offset = 0;
	for (const part of parts) {
		whole.set(part, offset);
		offset += part.length;
	}
	return whole;
}

export const EXPLICIT = "1.2.840.10008.1.2.1";

/** The preamble and the file meta information. */
export function meta(syntax: string): Uint8Array {
	const body = join([
		encoded(["0002,0001", "OB", new Uint8Array([0, 1])]),
		encoded(["0002,0010", "UI", syntax]),
	]);
	const size = new Uint8Array(4);
	new DataView(size.buffer).setUint32(0, body.length, true);
	const group = join([short(2), short(0), text("UL"), short(4), size]);
	return join([new Uint8Array(128), text("DICM"), group, body]);
}

export const IMAGE: Element[] = [
	["0028,0002", "US", 1],
	["0028,0010", "US", 2],
	["0028,0011", "US", 2],
	["0028,0100", "US", 16],
	["7FE0,0010", "OW", new Uint8Array(8)],
];

/** The data set, its elements in the order of their tags. */
export function dataSet(elements: Element[]): Uint8Array {
	return join([...elements].sort(([one], [other]) => (one < other ? -1 : 1)).map(encoded));
}

export function dicom(elements: Element[], syntax = EXPLICIT): Uint8Array {
	return join([meta(syntax), dataSet(elements)]);
}
