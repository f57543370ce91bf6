/** A JSON Web Signature with detached content (RFC 7515 appendix F) by the key of this device, ES256. The header carries
 *  the device's certificates (`x5c`, section 4.1.6), so that anybody who has the root can check it.
 *
 *  What the same key signs to be attached to a session begins with `medicus-attach:`; a signing input has no colon. */

import { base64, base64url, concat, utf8 } from "./bytes";
import { canonical } from "./canonical";
import { ECDSA_SHA256 } from "./pki";

/** `chain`: DER, device first. Returns the compact serialization, without the content between its two dots. */
export async function signDetached(
	deviceKey: CryptoKey,
	chain: readonly Uint8Array[],
	content: Uint8Array,
): Promise<string> {
	const header = base64url(utf8(canonical({ alg: "ES256", x5c: chain.map(base64) })));
	const input = concat(utf8(`${header}.`), utf8(base64url(content)));
	const signature = new Uint8Array(await crypto.subtle.sign(ECDSA_SHA256, deviceKey, input));
	return `${header}..${base64url(signature)}`;
}
