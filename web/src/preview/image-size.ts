/** How large a picture is before it is decoded: a file of a few kilobytes can claim a billion pixels, and the tab would
 *  fall over them. Read from the headers of the formats that are shown; nothing else of the file is trusted. */

export interface PictureSize {
	type: "image/png" | "image/jpeg" | "image/gif" | "image/webp";
	width: number;
	height: number;
}

/** Decoded, four bytes a pixel: 256 MB. A camera of 50 megapixels fits. */
export const MAXIMUM_PIXELS = 64_000_000;
/** Where the size of a JPEG stands behind its camera data and profiles. */
export const SIZE_HEAD_BYTES = 2 * 1024 * 1024;

/** null when it is none of the formats, or its size does not stand in `head`. */
export function sizeOf(head: Uint8Array): PictureSize | null {
	const view = new DataView(head.buffer, head.byteOffset, head.length);
	try {
		return png(view) ?? gif(view) ?? webp(view) ?? jpeg(view);
	} catch (error) {
		// Cut off before its size.
		if (error instanceof RangeError) return null;
		throw error;
	}
}

function png(view: DataView): PictureSize | null {
	if (view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) return null;
	return { type: "image/png", width: view.getUint32(16), height: view.getUint32(20) };
}

function gif(view: DataView): PictureSize | null {
	if (view.getUint32(0) !== 0x47494638) return null;
	return { type: "image/gif", width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

function webp(view: DataView): PictureSize | null {
	if (view.getUint32(0) !== 0x52494646 || view.getUint32(8) !== 0x57454250) return null;
	const type = "image/webp";
	switch (view.getUint32(12)) {
		case 0x56503820: // "VP8 "
			return { type, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
		case 0x5650384c: {
			const bits = view.getUint32(21, true);
			return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
		}
		case 0x56503858:
			return { type, width: uint24(view, 24) + 1, height: uint24(view, 27) + 1 };
		default:
			return null;
	}
}

function uint24(view: DataView, at: number): number {
	return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}

/** Start of frame, ITU-T T.81 B.2.2: every marker from C0 to CF but DHT, JPG and DAC. */
function jpeg(view: DataView): PictureSize | null {
	if (view.getUint16(0) !== 0xffd8) return null;
	for (let at = 2; at < view.byteLength; ) {
		if (view.getUint8(at) !== 0xff) return null;
		const marker = view.getUint8(at + 1);
		if (marker === 0xff) {
			at += 1;
			continue;
		}
		if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
			return { type: "image/jpeg", height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
		}
		if (marker === 0xd9 || marker === 0xda) return null;
		at += 2 + view.getUint16(at + 2);
	}
	return null;
}
