/** The people and conversations of the element tests. */
import type { Conversation, Member, Message } from "../../src/engine/types";

export const ME = "01900000-0000-7000-8000-0000000000a1";

const A = { id: "0190aaaa-0000-7000-8000-000000000000", name: "Universitätsklinikum Albstadt" };
const B = { id: "0190bbbb-0000-7000-8000-000000000000", name: "Kreisklinik Bodensee" };
const C = { id: "0190cccc-0000-7000-8000-000000000000", name: "Zentrum für Radiologie Crailsheim" };

const FINGERPRINT = "5f2c9e71d04ab83366f1097e2acd5b90c47de8120f3a96b5714ce02d8bf5a36e";

export function member(name: string, more: Partial<Member> = {}): Member {
	const id = [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 0xffffffffff;
	return {
		personId: `01900000-0000-7000-8000-${id.toString(16).padStart(12, "0")}`,
		name,
		function: "Oberarzt Kardiologie",
		organisation: A,
		owner: false,
		devices: 1,
		delivered: 0,
		seen: 0,
		fingerprint: FINGERPRINT,
		keyChanged: false,
		domain: "a.example",
		keySince: "2026-02-01T12:00:00.000Z",
		keyResets: 0,
		verifiedAt: null,
		wasVerified: false,
		devicesSince: ["2026-02-01T12:00:00.000Z"],
		...more,
	};
}

export const alice = (more: Partial<Member> = {}) =>
	member("Dr. Alice Albrecht", {
		personId: ME,
		function: "Oberärztin Kardiologie",
		owner: true,
		devices: 2,
		...more,
	});
export const bob = (more: Partial<Member> = {}) =>
	member("Prof. Dr. Bob Baumgärtner-Schwenninger", {
		organisation: B,
		function: "Chefarzt Radiologie",
		owner: true,
		...more,
	});
export const anton = (more: Partial<Member> = {}) =>
	member("Anton Aydın", { function: "Assistenzarzt Kardiologie", ...more });
export const carla = (more: Partial<Member> = {}) =>
	member("Dr. Carla Çelik", { organisation: C, function: "Fachärztin Radiologie", ...more });

export const id = (number: number) =>
	`0190${number.toString(16).padStart(4, "0")}-1111-7000-8000-000000000000`;

export function conversation(
	number: number,
	members: Member[],
	more: Partial<Conversation> = {},
): Conversation {
	return {
		id: id(number),
		kind: members.length > 2 ? "team" : "direct",
		title: null,
		members,
		trust: { state: "verified" },
		lastMessage: null,
		unread: 0,
		joinedAt: "2026-03-02T08:00:00Z",
		active: true,
		contact: null,
		case: null,
		retention: null,
		kept: [],
		recorded: [],
		expiredSeq: 0,
		...more,
	};
}

let count = 0;

export function message(
	seq: number | null,
	sender: Member,
	text: string,
	more: Partial<Message> = {},
): Message {
	count += 1;
	return {
		id: `0190eeee-${count.toString(16).padStart(4, "0")}-7000-8000-000000000000`,
		conversationId: id(1),
		seq,
		type: "text",
		senderPersonId: sender.personId,
		senderName: sender.name,
		own: sender.personId === ME,
		text,
		attachment: null,
		sentAt: new Date(Date.now() - 3_600_000).toISOString(),
		send: sender.personId === ME && seq !== null ? { state: "sent", seq } : null,
		...more,
	};
}

export function file(
	seq: number | null,
	sender: Member,
	name: string,
	mediaType: string,
	bytes: number,
): Message {
	const attachment = { objectId: id(999), name, mediaType, sizeBytes: bytes };
	return message(seq, sender, "", { type: "attachment", attachment });
}
