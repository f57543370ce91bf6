/** Whether a file may travel, judged where it is plaintext: in the sender's browser before it is encrypted, and in the
 *  receiver's before anything is handed over. Reads a few kilobytes of it, wherever they lie. */

import {
	HEAD_BYTES,
	isActiveDrawing,
	isDrawing,
	type RefusalKind,
	refusedHead,
	refusedName,
} from "./filetype";

/** Any part of a file. `read`: `end` excluded; at the end of the file fewer bytes. */
export interface RandomAccess {
	size: number;
	read(start: number, end: number): Promise<Uint8Array>;
}

/** The list of a zip archive that is looked at; some 50,000 names. */
const LIST_BYTES = 4 * 1024 * 1024;
/** The record at the end of a zip archive, with the longest comment. */
const END_BYTES = 22 + 0xffff;
const DRAWING_BYTES = 4 * 1024 * 1024;
const DIRECTORY_BYTES = 256 * 1024;
/** In Office files: macros, and controls and programs that start with the document. */
const MACROS =
	/(^|\/)(vbaproject\.bin|vbadata\.xml|xl4macrosheets?\/|macrosheets\/)|(^|\/)activex\/.*\.bin$/i;
const JAVA = /^(classes\.dex|androidmanifest\.xml|meta-inf\/manifest\.mf)$/i;
/** Streams of an OLE2 file in which macros stand. */
const OLE_MACROS = ["_VBA_PROJECT", "_VBA_PROJECT_CUR", "Macros", "VBA"];

/** Why a file may not travel, as `kind` or `kind:name in the archive`; null when it may. */
export async function judge(name: string, file: RandomAccess): Promise<string | null> {
	const byName = refusedName(name);
	if (byName) return byName;
	const head = await file.read(0, Math.min(HEAD_BYTES, file.size));
	const byHead = refusedHead(head);
	if (byHead) return byHead;
	if (isDrawing(head)) return judgeDrawing(file);
	if (starts(head, 0xd0, 0xcf, 0x11, 0xe0)) return judgeOle(head, file);
	if (isZip(head)) return judgeZip(file);
	return null;
}

async function judgeDrawing(file: RandomAccess): Promise<RefusalKind | null> {
	if (file.size > DRAWING_BYTES) return "page";
	return isActiveDrawing(await file.read(0, file.size)) ? "page" : null;
}

function isZip(head: Uint8Array): boolean {
	return starts(head, 0x50, 0x4b, 0x03, 0x04) || starts(head, 0x50, 0x4b, 0x05, 0x06);
}

/** Names in the central directory (APPNOTE.TXT 4.3.12 and 4.3.16). What cannot be read there does not travel: the
 *  receiver's program might read it otherwise. */
async function judgeZip(file: RandomAccess): Promise<string | null> {
	const names = await namesInZip(file);
	if (!names) return "archive-unreadable";
	for (const name of names) {
		const inner = name.replace(/\\/g, "/");
		if (MACROS.test(inner)) return "macros";
		if (JAVA.test(inner)) return "program";
		const last = inner.replace(/\/$/, "").split("/").at(-1) ?? "";
		if (!inner.endsWith("/") && refusedName(last)) return `archive-program:${shortened(last)}`;
	}
	return null;
}

async function namesInZip(file: RandomAccess): Promise<string[] | null> {
	const tail = await file.read(Math.max(0, file.size - END_BYTES), file.size);
	const end = lastRecord(tail);
	if (end === null) return null;
	const view = new DataView(tail.buffer, tail.byteOffset + end, tail.length - end);
	const [count, bytes, start] = [
		view.getUint16(10, true),
		view.getUint32(12, true),
		view.getUint32(16, true),
	];
	// Of 4 GB and more, or more than 65,534 files: none of ours.
	if (count === 0xffff || bytes > LIST_BYTES || start + bytes > file.size) return null;
	// A list that is not right before its end would be another one for another reader.
	if (start + bytes !== file.size - (tail.length - end)) return null;
	return namesInList(await file.read(start, start + bytes), count);
}

function lastRecord(tail: Uint8Array): number | null {
	for (let at = tail.length - 22; at >= 0; at--) {
		if (!starts(tail.subarray(at), 0x50, 0x4b, 0x05, 0x06)) continue;
		const comment = (tail[at + 20] ?? 0) | ((tail[at + 21] ?? 0) << 8);
		if (at + 22 + comment === tail.length) return at;
	}
	return null;
}

function namesInList(list: Uint8Array, count: number): string[] | null {
	const view = new DataView(list.buffer, list.byteOffset, list.length);
	const names: string[] = [];
	let at = 0;
	for (; names.length < count; ) {
		if (at + 46 > list.length || view.getUint32(at, true) !== 0x02014b50) return null;
		const nameBytes = view.getUint16(at + 28, true);
		const more = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
		if (at + 46 + nameBytes + more > list.length) return null;
		names.push(new TextDecoder().decode(list.subarray(at + 46, at + 46 + nameBytes)));
		at += 46 + nameBytes + more;
	}
	return at === list.length ? names : null;
}

/** The directory of an OLE2 file ([MS-CFB] 2.2 and 2.6): macros have storages of known names. Looks at its first
 *  part, which holds them in what Office writes. */
async function judgeOle(head: Uint8Array, file: RandomAccess): Promise<RefusalKind | null> {
	const view = new DataView(head.buffer, head.byteOffset, head.length);
	if (head.length < 512) return null;
	const sectorBytes = 1 << Math.min(view.getUint16(30, true), 12);
	const start = (view.getUint32(48, true) + 1) * sectorBytes;
	const directory = await file.read(start, Math.min(start + DIRECTORY_BYTES, file.size));
	for (let at = 0; at + 128 <= directory.length; at += 128) {
		if (OLE_MACROS.includes(oleName(directory.subarray(at, at + 128)))) return "macros";
	}
	// Windows installs such a file by its content: its first entry names the class of an installer.
	return isInstaller(directory) ? "installer" : null;
}

function oleName(entry: Uint8Array): string {
	const bytes = (entry[64] ?? 0) | ((entry[65] ?? 0) << 8);
	if (bytes < 2 || bytes > 64) return "";
	return new TextDecoder("utf-16le").decode(entry.subarray(0, bytes - 2));
}

/** Class {000C1084-0000-0000-C000-000000000046} of the root storage: a Windows Installer package. */
function isInstaller(directory: Uint8Array): boolean {
	return starts(directory.subarray(80), 0x84, 0x10, 0x0c, 0x00) && (directory[95] ?? 0) === 0x46;
}

function starts(bytes: Uint8Array, ...wanted: number[]): boolean {
	return wanted.every((byte, index) => bytes[index] === byte);
}

function shortened(name: string): string {
	return name.replace(/[^\p{L}\p{N} ._()-]/gu, "").slice(-60);
}
