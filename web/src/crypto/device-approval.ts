/** What an administrator approves: the keys of one browser. The encoding stands in identity/device_approval.py, vectors in
 *  tests/vectors/device-approval.json. */

import { type Bytes, concat, fromBase64url, sha256, utf8 } from "./bytes";
import { uuidBytes } from "./ids";
import { ALPHABET } from "./join";
import { ed25519Thumbprint } from "./thumbprint";

export interface ApprovalKeys {
	deviceId: string;
	/** SHA-256 of the identity key's SubjectPublicKeyInfo. */
	identityFingerprint: Uint8Array;
	/** Raw Ed25519, 32 bytes. */
	mlsKey: Uint8Array;
	/** SubjectPublicKeyInfo, DER. */
	deviceKey: Uint8Array;
}

const LABEL = "medicus-device-approval/1\n";
const CODE_CHARACTERS = 16;

/** The 32 bytes that are approved. Raises: TypeError when a key or fingerprint has not got 32 bytes. */
export async function approvalFingerprint(
	{ deviceId, identityFingerprint, mlsKey, deviceKey }: ApprovalKeys,
	personId: string,
	organisationId: string,
): Promise<Bytes> {
	if (identityFingerprint.length !== 32 || mlsKey.length !== 32)
		throw new TypeError("a fingerprint and an MLS key have 32 bytes");
	const ids = [personId, organisationId, deviceId].map(uuidBytes);
	const thumbprint = fromBase64url(await ed25519Thumbprint(mlsKey));
	return sha256(concat(utf8(LABEL), ...ids, identityFingerprint, thumbprint, deviceKey));
}

/** The first 80 bits, as they are read out: "X7QK-1YGR-0N1D-YR3C". */
export function approvalCode(fingerprint: Uint8Array): string {
	const number = fingerprint.slice(0, 10).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
	const symbols = Array.from({ length: CODE_CHARACTERS }, (_, at) => {
		return ALPHABET[Number((number >> BigInt(5 * (CODE_CHARACTERS - 1 - at))) & 31n)];
	});
	return symbols.join("").replace(/(.{4})(?=.)/g, "$1-");
}
