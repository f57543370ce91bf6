/** What ties a new device's approval to the keys that its browser made. Both browsers compute it from what they have;
 *  the encoding stands in identity/device_join.py, vectors in tests/vectors/device-join.json. */

import { type Bytes, concat, owned, sha256, utf8 } from "./bytes";
import { uuidBytes } from "./ids";

export interface JoinKeys {
	deviceId: string;
	/** 32 random bytes, fresh for each request. */
	nonce: Uint8Array;
	/** Raw Ed25519, 32 bytes. */
	mlsKey: Uint8Array;
	/** Of ECDH on P-256, uncompressed, 65 bytes; fresh for each request. */
	agreementKey: Uint8Array;
	/** SubjectPublicKeyInfo, DER. */
	deviceKey: Uint8Array;
}

const LABEL = "medicus-device-join/2\n";
const CODE_SALT = "medicus-device-join-code/1";
const CODE_ITERATIONS = 200_000;
const CODE_CHARACTERS = 12;
/** Crockford's base 32: nothing that is read as something else. */
export const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The 32 bytes in the QR code. Raises: TypeError when a part has another length. */
export async function joinFingerprint(
	{ deviceId, nonce, mlsKey, agreementKey, deviceKey }: JoinKeys,
	personId: string,
	organisationId: string,
): Promise<Bytes> {
	if (nonce.length !== 32 || mlsKey.length !== 32)
		throw new TypeError("a nonce and an MLS key have 32 bytes");
	if (agreementKey.length !== 65) throw new TypeError("an agreement key has 65 bytes");
	const ids = [personId, organisationId, deviceId].map(uuidBytes);
	return sha256(concat(utf8(LABEL), ...ids, nonce, mlsKey, agreementKey, deviceKey));
}

/** The fingerprint as people type it: 60 bits, "MEB2-DEQ0-HWC6".
 *
 *  Stretched, because whoever carries the keys has ten minutes to look for others with the same code: each try costs
 *  200,000 steps. */
export async function joinCode(fingerprint: Uint8Array): Promise<string> {
	const key = await crypto.subtle.importKey("raw", owned(fingerprint), "PBKDF2", false, ["deriveBits"]);
	const salt = utf8(CODE_SALT);
	const algorithm = { name: "PBKDF2", hash: "SHA-256", salt, iterations: CODE_ITERATIONS };
	const bits = new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 64));
	const number = bits.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) >> 4n;
	const symbols = Array.from({ length: CODE_CHARACTERS }, (_, at) => {
		return ALPHABET[Number((number >> BigInt(5 * (CODE_CHARACTERS - 1 - at))) & 31n)];
	});
	return symbols.join("").replace(/(.{4})(?=.)/g, "$1-");
}

/** What somebody typed, in the code's own form; null when it cannot be one. */
export function readCode(typed: string): string | null {
	const plain = typed.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
	const isOne = plain.length === CODE_CHARACTERS && [...plain].every((symbol) => ALPHABET.includes(symbol));
	return isOne ? plain.replace(/(.{4})(?=.)/g, "$1-") : null;
}
