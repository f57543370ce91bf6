/** Archives as programs write them, small enough to be written by hand. */

import { concat, utf8 } from "../../src/crypto/bytes";
import type { RandomAccess } from "../../src/crypto/judgement";

export function randomAccess(bytes: Uint8Array): RandomAccess {
	return { size: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
}

/** A zip archive (APPNOTE.TXT) of stored files with the content "x". */
export function zip(names: string[], { count = names.length, comment = "" } = {}): Uint8Array {
	const content = utf8("x");
	const files: Uint8Array[] = [];
	const entries: Uint8Array[] = [];
	let offset = 0;
	for (const name of names.map(utf8)) {
		const file = concat(
			numbers([4, 0x04034b50], [2, 20], [2, 0], [2, 0], [4, 0], [4, 0], [4, 1], [4, 1]),
			numbers([2, name.length], [2, 0]),
			name,
			content,
		);
		entries.push(
			concat(
				numbers([4, 0x02014b50], [2, 20], [2, 20], [2, 0], [2, 0], [4, 0], [4, 0], [4, 1], [4, 1]),
				numbers([2, name.length], [2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]),
				name,
			),
		);
		files.push(file);
		offset += file.length;
	}
	const list = concat(...entries);
	const end = numbers(
		[4, 0x06054b50],
		[2, 0],
		[2, 0],
		[2, count],
		[2, count],
		[4, list.length],
		[4, offset],
		[2, comment.length],
	);
	return concat(...files, list, end, utf8(comment));
}

/** An OLE2 file ([MS-CFB]) whose directory, in the second sector, has these names. */
export function ole(names: string[], rootClass: number[] = []): Uint8Array {
	const bytes = new Uint8Array(512 * 3);
	bytes.set([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
	const view = new DataView(bytes.buffer);
	view.setUint16(30, 9, true);
	view.setUint32(48, 1, true);
	for (const [index, name] of names.entries()) {
		const at = 1024 + index * 128;
		for (const [place, letter] of [...name].entries()) {
			view.setUint16(at + place * 2, letter.charCodeAt(0), true);
		}
		view.setUint16(at + 64, name.length * 2 + 2, true);
	}
	bytes.set(rootClass, 1024 + 80);
	return bytes;
}

function numbers(...fields: [2 | 4, number][]): Uint8Array {
	return concat(
		...fields.map(([size, value]) => {
			const bytes = new Uint8Array(size);
			const view = new DataView(bytes.buffer);
			if (size === 2) view.setUint16(0, value, true);
			else view.setUint32(0, value, true);
			return bytes;
		}),
	);
}
