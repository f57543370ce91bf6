/** The frame of a certificate: what is signed, by which algorithm, and the signature (RFC 5280 section 4.1), read in the
 *  one form that DER allows. A general parser forgives lengths and padding around the signed part; this does not. */

import { type Bytes, concat, equal, fromHex, owned } from "./bytes";

export interface Signed {
	/** tbsCertificate with its tag and length: the bytes under the signature. */
	tbs: Bytes;
	/** r and s, 32 bytes each, as WebCrypto takes it. */
	signature: Bytes;
}

/** AlgorithmIdentifier of ECDSA with SHA-256, without parameters (RFC 5758 section 3.2). */
const ECDSA_SHA256 = fromHex("300a06082a8648ce3d040302");
const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const COORDINATE_BYTES = 32;

/** null unless `der` is exactly one certificate, signed by ECDSA with SHA-256 on a curve of 256 bits. */
export function signedParts(der: Uint8Array): Signed | null {
	const whole = element(der, 0, SEQUENCE);
	if (!whole || whole.end !== der.length) return null;
	const tbs = element(der, whole.start, SEQUENCE);
	if (!tbs) return null;
	const bitsAt = tbs.end + ECDSA_SHA256.length;
	if (!equal(der.subarray(tbs.end, bitsAt), ECDSA_SHA256)) return null;
	const bits = element(der, bitsAt, BIT_STRING);
	if (!bits || bits.end !== der.length || der[bits.start] !== 0) return null;
	const signature = ecdsaSignature(der.subarray(bits.start + 1, bits.end));
	return signature && { tbs: owned(der.subarray(whole.start, tbs.end)), signature };
}

export async function isSignedBy({ tbs, signature }: Signed, key: CryptoKey): Promise<boolean> {
	return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, tbs);
}

/** Two positive integers in a sequence (RFC 3279 section 2.2.3), as fixed-width numbers. */
function ecdsaSignature(der: Uint8Array): Bytes | null {
	const pair = element(der, 0, SEQUENCE);
	if (!pair || pair.end !== der.length) return null;
	const r = element(der, pair.start, INTEGER);
	const s = r && element(der, r.end, INTEGER);
	if (!s || s.end !== der.length) return null;
	const [first, second] = [
		coordinate(der.subarray(r.start, r.end)),
		coordinate(der.subarray(s.start, s.end)),
	];
	return first && second && concat(first, second);
}

function coordinate(integer: Uint8Array): Uint8Array | null {
	const [first = 0, second = 0] = integer;
	const padded = first === 0 && integer.length > 1;
	if (integer.length === 0 || first > 0x7f || (padded && second <= 0x7f)) return null;
	const digits = padded ? integer.subarray(1) : integer;
	if (digits.length > COORDINATE_BYTES) return null;
	return concat(new Uint8Array(COORDINATE_BYTES - digits.length), digits);
}

/** Where the content of an element starts and ends; null for another tag or a length that DER would write otherwise. */
function element(der: Uint8Array, at: number, tag: number): { start: number; end: number } | null {
	const first = der[at + 1] ?? 0x80;
	if (der[at] !== tag) return null;
	const width = first < 0x80 ? 0 : first - 0x80;
	if (first === 0x80 || width > 2) return null;
	const start = at + 2 + width;
	const length =
		width === 0 ? first : der.subarray(at + 2, start).reduce((size, byte) => size * 256 + byte, 0);
	const shortest = width === 0 || (width === 1 ? length > 0x7f : length > 0xff);
	return shortest && start + length <= der.length ? { start, end: start + length } : null;
}
