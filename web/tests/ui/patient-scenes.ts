/** Conversations that a patient reads along: as clinicians see them, and as the patient does. */
import type { Conversation, Member, Message } from "../../src/engine/types";
import { about, CLOSED, cases, inDays, kept } from "./case-scenes";
import { alice, anton, bob, conversation, file, id, ME, member, message } from "./cast";
import type { FakeMessenger } from "./fake-messenger";

const HOUSE = alice().organisation;

export const erika = (more: Partial<Member> = {}) =>
	member("Erika Mustermann-Hohenlohe", {
		function: "Patientin",
		organisation: HOUSE,
		isPatient: true,
		...more,
	});

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const TITLE = "Ihre Untersuchung am Montag";

function talk(doctor: Member, patient: Member): Message[] {
	const fromPatient = patient.personId === ME ? {} : { fromPatient: true };
	return [
		message(2, doctor, "", { type: "title", text: TITLE, sentAt: ago(3000) }),
		message(3, doctor, "Guten Tag, haben Sie den Fragebogen schon ausfüllen können?", { sentAt: ago(2990) }),
		message(4, patient, "Ja, ich habe ihn gerade fotografiert.", { sentAt: ago(95), ...fromPatient }),
		{
			...file(5, patient, "Fragebogen_Vorderseite.jpg", "image/jpeg", 1_843_211),
			sentAt: ago(94),
			...fromPatient,
		},
		message(6, patient, "Eine Frage habe ich noch: Darf ich am Morgen frühstücken?", {
			sentAt: ago(93),
			...fromPatient,
		}),
		message(7, doctor, "Bitte kommen Sie nüchtern. Trinken Sie nur Wasser.", { sentAt: ago(40) }),
	];
}

function some(number: number, people: Member[], more: Partial<Conversation> = {}): Conversation {
	const closes = { mayClose: people[0]?.personId === ME && !people[0]?.isPatient };
	return conversation(number, people, {
		kind: "patient",
		title: TITLE,
		case: about(closes),
		retention: kept(),
		...more,
	});
}

/** Of Alice: 51 open, 52 closed, 53 whose patient has gone; and a case of clinicians, 41, a team, 45. */
export function withPatients(): FakeMessenger {
	const messenger = cases();
	const people = [alice({ seen: 7 }), erika({ seen: 7, delivered: 7 }), bob({ seen: 5, delivered: 7 })];
	const [first, , third] = people;
	messenger.know(
		some(51, people, { unread: 2 }),
		some(52, people, { case: about(CLOSED), retention: kept({ endsAt: inDays(12) }) }),
		some(
			53,
			[first, third].filter((one) => one !== undefined),
			{ title: "Nachsorge" },
		),
	);
	for (const number of [51, 52, 53]) messenger.put(id(number), talk(alice(), erika()));
	return messenger;
}

/** Of the patient: 51 open, 52 closed, 53 that they are out of. */
export function ofPatient(): FakeMessenger {
	const messenger = withPatients();
	const self = erika({ personId: ME, seen: 7 });
	const doctor = member("Dr. Alice Albrecht", { function: "Oberärztin Kardiologie", seen: 7, delivered: 7 });
	const people = [self, doctor, anton({ seen: 3, delivered: 7 })];
	messenger.forget();
	const closed = about({ ...CLOSED, mayClose: false, closedBy: "" });
	messenger.know(
		some(51, people, { unread: 1 }),
		some(52, people, { title: "Nachsorge", case: closed, retention: kept({ endsAt: inDays(12) }) }),
		some(53, people, { title: "Rückfragen", active: false }),
	);
	for (const number of [51, 52, 53]) messenger.put(id(number), talk(doctor, self));
	return messenger;
}
