import { describe, expect, it } from "vitest";
import type { Annotation } from "../../src/crypto/annotation";
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

const target = "0195a000-0000-7000-8000-000000000003";
const annotations: Annotation[] = [
	{ act: "edit", text: "10 mg", mentions: [id] },
	{ act: "edit", text: "10 mg", mentions: [] },
	{ act: "recall" },
	{ act: "reaction", reaction: "looking", set: true },
	{ act: "pin", set: false },
];

describe("a message body", () => {
	it.each<Body>([
		{ id, sentAt, replyTo: null, type: "text", text: "Guten Morgen, Frau Kollegin – „Herz“ 🫀" },
		{ id, sentAt, replyTo: id, type: "text", text: "" },
		{ id, sentAt, replyTo: null, type: "title", title: "Herr M., Station 4" },
		{ id, sentAt, replyTo: null, type: "attachment", text: "anbei", attachment },
		{ id, sentAt, replyTo: null, type: "attachment", text: "", attachment },
		{ id, sentAt, replyTo: null, type: "text", text: "@Bob bitte", mentions: [target], forwarded: true },
		{ id, sentAt, replyTo: null, type: "attachment", text: "", attachment, forwarded: true },
		...annotations.map(
			(annotation) => ({ id, sentAt, replyTo: null, type: "annotation", target, annotation }) as const,
		),
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
		["an answer to no message", { ...valid, reply_to: "1" }],
		["a mention of nobody", { ...valid, mentions: ["Bob"] }],
		["mentions that are no list", { ...valid, mentions: id }],
		["more mentions than a conversation has people", { ...valid, mentions: new Array(251).fill(id) }],
		["an annotation of nothing", { ...valid, type: "annotation", annotation: { act: "recall" } }],
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

describe("what later versions add", () => {
	const sent = { id: "0195a000-0000-7000-8000-00000000000a", sentAt: "2026-03-01T12:00:00Z", replyTo: null };
	const role = { id: "0195a000-0000-7000-8000-00000000000b", name: "Rufdienst", hospital: "Klinik B" };
	const handed = {
		id: "0195a000-0000-7000-8000-00000000000c",
		senderPersonId: "0195a000-0000-7000-8000-00000000000d",
		sentAt: "2026-03-01T11:00:00Z",
		text: "Kalium 7,1",
	};
	const raw = (fields: object) =>
		new TextEncoder().encode(JSON.stringify({ v: 1, id: sent.id, sent_at: sent.sentAt, ...fields }));

	it("the role to which a conversation is addressed travels with its title", () => {
		const body = { ...sent, type: "title", title: "Verlegung", role } as const;
		expect(decodeBody(encodeBody(body))).toEqual(body);
	});

	it("messages that are handed on travel with a text", () => {
		const body = { ...sent, type: "text", text: "", handedOn: [handed] } as const;
		expect(decodeBody(encodeBody({ ...body, handedOn: [handed] }))).toEqual(body);
	});

	it.each([
		["a role without an id", { type: "title", title: "x", role: { ...role, id: "1" } }],
		["a role that is a text", { type: "title", title: "x", role: "Rufdienst" }],
		["a list that is none", { type: "text", text: "x", handed_on: {} }],
		["too much at once", { type: "text", text: "x", handed_on: Array(21).fill({}) }],
		["a message without a time", { type: "text", text: "x", handed_on: [{ ...handed, sender: sent.id }] }],
	])("%s is refused", (_, fields) => {
		expect(() => decodeBody(raw(fields))).toThrow(BodyRefused);
	});
});

describe("an annotation from elsewhere is refused", () => {
	const wrong: [string, unknown][] = [
		["that is none", null],
		["of an unknown act", { act: "poll" }],
		["with a sign that is not in the set", { act: "reaction", reaction: "💣", set: true }],
		["that neither sets nor takes back", { act: "reaction", reaction: "agree" }],
		["that pins with a word", { act: "pin", set: "yes" }],
		["that changes a text to nothing", { act: "edit", text: "  " }],
		["that changes a text to a number", { act: "edit", text: 7 }],
		["that changes a text to one too long", { act: "edit", text: "x".repeat(40_001) }],
		["that names nobody's id", { act: "edit", text: "x", mentions: ["Bob"] }],
	];

	it.each(wrong)("%s", (_, annotation) => {
		const body = { v: 1, id, type: "annotation", sent_at: sentAt, target, annotation };
		expect(() => decodeBody(utf8(JSON.stringify(body)))).toThrow(BodyRefused);
	});

	it("carries nothing but what its act needs", () => {
		const annotation = { act: "recall", text: "Geheim", set: true };
		const body = { v: 1, id, type: "annotation", sent_at: sentAt, target, annotation };
		expect(decodeBody(utf8(JSON.stringify(body)))).toMatchObject({ annotation: { act: "recall" } });
		expect(decodeBody(utf8(JSON.stringify(body)))).not.toHaveProperty("annotation.text");
	});
});
