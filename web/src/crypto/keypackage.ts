/** Whose key package is this? Reads the identity and the signature key from a KeyPackage (RFC 9420 section 10) without
 *  its MLSMessage header, so that a stranger's package is refused before anybody is added. */

import { type Bytes, owned, text } from "./bytes";

export interface KeyPackageOwner {
	identity: string;
	/** Ed25519, 32 bytes. */
	signatureKey: Bytes;
}

/** Not a KeyPackage of cipher suite 1 with a basic credential. */
export class KeyPackageRefused extends Error {}

const MLS_10 = 1;
const CIPHER_SUITE = 1;
const BASIC = 1;

/** Raises: KeyPackageRefused. */
export function keyPackageOwner(keyPackage: Uint8Array): KeyPackageOwner {
	const reader = new Reader(keyPackage);
	if (reader.uint16() !== MLS_10 || reader.uint16() !== CIPHER_SUITE) {
		throw new KeyPackageRefused("a key package of another protocol");
	}
	reader.opaque(); // init_key
	reader.opaque(); // leaf_node.encryption_key
	const signatureKey = owned(reader.opaque());
	if (signatureKey.length !== 32 || reader.uint16() !== BASIC) {
		throw new KeyPackageRefused("a key package with another kind of credential");
	}
	try {
		return { signatureKey, identity: text(reader.opaque()) };
	} catch {
		throw new KeyPackageRefused("a key package without a readable identity");
	}
}

class Reader {
	private at = 0;

	constructor(private readonly bytes: Uint8Array) {}

	uint16(): number {
		const [high = 0, low = 0] = this.take(2);
		return high * 256 + low;
	}

	/** A vector with a length of one, two or four bytes (RFC 9000 section 16, RFC 9420 section 2.1.2). */
	opaque(): Uint8Array {
		const [first = 0] = this.take(1);
		const width = 2 ** (first >> 6);
		if (width > 4) throw new KeyPackageRefused("a length is malformed");
		const rest = this.take(width - 1);
		return this.take(rest.reduce((size, byte) => size * 256 + byte, first & 0x3f));
	}

	private take(size: number): Uint8Array {
		const end = this.at + size;
		if (end > this.bytes.length) throw new KeyPackageRefused("a key package ends too early");
		const taken = this.bytes.subarray(this.at, end);
		this.at = end;
		return taken;
	}
}
