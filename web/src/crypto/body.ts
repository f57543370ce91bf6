/** What stands inside an encrypted message: JSON, padded so that its length tells little.
 *
 *  Lengths are 256, 512, 1024, 2048, 4096 bytes and then multiples of 4096; the padding is spaces after the JSON. */

import { type Annotation, readAnnotation, readMentions, wireAnnotation } from "./annotation";
import { type Bytes, base64, text as decode, fromBase64, utf8 } from "./bytes";
import { isUuid } from "./ids";

export interface AttachmentReference {
	objectId: string;
	name: string;
	mediaType: string;
	sizeBytes: number;
	key: Bytes;
	sha256: Bytes;
	chunkBytes: number;
	noncePrefix: Bytes;
}

/** The role to which a conversation is addressed, as its author calls it. */
export interface RoleReference {
	id: string;
	name: string;
	hospital: string;
}

/** A message that somebody hands on to who has come later; only its hander vouches for it. */
export interface HandedOn {
	id: string;
	senderPersonId: string;
	sentAt: string;
	text: string;
}

/** `mentions`: ids of people whom the text names.   `forwarded`: the sender did not write this for here.
 *  annotation: speaks about the message `target`. */
export type Content =
	| { type: "text"; text: string; mentions?: string[]; forwarded?: boolean; handedOn?: HandedOn[] }
	| { type: "title"; title: string; role?: RoleReference }
	| { type: "attachment"; text: string; attachment: AttachmentReference; forwarded?: boolean }
	| { type: "annotation"; target: string; annotation: Annotation };

export type Body = { id: string; sentAt: string; replyTo: string | null } & Content;

/** The plaintext is no message of this format, or of a later one; the message says which. */
export class BodyRefused extends Error {}

export const MAXIMUM_TEXT_BYTES = 40_000;
const MAXIMUM_TITLE = 200;
export const MAXIMUM_HANDED_ON = 20;
const SMALLEST_BYTES = 256;
const LARGE_BYTES = 4096;

/** Raises: BodyRefused when the text is too long to travel. */
export function encodeBody(body: Body): Bytes {
	const plain = utf8(JSON.stringify(wire(body)));
	if (plain.length > MAXIMUM_TEXT_BYTES) throw new BodyRefused("the text is too long");
	const padded = new Uint8Array(paddedBytes(plain.length)).fill(0x20);
	padded.set(plain);
	return padded;
}

export function paddedBytes(size: number): number {
	if (size > LARGE_BYTES) return Math.ceil(size / LARGE_BYTES) * LARGE_BYTES;
	let bucket = SMALLEST_BYTES;
	while (bucket < size) bucket *= 2;
	return bucket;
}

/** Raises: BodyRefused. Everything here was chosen by another person's device: nothing is taken on trust. */
export function decodeBody(padded: Uint8Array): Body {
	const fields = record(parseJson(padded));
	if (fields.v !== 1) throw new BodyRefused("the message is of a later version");
	const id = string(fields.id, 36);
	if (!isUuid(id)) throw new BodyRefused("the message has no id");
	const sentAt = string(fields.sent_at, 40);
	if (Number.isNaN(Date.parse(sentAt))) throw new BodyRefused("the message has no time");
	const replyTo = fields.reply_to == null ? null : messageId(fields.reply_to);
	return { id, sentAt, replyTo, ...content(fields) };
}

function content(fields: Record<string, unknown>): Content {
	switch (fields.type) {
		case "text": {
			const text = string(fields.text, MAXIMUM_TEXT_BYTES);
			return { type: "text", text, ...marks(fields), ...handed(fields.handed_on) };
		}
		case "title":
			return { type: "title", title: string(fields.title, MAXIMUM_TITLE), ...addressed(fields.role) };
		case "attachment": {
			const caption = fields.text == null ? "" : string(fields.text, MAXIMUM_TEXT_BYTES);
			const attachment = reference(record(fields.attachment));
			return { type: "attachment", text: caption, attachment, ...forwardedMark(fields) };
		}
		case "annotation": {
			const annotation = readAnnotation(fields.annotation);
			if (!annotation) throw new BodyRefused("the message is of an unknown kind");
			return { type: "annotation", target: messageId(fields.target), annotation };
		}
		default:
			throw new BodyRefused("the message is of an unknown kind");
	}
}

function handed(list: unknown): { handedOn?: HandedOn[] } {
	if (list == null) return {};
	if (!Array.isArray(list) || list.length > MAXIMUM_HANDED_ON) throw new BodyRefused("too much is handed on");
	const handedOn = list.map((item) => {
		const { id, sender, sent_at, text } = record(item);
		const one = { id: string(id, 36), senderPersonId: string(sender, 36), sentAt: string(sent_at, 40) };
		const known = isUuid(one.id) && isUuid(one.senderPersonId) && !Number.isNaN(Date.parse(one.sentAt));
		if (!known) throw new BodyRefused("what is handed on is malformed");
		return { ...one, text: string(text, MAXIMUM_TEXT_BYTES) };
	});
	return { handedOn };
}

/** A title of earlier versions addresses nobody. */
function addressed(role: unknown): { role?: RoleReference } {
	if (role == null) return {};
	const { id, name, hospital } = record(role);
	const known = { id: string(id, 36), name: string(name, MAXIMUM_TITLE), hospital: string(hospital, 255) };
	if (!isUuid(known.id)) throw new BodyRefused("the role is malformed");
	return { role: known };
}

/** Only what is there: most messages name nobody and were written for here. */
function marks(fields: Record<string, unknown>): { mentions?: string[]; forwarded?: boolean } {
	const mentions = readMentions(fields.mentions);
	if (!mentions) throw new BodyRefused("the mentions are malformed");
	return { ...(mentions.length > 0 ? { mentions } : {}), ...forwardedMark(fields) };
}

function forwardedMark({ forwarded }: Record<string, unknown>): { forwarded?: boolean } {
	return forwarded === true ? { forwarded } : {};
}

function messageId(value: unknown): string {
	const id = string(value, 36);
	if (!isUuid(id)) throw new BodyRefused("the message speaks about none");
	return id;
}

function wire(body: Body): Record<string, unknown> {
	const fields = {
		v: 1,
		id: body.id,
		type: body.type,
		sent_at: body.sentAt,
		reply_to: body.replyTo ?? undefined,
	};
	if (body.type === "title") return { ...fields, title: body.title, role: body.role };
	if (body.type === "annotation") {
		return { ...fields, target: body.target, annotation: wireAnnotation(body.annotation) };
	}
	const forwarded = body.forwarded || undefined;
	if (body.type === "text") {
		return {
			...fields,
			text: body.text,
			mentions: body.mentions?.length ? body.mentions : undefined,
			forwarded,
			handed_on: body.handedOn?.map(wireHandedOn),
		};
	}
	const { attachment } = body;
	return {
		...fields,
		text: body.text || undefined,
		forwarded,
		attachment: {
			object_id: attachment.objectId,
			name: attachment.name,
			media_type: attachment.mediaType,
			size_bytes: attachment.sizeBytes,
			key: base64(attachment.key),
			sha256: base64(attachment.sha256),
			chunk_bytes: attachment.chunkBytes,
			nonce_prefix: base64(attachment.noncePrefix),
		},
	};
}

function wireHandedOn({ id, senderPersonId, sentAt, text }: HandedOn): Record<string, string> {
	return { id, sender: senderPersonId, sent_at: sentAt, text };
}

function reference(fields: Record<string, unknown>): AttachmentReference {
	const objectId = string(fields.object_id, 36);
	const sizeBytes = count(fields.size_bytes, 2 ** 40);
	const chunkBytes = count(fields.chunk_bytes, 2 ** 26);
	if (!isUuid(objectId) || chunkBytes < 1024) throw new BodyRefused("the attachment's address is malformed");
	return {
		objectId,
		name: string(fields.name, 255),
		mediaType: string(fields.media_type, 127),
		sizeBytes,
		key: bytes(fields.key, 32),
		sha256: bytes(fields.sha256, 32),
		chunkBytes,
		noncePrefix: bytes(fields.nonce_prefix, 7),
	};
}

function parseJson(padded: Uint8Array): unknown {
	try {
		return JSON.parse(decode(padded));
	} catch {
		throw new BodyRefused("the message is not readable text");
	}
}

function record(value: unknown): Record<string, unknown> {
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		throw new BodyRefused("the message is malformed");
	}
	return value as Record<string, unknown>;
}

function string(value: unknown, longest: number): string {
	if (typeof value !== "string" || value.length > longest)
		throw new BodyRefused("a text is missing or too long");
	return value;
}

function count(value: unknown, largest: number): number {
	if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) > largest) {
		throw new BodyRefused("a size is malformed");
	}
	return value as number;
}

function bytes(value: unknown, size: number): Bytes {
	try {
		const decoded = fromBase64(string(value, 64));
		if (decoded.length === size) return decoded;
	} catch {
		// Falls through to the one refusal: what exactly was wrong helps nobody.
	}
	throw new BodyRefused("a key is malformed");
}
