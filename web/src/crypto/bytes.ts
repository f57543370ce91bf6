/** Bytes and their spellings. Base64 is standard with padding, base64url is without (RFC 4648 sections 4 and 5). */

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

export function utf8(text: string): Bytes {
	return encoder.encode(text);
}

/** Raises: TypeError when `bytes` is not UTF-8. */
export function text(bytes: Uint8Array): string {
	return decoder.decode(bytes);
}

export function concat(...parts: Uint8Array[]): Bytes {
	const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
	let offset = 0;
	for (const part of parts) {
		joined.set(part, offset);
		offset += part.length;
	}
	return joined;
}

/** A copy that owns its buffer, as WebCrypto's types ask for. */
export function owned(bytes: Uint8Array): Bytes {
	return new Uint8Array(bytes);
}

export function equal(left: Uint8Array, right: Uint8Array): boolean {
	return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

export function hex(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Raises: TypeError when `digits` is not an even number of hexadecimal digits. */
export function fromHex(digits: string): Bytes {
	if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new TypeError("not hexadecimal");
	return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function base64(bytes: Uint8Array): string {
	let binary = "";
	for (let at = 0; at < bytes.length; at += 0x8000) {
		binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
	}
	return btoa(binary);
}

/** Raises: DOMException when `encoded` is not base64. */
export function fromBase64(encoded: string): Bytes {
	return Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
}

export function base64url(bytes: Uint8Array): string {
	return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Raises: DOMException when `encoded` is neither base64url nor base64. */
export function fromBase64url(encoded: string): Bytes {
	return fromBase64(encoded.replaceAll("-", "+").replaceAll("_", "/"));
}

export async function sha256(bytes: Uint8Array): Promise<Bytes> {
	return new Uint8Array(await crypto.subtle.digest("SHA-256", owned(bytes)));
}
