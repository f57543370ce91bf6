import { describe, expect, it } from "vitest";
import { concat, utf8 } from "../../src/crypto/bytes";
import { MAXIMUM_PIXELS, sizeOf } from "../../src/preview/image-size";

const big = (value: number, bytes: number) =>
	Uint8Array.from({ length: bytes }, (_, at) => (value >>> (8 * (bytes - 1 - at))) & 0xff);
const little = (value: number, bytes: number) => big(value, bytes).reverse();
const png = (width: number, height: number) =>
	concat(
		Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10),
		big(13, 4),
		utf8("IHDR"),
		big(width, 4),
		big(height, 4),
	);
const segment = (marker: number, length: number) =>
	concat(Uint8Array.of(0xff, marker), big(length + 2, 2), new Uint8Array(length));
const jpeg = (width: number, height: number, before: Uint8Array = new Uint8Array(0)) =>
	concat(
		Uint8Array.of(0xff, 0xd8),
		before,
		Uint8Array.of(0xff, 0xc2, 0, 11, 8),
		big(height, 2),
		big(width, 2),
	);
const riff = (kind: string, rest: Uint8Array) =>
	concat(utf8("RIFF"), new Uint8Array(4), utf8("WEBP"), utf8(kind), rest);

describe("the size of a picture", () => {
	it.each([
		["PNG", png(640, 480), "image/png"],
		["GIF", concat(utf8("GIF89a"), little(640, 2), little(480, 2)), "image/gif"],
		["JPEG", jpeg(640, 480), "image/jpeg"],
		[
			"JPEG with camera data",
			jpeg(640, 480, concat(segment(0xe1, 60_000), segment(0xdb, 65), segment(0xc4, 30))),
			"image/jpeg",
		],
		["WebP", riff("VP8 ", concat(new Uint8Array(10), little(640, 2), little(480, 2))), "image/webp"],
		[
			"WebP without loss",
			riff("VP8L", concat(new Uint8Array(4), Uint8Array.of(0x2f), little(639 | (479 << 14), 4))),
			"image/webp",
		],
		[
			"WebP with extensions",
			riff("VP8X", concat(new Uint8Array(8), little(639, 3), little(479, 3))),
			"image/webp",
		],
	])("stands in its header: %s", (_, head, type) => {
		expect(sizeOf(head)).toEqual({ type, width: 640, height: 480 });
	});

	it("tells a bomb before it is decoded", () => {
		const size = sizeOf(png(60_000, 60_000));
		expect((size?.width ?? 0) * (size?.height ?? 0)).toBeGreaterThan(MAXIMUM_PIXELS);
	});

	it("is not known of anything else, or of half a header", () => {
		for (const head of [
			new Uint8Array(0),
			utf8("%PDF-1.7"),
			png(1, 1).subarray(0, 18),
			jpeg(1, 1).subarray(0, 8),
		]) {
			expect(sizeOf(head)).toBeNull();
		}
	});
});
