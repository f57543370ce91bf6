/** UUIDs as the service uses them: version 7 made on the client (RFC 9562 section 5.7), and their bytes. */

import { type Bytes, fromHex, hex } from "./bytes";

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** `random`: 10 bytes; `atMs`: milliseconds since 1970. */
export function uuid7(atMs: number, random: Uint8Array): string {
	if (random.length < 10) throw new TypeError("a UUID needs 10 random bytes");
	const bytes = new Uint8Array(16);
	new DataView(bytes.buffer).setBigUint64(0, BigInt(Math.floor(atMs)) << 16n);
	bytes.set(random.subarray(0, 10), 6);
	bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
	bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
	return uuidOf(bytes);
}

/** A fresh UUIDv7 by the browser's clock and randomness. */
export function newId(): string {
	return uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
}

/** When a UUIDv7 was made, by the clock of who made it; ISO 8601. */
export function idTime(id: string): string {
	return new Date(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toISOString();
}

export function isUuid(value: string): boolean {
	return FORM.test(value);
}

/** Raises: TypeError unless `bytes` are 16. */
export function uuidOf(bytes: Uint8Array): string {
	if (bytes.length !== 16) throw new TypeError("a UUID has 16 bytes");
	return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Raises: TypeError when `id` is not a UUID in lower case. */
export function uuidBytes(id: string): Bytes {
	if (!isUuid(id)) throw new TypeError("not a UUID");
	return fromHex(id.replaceAll("-", ""));
}
