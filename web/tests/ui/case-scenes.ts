/** Cases in every state: open with a patient, closed, under a legal hold, and one whose messages have expired. */
import type { CaseAct, CaseInfo, CasePage, Retention } from "../../src/engine/case-types";
import type { Conversation, Message } from "../../src/engine/types";
import { alice, anton, bob, conversation, id, message } from "./cast";
import { FakeMessenger } from "./fake-messenger";

const DAY = 86_400_000;
export const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString();
const HOUSE = alice().organisation;

export const PAGE: CasePage = {
	patient: {
		id: id(801),
		familyName: "Hohenberg-Lichtenstein",
		givenName: "Maximiliane-Alexandra",
		bornOn: "1991-07-04",
		identifier: "4711-2026",
		organisation: HOUSE,
	},
	findings: [
		{ id: id(802), modality: "CT", description: "Thorax mit Kontrastmittel, venös", studyOn: "2026-02-27" },
		{ id: id(803), modality: "MR", description: "", studyOn: null },
		{ id: id(804), modality: "DOC", description: "Arztbrief", studyOn: "2026-02-26" },
	],
	marked: [],
	namesRecord: true,
	folder: true,
};

export function about(more: Partial<CaseInfo> = {}): CaseInfo {
	return {
		state: "open",
		organisation: HOUSE,
		openedAt: inDays(-40),
		closedAt: null,
		closedBy: "",
		outcome: "",
		hasPatient: true,
		mayClose: true,
		...more,
	};
}

export function kept(more: Partial<Retention> = {}): Retention {
	return { days: 30, begins: "closed", endsAt: null, holds: [], expiredSeq: 0, ...more };
}

export const CLOSED = {
	state: "closed",
	closedAt: inDays(-18),
	closedBy: "Dr. Alice Albrecht",
	outcome: "answered",
} as const;

/** What the service would say after this. */
export function afterAct(known: Conversation, act: CaseAct): Partial<Conversation> {
	const info = known.case ?? about();
	switch (act.act) {
		case "close":
			return {
				case: { ...info, ...CLOSED, closedAt: inDays(0), outcome: act.outcome },
				retention: kept({ endsAt: inDays(30) }),
			};
		case "reopen":
			return { case: about(), retention: kept() };
		case "record":
			return { case: { ...info, hasPatient: act.patientId !== null } };
		case "mark":
			return { kept: [...known.kept, { messageId: act.messageId, own: true }] };
		case "waive":
			return { kept: known.kept.filter(({ messageId }) => messageId !== act.messageId) };
	}
}

/** What the service would say once these were taken in and are being examined. */
export function afterTaking({ kept, recorded }: Conversation, messageIds: string[]): Partial<Conversation> {
	const there = messageIds.map((messageId) => ({
		messageId,
		hospital: HOUSE.name,
		by: "Dr. Alice Albrecht",
		at: inDays(0),
		findingId: id(890),
		examined: false,
	}));
	return {
		kept: kept.filter(({ messageId }) => !messageIds.includes(messageId)),
		recorded: [...recorded, ...there],
	};
}

function talk(): Message[] {
	const spoken = [
		message(3, bob(), "Der Gradient ist von 18 auf 31 mmHg gestiegen."),
		message(4, alice(), "Danke. Wir verlegen morgen früh."),
		message(5, anton(), "Das Bett ist bestellt."),
	];
	return [message(2, alice(), "", { type: "title", text: "Aortenisthmusstenose" }), ...spoken];
}

export function cases(): FakeMessenger {
	const people = () => [alice({ seen: 5 }), bob({ seen: 5, delivered: 5 }), anton({ seen: 5, delivered: 5 })];
	const title = "Aortenisthmusstenose, präoperativ";
	const some = (number: number, more: Partial<Conversation>) =>
		conversation(number, people(), { kind: "case", title, retention: kept(), ...more });
	const gone = { ...CLOSED, closedAt: inDays(-32) };
	const hold = { organisation: HOUSE.name, since: inDays(-3) };
	const messenger = new FakeMessenger([
		some(41, { case: about() }),
		some(42, { case: about(CLOSED), retention: kept({ endsAt: inDays(12) }) }),
		some(43, { case: about({ ...CLOSED, mayClose: false }), retention: kept({ holds: [hold] }) }),
		some(44, {
			title: null,
			case: about(gone),
			retention: kept({ endsAt: inDays(-2), expiredSeq: 5 }),
			expiredSeq: 5,
		}),
		conversation(45, people(), {
			retention: kept({ days: 180, begins: "sent", expiredSeq: 3 }),
			expiredSeq: 3,
		}),
	]);
	messenger.about = PAGE;
	const [named, first, second, third] = talk();
	for (const number of [41, 42, 43]) messenger.put(id(number), talk());
	const joined = message(1, alice(), "", {
		type: "event",
		text: "Prof. Dr. Bob Baumgärtner-Schwenninger wurde hinzugefügt.",
	});
	if (!named || !first || !second || !third) throw new Error("no talk");
	messenger.put(id(44), [joined, first]);
	messenger.changeConversation(id(44), { kept: [{ messageId: first.id, own: true }] });
	messenger.put(id(45), [joined, second, third]);
	return messenger;
}
