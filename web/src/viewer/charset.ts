/** Text of a DICOM file (PS3.5 section 6.1, defined terms of PS3.3 section C.12.1.1.2). */

const ENCODINGS: Record<string, string> = {
	"ISO_IR 13": "shift_jis",
	"ISO_IR 100": "iso-8859-1",
	"ISO_IR 101": "iso-8859-2",
	"ISO_IR 109": "iso-8859-3",
	"ISO_IR 110": "iso-8859-4",
	"ISO_IR 126": "iso-8859-7",
	"ISO_IR 127": "iso-8859-6",
	"ISO_IR 138": "iso-8859-8",
	"ISO_IR 144": "iso-8859-5",
	"ISO_IR 148": "iso-8859-9",
	"ISO_IR 166": "tis-620",
	"ISO_IR 192": "utf-8",
	"ISO_IR 203": "iso-8859-15",
	"ISO 2022 IR 58": "gbk",
	"ISO 2022 IR 87": "iso-2022-jp",
	"ISO 2022 IR 149": "euc-kr",
	"ISO 2022 IR 159": "iso-2022-jp",
	GB18030: "gb18030",
	GBK: "gbk",
};

/** The encoding's name for TextDecoder. `characterSet`: the value of (0008,0005), or nothing.
 *  With code extensions the last named set decides; an unknown one is read as Latin-1, which shows every byte. */
export function encodingOf(characterSet: string | undefined): string {
	const names = (characterSet ?? "").split("\\").map((name) => name.trim());
	const known = names
		.map((name) => ENCODINGS[name] ?? ENCODINGS[name.replace("ISO 2022 IR", "ISO_IR")])
		.filter((name) => name !== undefined);
	return known.at(-1) ?? "iso-8859-1";
}

/** One text value, without its padding. */
export function decodeText(bytes: Uint8Array, encoding: string): string {
	// NUL is a common, wrong padding; it must not reach the page.
	return new TextDecoder(encoding).decode(bytes).replaceAll("\0", "").trim();
}

/** A person's name as wards write it: "Family, Given Middle" (PS3.5 section 6.2.1.1: components by ^, groups by =). */
export function personName(value: string): string {
	const alphabetic = value.split("=")[0] ?? "";
	const [family = "", given = "", middle = ""] = alphabetic.split("^").map((part) => part.trim());
	const first = [given, middle].filter(Boolean).join(" ");
	return [family, first].filter(Boolean).join(", ");
}
