/** Transfer syntaxes (PS3.5 annex A, PS3.6 table A-1) that this viewer decodes, by UID. */
const DECODED = new Set([
	"1.2.840.10008.1.2", // implicit little endian
	"1.2.840.10008.1.2.1", // explicit little endian
	"1.2.840.10008.1.2.1.99", // deflated
	"1.2.840.10008.1.2.2", // explicit big endian
	"1.2.840.10008.1.2.5", // RLE
	"1.2.840.10008.1.2.4.50", // JPEG baseline
	"1.2.840.10008.1.2.4.51", // JPEG extended
	"1.2.840.10008.1.2.4.57", // JPEG lossless
	"1.2.840.10008.1.2.4.70", // JPEG lossless, first-order prediction
	"1.2.840.10008.1.2.4.80", // JPEG-LS lossless
	"1.2.840.10008.1.2.4.81", // JPEG-LS near-lossless
	"1.2.840.10008.1.2.4.90", // JPEG 2000 lossless
	"1.2.840.10008.1.2.4.91", // JPEG 2000
	"1.2.840.10008.1.2.4.201", // HTJ2K lossless
	"1.2.840.10008.1.2.4.202", // HTJ2K lossless RPCL
	"1.2.840.10008.1.2.4.203", // HTJ2K
]);

export const DEFLATED = "1.2.840.10008.1.2.1.99";
export const EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";

export function isDecoded(transferSyntaxUid: string): boolean {
	return DECODED.has(transferSyntaxUid);
}
