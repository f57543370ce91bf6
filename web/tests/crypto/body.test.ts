import { describe, expect, it } from "vitest";
import { type Body, BodyRefused, decodeBody, encodeBody, paddedBytes } from "../../src/crypto/body";
import { text, utf8 } from "../../src/crypto/bytes";

const id = "0195a000-0000-7000-8000-000000000001";
const sentAt = "2026-03-01T12:00:00.000Z";
const attachment = {
	objectId: "0195a000-0000-7000-8000-000000000002",
	name: "Befund Müller.pdf",
	mediaType: "application/pdf",
	sizeBytes: 12,
	key: new Uint8Array(32).fill(1),
	sha256: new Uint8Array(32).fill(2),
	chunkBytes: 1_048_576,
	noncePrefix: new Uint8Array(7).fill(3),
};

describe("a message body", () => {
	it.each<Body>([
		{ id, sentAt, replyTo: null, type: "text", text: "Guten Morgen, Frau Kollegin – „Herz“ 🫀" },
		{ id, sentAt, replyTo: id, type: "text", text: "" },
		{ id, sentAt, replyTo: null, type: "title", title: "Herr M., Station 4" },
		{ id, sentAt, replyTo: null, type: "attachment", text: "anbei", attachment },
		{ id, sentAt, replyTo: null, type: "attachment", text: "", attachment },
	])("comes back as it was: $type", (body) => {
		expect(decodeBody(encodeBody(body))).toEqual(body);
	});

	it("is as the contract of clients says", () => {
		const body = encodeBody({ id, sentAt, replyTo: null, type: "attachment", text: "", attachment });
		expect(JSON.parse(text(body))).toEqual({
			v: 1,
			id,
			type: "attachment",
			sent_at: sentAt,
			attachment: {
				object_id: attachment.objectId,
				name: attachment.name,
				media_type: "application/pdf",
				size_bytes: 12,
				key: "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
				sha256: "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=",
				chunk_bytes: 1_048_576,
				nonce_prefix: "AwMDAwMDAw==",
			},
		});
	});

	it("has one of few lengths", () => {
		expect([1, 256, 257, 1000, 4096, 4097, 9000].map(paddedBytes)).toEqual([
			256, 256, 512, 1024, 4096, 8192, 12288,
		]);
		const yes = encodeBody({ id, sentAt, replyTo: null, type: "text", text: "ja" });
		const no = encodeBody({ id, sentAt, replyTo: null, type: "text", text: "nein, auf keinen Fall" });
		expect(yes.length).toBe(no.length);
	});

	it("is refused before sending when it is too long", () => {
		const body: Body = { id, sentAt, replyTo: null, type: "text", text: "ä".repeat(30_000) };
		expect(() => encodeBody(body)).toThrow(BodyRefused);
	});
});

describe("a message body from elsewhere is refused", () => {
	const valid = { v: 1, id, type: "text", text: "x", sent_at: sentAt };
	const wrong: [string, unknown][] = [
		["a later version", { ...valid, v: 2 }],
		["no id", { ...valid, id: "1" }],
		["no time", { ...valid, sent_at: "gestern" }],
		["an unknown kind", { ...valid, type: "poll" }],
		["a number as text", { ...valid, text: 7 }],
		["a list", [valid]],
		["nothing", null],
		["an attachment without key", { ...valid, type: "attachment", attachment: { object_id: id } }],
		["a title too long", { ...valid, type: "title", title: "x".repeat(201) }],
	];

	it.each(wrong)("with %s", (_, value) => {
		expect(() => decodeBody(utf8(JSON.stringify(value)))).toThrow(BodyRefused);
	});

	it("when it is no text at all", () => {
		expect(() => decodeBody(Uint8Array.of(0xff, 0xfe))).toThrow(BodyRefused);
		expect(() => decodeBody(utf8("{"))).toThrow(BodyRefused);
	});
});
