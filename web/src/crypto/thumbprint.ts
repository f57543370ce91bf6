/** The name of an MLS signature key: its JWK thumbprint (RFC 7638; RFC 8037 appendix A.3) and that as URI (RFC 9278). */

import { base64url, sha256, utf8 } from "./bytes";

export const THUMBPRINT_URI = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:";

/** `publicKey`: raw Ed25519, 32 bytes. Returns 43 characters. */
export async function ed25519Thumbprint(publicKey: Uint8Array): Promise<string> {
	if (publicKey.length !== 32) throw new TypeError("an Ed25519 key has 32 bytes");
	const jwk = `{"crv":"Ed25519","kty":"OKP","x":"${base64url(publicKey)}"}`;
	return base64url(await sha256(utf8(jwk)));
}
