/** Requests to get in touch in every state: those of the person here, and those to her. */
import type { Contact, Conversation, Member, Message } from "../../src/engine/types";
import { alice, bob, carla, conversation, file, id, member, message } from "./cast";
import { FakeMessenger } from "./fake-messenger";

const DAY = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString();

export const ROLE = { id: id(901), name: "Rufdienst Angeborene Herzfehler" };
export const ROLES = [
	{ ...ROLE, description: "Tag und Nacht, auch für andere Häuser" },
	{ id: id(902), name: "Herzkonferenz, Anmeldung", description: "" },
];

const far = { id: "0190dddd-0000-7000-8000-000000000000", name: "Sana Klinikum Offenbach am Main" };
export const stranger = (more: Partial<Member> = {}) =>
	member("Dr. Maximilian-Alexander von Hohenberg-Lichtenstein", {
		organisation: far,
		function: "Oberarzt Kinderkardiologie",
		...more,
	});

function request(mine: boolean, more: Partial<Contact> = {}): Contact {
	return {
		state: "open",
		mine,
		left: 0,
		madeAt: inDays(-1),
		expiresAt: inDays(13),
		reason: "",
		role: null,
		againAt: null,
		...more,
	};
}

const declined = { state: "declined", reason: "no-capacity", againAt: inDays(7) } as const;
const forwarded = { state: "forwarded", role: ROLE } as const;
const expired = { state: "expired" } as const;

/** Number of the conversation → what the request in it is. */
const REQUESTS: [number, Member, Contact, "written" | "file" | "nothing"][] = [
	[21, stranger(), request(true, { left: 1 }), "nothing"],
	[22, bob(), request(true), "written"],
	[23, bob(), request(true, declined), "written"],
	[24, carla(), request(true, forwarded), "written"],
	[25, bob(), request(true, expired), "written"],
	[26, carla(), request(true, forwarded), "file"],
	[31, stranger(), request(false), "written"],
	[32, carla(), request(false, { left: 1 }), "nothing"],
	[33, bob(), request(false, declined), "written"],
	[34, stranger(), request(false, forwarded), "written"],
	[35, bob(), request(false, expired), "written"],
];

const TEXT =
	"Guten Abend, ich betreue ein Neugeborenes mit Verdacht auf eine unterbrochene Aorta. Darf ich Sie dazu anrufen?";

function begun(number: number, other: Member, contact: Contact): Conversation {
	const unread = contact.mine || contact.state !== "open" || contact.left === 1 ? 0 : 1;
	return conversation(number, [alice(), other], { contact, unread, joinedAt: contact.madeAt });
}

function first(other: Member, contact: Contact, what: "written" | "file"): Message {
	const from = contact.mine ? alice() : other;
	const sentAt = contact.madeAt;
	if (what === "file") return { ...file(2, from, "CT_Thorax.dcm", "application/dicom", 4_000_000), sentAt };
	return message(2, from, TEXT, { sentAt });
}

export function contact(): FakeMessenger {
	const messenger = new FakeMessenger(REQUESTS.map(([number, other, one]) => begun(number, other, one)));
	messenger.roles = ROLES;
	for (const [number, other, one, what] of REQUESTS) {
		const begins = message(1, one.mine ? alice() : other, "Dieses Gerät ist dem Gespräch beigetreten.", {
			type: "event",
			event: { kind: "joined", personIds: [] },
			sentAt: one.madeAt,
		});
		messenger.put(id(number), what === "nothing" ? [begins] : [begins, first(other, one, what)]);
	}
	return messenger;
}
