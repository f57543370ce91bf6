/** The safety number of two people: sixty digits that are the same on both sides if each has the other's true identity key.
 *
 *      half   = PBKDF2-HMAC-SHA-256(fingerprint, "medicus-safety-number/1" ‖ 0x0a ‖ person ‖ domain, 200,000), 30 bytes
 *      digits = each five bytes of it, as a big-endian number, modulo 100,000: thirty digits
 *      number = the digits of both people, the smaller ones first
 *
 *  Stretched, because thirty digits are 100 bits: whoever looks for a key with the digits of another pays for every try.
 *  Vectors: `web/tests/vectors/safety-number.json`. */

import { concat, fromHex, utf8 } from "./bytes";
import { uuidBytes } from "./ids";

export interface Identity {
	personId: string;
	domain: string;
	/** SHA-256 of the identity key, hex. */
	fingerprint: string;
}

const ITERATIONS = 200_000;
const CHUNK_BYTES = 5;
const CHUNKS = 6;

/** Sixty digits, in the same order whoever asks. */
export async function safetyNumber(one: Identity, other: Identity): Promise<string> {
	return (await Promise.all([digits(one), digits(other)])).sort().join("");
}

async function digits({ personId, domain, fingerprint }: Identity): Promise<string> {
	const key = await crypto.subtle.importKey("raw", fromHex(fingerprint), "PBKDF2", false, ["deriveBits"]);
	const salt = concat(utf8("medicus-safety-number/1\n"), uuidBytes(personId), utf8(domain));
	const options = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS };
	const bits = await crypto.subtle.deriveBits(options, key, CHUNK_BYTES * CHUNKS * 8);
	const bytes = new Uint8Array(bits);
	return Array.from({ length: CHUNKS }, (_, at) => chunk(bytes.subarray(at * CHUNK_BYTES))).join("");
}

function chunk(bytes: Uint8Array): string {
	const number = bytes.subarray(0, CHUNK_BYTES).reduce((sum, byte) => sum * 256 + byte, 0);
	return String(number % 100_000).padStart(5, "0");
}
