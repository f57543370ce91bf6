/** Which files may not travel: the service cannot scan what it cannot read, so both ends refuse what a computer would
 *  run. This is the one list. By the name and by the first bytes, for either alone is easily dressed up; what stands
 *  inside archives and Office files is the matter of `judgement.ts`. */

/** Why a file may not travel. */
export type RefusalKind =
	| "program"
	| "script"
	| "macros"
	| "shortcut"
	| "disk-image"
	| "installer"
	| "page"
	| "hidden-name"
	| "archive-program"
	| "archive-unreadable";

/** Endings that a desktop or a phone starts, mounts, installs or runs the content of. */
export const REFUSED_ENDINGS: Readonly<
	Record<Exclude<RefusalKind, "archive-program" | "archive-unreadable">, readonly string[]>
> = {
	program: words(
		"exe com scr pif cpl dll sys ocx drv efi jar jnlp class elf so dylib ko bin run appimage app apk xapk " +
			"ipa dex wasm swf xll application gadget msc chm hlp prg xbe",
	),
	script: words(
		"bat cmd ps1 ps1xml ps2 psm1 psd1 psc1 vb vbs vbe js jse mjs cjs ws wsf wsc wsh sct hta sh bash zsh csh ksh " +
			"fish command tool workflow action scpt applescript py pyc pyw pyz rb pl php phtml lua tcl ahk au3 reg inf " +
			"ins isp job sldm settingcontent-ms library-ms search-ms searchconnector-ms appref-ms appcontent-ms " +
			"udl iqy slk rdp ica theme themepack deskthemepack diagcab printerexport osdx xbap",
	),
	macros: words(
		"docm dotm xlsm xltm xlam xlsb pptm potm ppam ppsm wbk wll one onepkg accdb accde mdb mde ade adp",
	),
	shortcut: words("lnk url website webloc desktop scf directory"),
	"disk-image": words("iso img ima vhd vhdx vmdk vdi qcow2 ova ovf dmg toast cdr udf wim esd squashfs"),
	installer: words(
		"msi msp mst msix msixbundle appx appxbundle appinstaller pkg mpkg deb rpm snap flatpak cab xpi crx",
	),
	page: words("htm html xhtml xht shtml mht mhtml xsl xslt"),
	"hidden-name": [],
};

const KIND_OF_ENDING = new Map(
	Object.entries(REFUSED_ENDINGS).flatMap(([kind, endings]) =>
		endings.map((ending) => [ending, kind as RefusalKind] as const),
	),
);

/** [kind, first bytes, where] */
export const REFUSED_BEGINNINGS: readonly (readonly [RefusalKind, readonly number[], number])[] = [
	["program", [0x4d, 0x5a], 0], // Windows: MZ
	["program", [0x7f, 0x45, 0x4c, 0x46], 0], // Linux: ELF
	["program", [0xcf, 0xfa, 0xed, 0xfe], 0], // macOS, 64 bits
	["program", [0xce, 0xfa, 0xed, 0xfe], 0], // macOS, 32 bits
	["program", [0xfe, 0xed, 0xfa, 0xcf], 0],
	["program", [0xfe, 0xed, 0xfa, 0xce], 0],
	["program", [0xca, 0xfe, 0xba, 0xbe], 0], // Java class, macOS for several processors
	["program", [0x00, 0x61, 0x73, 0x6d], 0], // WebAssembly
	["program", [0x64, 0x65, 0x78, 0x0a], 0], // Android: dex
	["program", [0x46, 0x57, 0x53], 0], // Flash
	["program", [0x43, 0x57, 0x53], 0],
	["program", [0x5a, 0x57, 0x53], 0],
	["program", [0x49, 0x54, 0x53, 0x46], 0], // Windows help with scripts
	["script", [0x23, 0x21], 0], // #!
	["shortcut", [0x4c, 0x00, 0x00, 0x00, 0x01, 0x14, 0x02, 0x00], 0], // .lnk
	["installer", [0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e], 0], // Debian
	["installer", [0xed, 0xab, 0xee, 0xdb], 0], // RPM
	["installer", [0x4d, 0x53, 0x43, 0x46], 0], // Windows cabinet
	["installer", [0x78, 0x61, 0x72, 0x21], 0], // macOS package
	["installer", [0x43, 0x72, 0x32, 0x34], 0], // Chrome extension
	["disk-image", [0x43, 0x44, 0x30, 0x30, 0x31], 0x8001], // ISO 9660
	["disk-image", [0x63, 0x6f, 0x6e, 0x65, 0x63, 0x74, 0x69, 0x78], 0], // vhd
	["disk-image", [0x76, 0x68, 0x64, 0x78, 0x66, 0x69, 0x6c, 0x65], 0], // vhdx
	["disk-image", [0x4b, 0x44, 0x4d, 0x56], 0], // vmdk
	["disk-image", [0x51, 0x46, 0x49, 0xfb], 0], // qcow2
	["disk-image", [0x4d, 0x53, 0x57, 0x49, 0x4d], 0], // wim
	["macros", [0xe4, 0x52, 0x5c, 0x7b, 0x8c, 0xd8, 0xa7, 0x4d], 0], // OneNote, which carries programs
	["macros", [0x00, 0x01, 0x00, 0x00, 0x53, 0x74, 0x61, 0x6e, 0x64, 0x61, 0x72, 0x64], 0], // Access
];

/** Text that some program takes for more than text, when it begins so. */
const TEXTS: readonly (readonly [RefusalKind, RegExp])[] = [
	["shortcut", /^\s*\[(InternetShortcut|Desktop Entry|Shell|\.ShellClassInfo)\]/i],
	["script", /^\s*(Windows Registry Editor|REGEDIT4)/i],
	["script", /^\s*(@echo off|@?setlocal\b|<\?php|<job\b|<package>\s*<job\b)/i],
	["script", /^\s*<\?xml[^>]*>\s*<(PCSettings|libraryDescription|searchConnectorDescription|scriptlet)\b/i],
	[
		"page",
		/^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*<(!doctype\s+html|html|script|iframe|body|meta|head)\b/i,
	],
	["page", /^MIME-Version:[\s\S]{0,400}multipart\/related/i],
];

const SVG = /^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*(<!doctype\s+svg[^>]*>\s*)?<svg\b/i;
const ACTIVE =
	/<(script|foreignobject|iframe|handler|listener)\b|\son\w+\s*=|(href|src)\s*=\s*["']?\s*(javascript|data:text)|<!ENTITY/i;

/** Direction marks turn the ending around; invisible and control characters split or hide it. */
const HIDING = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/u;

/** How many first bytes `refusedHead` looks at: up to where an ISO 9660 image says what it is. */
export const HEAD_BYTES = 0x8001 + 5;
const TEXT_BYTES = 2048;

/** Media types that a page may show from a blob: address; all others are handed over as a plain download. */
const SHOWN = new Set([
	"application/dicom",
	"application/pdf",
	"image/gif",
	"image/jpeg",
	"image/png",
	"image/webp",
	"text/plain",
]);

/** Why a file of this name may not travel; null when the name says nothing against it. */
export function refusedName(name: string): RefusalKind | null {
	if (HIDING.test(name)) return "hidden-name";
	// A pause of spaces pushes the true ending out of sight.
	if (/ {5,}/.test(name) || /[\\/]/.test(name)) return "hidden-name";
	const ending = endingOf(name);
	return KIND_OF_ENDING.get(ending) ?? null;
}

/** The ending as the desktop takes it: without the dots, spaces and stream names that Windows cuts off, and with
 *  letters that only look wide as plain ones. */
export function endingOf(name: string): string {
	const plain = name.normalize("NFKC").toLowerCase().split(":")[0] ?? "";
	const parts = plain.replace(/[\s.]+$/, "").split(".");
	const last = parts.length > 1 ? (parts.at(-1) ?? "") : "";
	// "Brief an Dr. One" ends in a name.
	return /\s/.test(last) ? "" : last.replace(/[^a-z0-9-]/g, "");
}

/** Why a file that begins so may not travel. `head`: its first HEAD_BYTES bytes. */
export function refusedHead(head: Uint8Array): RefusalKind | null {
	const found = REFUSED_BEGINNINGS.find(([, bytes, at]) => begins(head, bytes, at));
	if (found) return found[0];
	const text = beginningText(head);
	const textual = TEXTS.find(([, pattern]) => pattern.test(text));
	return textual ? textual[0] : null;
}

/** A drawing may be downloaded, never shown in place; with scripts in it, it does not travel. */
export function isDrawing(head: Uint8Array): boolean {
	return SVG.test(beginningText(head));
}

export function isActiveDrawing(whole: Uint8Array): boolean {
	return ACTIVE.test(new TextDecoder().decode(whole));
}

export function shownType(mediaType: string): string {
	const plain = mediaType.toLowerCase().split(";")[0]?.trim() ?? "";
	return SHOWN.has(plain) ? plain : "application/octet-stream";
}

/** A name that is safe to suggest to the desktop. */
export function safeName(name: string): string {
	const plain = name
		.normalize("NFC")
		.replace(new RegExp(HIDING, "gu"), "")
		.replace(/[\\/:*?"<>|]/g, "_")
		.replace(/^[\s.]+|[\s.]+$/g, "");
	return plain.slice(-200) || "file";
}

function begins(head: Uint8Array, bytes: readonly number[], at: number): boolean {
	return bytes.every((byte, index) => head[at + index] === byte);
}

/** UTF-16 with its mark is read as such: a script does not become harmless by it. */
function beginningText(head: Uint8Array): string {
	const [first, second] = head;
	const encoding = first === 0xff && second === 0xfe ? "utf-16le" : "utf-8";
	return new TextDecoder(encoding).decode(head.subarray(0, TEXT_BYTES));
}

function words(list: string): readonly string[] {
	return list.split(" ");
}
