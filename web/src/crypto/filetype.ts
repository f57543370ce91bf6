/** Which files may not travel: the service cannot scan what it cannot read, so both ends refuse what a computer would
 *  run. By the first bytes and by the name: either alone is easily dressed up. */

const EXTENSIONS = new Set(
	(
		"exe dll com scr pif cpl msi msp msix appx bat cmd ps1 psm1 vbs vbe js jse mjs wsf wsh hta jar jnlp class " +
		"lnk url scf reg inf chm hlp iso img vhd vhdx dmg pkg app deb rpm apk sh bash zsh csh py pyc rb pl php " +
		"elf so dylib ko bin run appimage desktop docm dotm xlsm xltm xlam pptm potm ppam sldm xll svg html htm " +
		"xhtml shtml mht mhtml swf wasm library-ms search-ms settingcontent-ms application gadget"
	).split(" "),
);

const MAGIC: readonly (readonly [string, readonly number[]])[] = [
	["a Windows program", [0x4d, 0x5a]],
	["a Linux program", [0x7f, 0x45, 0x4c, 0x46]],
	["a macOS program", [0xcf, 0xfa, 0xed, 0xfe]],
	["a macOS program", [0xce, 0xfa, 0xed, 0xfe]],
	["a Java or macOS program", [0xca, 0xfe, 0xba, 0xbe]],
	["a WebAssembly program", [0x00, 0x61, 0x73, 0x6d]],
	["a script", [0x23, 0x21]],
	["a Windows shortcut", [0x4c, 0x00, 0x00, 0x00, 0x01, 0x14, 0x02, 0x00]],
	["a help file with scripts", [0x49, 0x54, 0x53, 0x46]],
	["a Debian package", [0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e]],
	["an RPM package", [0xed, 0xab, 0xee, 0xdb]],
];

const MARKUP =
	/^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*<(!doctype\s+(html|svg)|html|svg|script|iframe|body)\b/i;

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

/** Why a file may not travel, in plain English; null when it may. `head`: its first bytes, 512 are enough. */
export function refusalOf(name: string, head: Uint8Array): string | null {
	const endings = name.toLowerCase().trimEnd().split(".").slice(1);
	const last = endings.at(-1)?.replace(/[^a-z0-9-]/g, "") ?? "";
	if (EXTENSIONS.has(last)) return `a file ending in .${last} can be run`;
	if (/[\u202a-\u202e\u2066-\u2069]/.test(name)) return "the name hides its ending";
	const magic = MAGIC.find(([, bytes]) => bytes.every((byte, index) => head[index] === byte));
	if (magic) return `this is ${magic[0]}`;
	if (MARKUP.test(new TextDecoder().decode(head.subarray(0, 512)))) return "this is a page with scripts";
	return null;
}

export function shownType(mediaType: string): string {
	const plain = mediaType.toLowerCase().split(";")[0]?.trim() ?? "";
	return SHOWN.has(plain) ? plain : "application/octet-stream";
}
