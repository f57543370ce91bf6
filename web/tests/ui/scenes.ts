/** Scenes for tests and for looking at: each is a messenger in one state. */
import type { HistoryArrival, Message } from "../../src/engine/types";
import { withNotes } from "./annotated";
import { cases } from "./case-scenes";
import { alice, anton, bob, carla, conversation, file, id, message } from "./cast";
import { contact } from "./contact-scenes";
import { FakeMessenger } from "./fake-messenger";
import { files } from "./file-scenes";
import { ofPatient, withPatients } from "./patient-scenes";
import { urgent, urgentOffline } from "./urgent-scenes";

/** What a browser that asks to join shows as its QR code. */
export const JOIN_LINK = `https://medicus.example/account/devices/join/0197f0a0-0000-7000-8000-000000000001/#${"A".repeat(43)}`;

const MINUTE = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE).toISOString();
const at = (one: Message, minutes: number): Message => ({ ...one, sentAt: ago(minutes) });

function talk(): Message[] {
	const [a, b, n] = [alice(), bob(), anton()];
	const day = 24 * 60;
	return [
		at(
			message(1, a, "hat die Unterhaltung begonnen", {
				type: "event",
				text: "Dr. Alice Albrecht hat die Unterhaltung begonnen.",
			}),
			2 * day,
		),
		at(message(2, a, "", { type: "title", text: "Aortenisthmusstenose, präoperativ" }), 2 * day),
		at(
			message(
				3,
				a,
				"Guten Morgen, wir haben eine 34-jährige Patientin mit Verdacht auf Aortenisthmusstenose. Die CT vom Wochenende hänge ich an.",
			),
			2 * day - 1,
		),
		at(file(4, a, "CT_Thorax_axial.dcm", "application/dicom", 39_206), 2 * day - 2),
		at(
			message(5, b, "Danke, die Rekonstruktion ist gut brauchbar. Haben Sie auch die Voraufnahme von 2023?"),
			day + 30,
		),
		at(message(6, b, "Dann kann ich den Gradienten vergleichen."), day + 29),
		at(
			message(
				7,
				n,
				"Die Voraufnahme liegt im Archiv des Kreiskrankenhauses, ich frage dort nach. Das dauert erfahrungsgemäß bis zum Nachmittag.",
			),
			day + 12,
		),
		at(message(8, a, "Bitte gleich als DICOM, nicht als Foto.\nUnd mit dem Befundtext."), 95),
		at(
			file(
				9,
				n,
				"Befundbericht_2023_Kreiskrankenhaus_endgültige_Fassung_unterschrieben.pdf",
				"application/pdf",
				1_843_211,
			),
			42,
		),
		at(
			message(10, b, "Gesehen. Der Gradient ist von 18 auf 31 mmHg gestiegen, ich rufe Sie um 14 Uhr an."),
			20,
		),
		at(message(11, a, "Passt, danke!"), 12),
		at(message(12, n, "Ich bin auch dabei."), 3),
	];
}

function ready(): FakeMessenger {
	const people = [
		alice({ seen: 11, delivered: 12 }),
		bob({ seen: 11, delivered: 12 }),
		anton({ seen: 12, delivered: 12 }),
		carla({ seen: 4, delivered: 9 }),
	];
	const direct = [alice(), carla({ keyChanged: true, delivered: 3 })];
	const messenger = new FakeMessenger([
		conversation(1, people, { kind: "case", title: "Aortenisthmusstenose, präoperativ", unread: 1 }),
		conversation(2, [alice({ seen: 2 }), bob({ seen: 3, delivered: 3 })]),
		conversation(3, direct, { unread: 3 }),
		conversation(4, [alice(), anton({ delivered: 1 }), carla()], {
			title: "Herzkonferenz Donnerstag – Vorbereitung und Tagesordnung für das gemeinsame Board",
		}),
		conversation(5, [alice(), bob()], { kind: "team", title: "Rufdienst Ostern", active: false }),
		conversation(6, [alice(), bob(), anton()], {
			title: "Rückfragen Labor",
			trust: {
				state: "unknown-leaf",
				identities: [
					"01900000-0000-7000-8000-0000000000ff:0190dddd-0000-7000-8000-000000000000@albstadt.example",
				],
			},
		}),
	]);
	messenger.put(id(1), talk());
	messenger.put(id(2), [
		at(message(1, alice(), "Vielen Dank für die schnelle Einschätzung."), 3000),
		at(message(2, bob(), "Jederzeit."), 2990),
		at(message(3, alice(), "Ich melde mich nach der Konferenz."), 2900),
	]);
	messenger.put(id(3), [at(message(1, carla(), "Könnten Sie kurz auf die MRT schauen?"), 300)]);
	messenger.put(id(4), [
		at(message(1, anton(), "Die Liste steht.", {}), 9000),
		at(file(2, alice(), "Tagesordnung.pdf", "application/pdf", 88_000), 8990),
	]);
	messenger.put(id(5), [at(message(1, bob(), "Erledigt."), 60_000)]);
	messenger.put(id(6), [at(message(1, bob(), "Troponin ist nachgefordert."), 400)]);
	return messenger;
}

/** Sends in every state. */
function outbox(): FakeMessenger {
	const messenger = ready();
	const own = (text: string, send: Message["send"]) => at(message(null, alice(), text, { send }), 1);
	const upload = file(null, alice(), "Koronarangiographie.dcm", "application/dicom", 48_000_000);
	messenger.put(id(1), [
		...talk(),
		own("Ich schicke noch die Angiographie.", {
			state: "failed",
			reason: "stale-epoch",
		}),
		at({ ...upload, send: { state: "uploading", sentBytes: 20_000_000, totalBytes: 48_000_000 } }, 1),
		own("Diese hier wartet noch.", { state: "queued" }),
	]);
	messenger.setState({ state: "ready", deviceId: "device", online: false });
	messenger.catchUp = { done: 140, total: 900 };
	return messenger;
}

/** A conversation with all that can be said about messages. */
function talked(): FakeMessenger {
	const messenger = ready();
	const [a, b, n, c] = [alice(), bob(), anton(), carla()];
	const dose = at(message(3, b, "Bisoprolol 5 mg morgens, dann Kontrolle in zwei Wochen."), 64);
	const report = file(2, a, "Befund_Labor.pdf", "application/pdf", 188_000);
	const asks = `@${a.name} können Sie die Dosis bestätigen? @${c.name} bitte zur Kenntnis.`;
	messenger.put(id(1), [
		at(message(1, a, "Guten Morgen, hier die Übersicht zur Patientin von Zimmer 12."), 80),
		withNotes(at(report, 70), { pinned: true }),
		withNotes(dose, {
			pinned: true,
			reactions: [
				{ reaction: "agree", mine: true, names: [n.name, c.name] },
				{ reaction: "question", mine: false, names: [n.name] },
			],
		}),
		at(message(4, n, asks, { mentions: [a.personId, c.personId] }), 50),
		withNotes(at(message(5, a, "Bestätigt: 5 mg, nicht 10 mg.", { replyTo: dose.id }), 12), {
			earlier: [{ text: "Bestätigt: 10 mg.", at: ago(12) }],
			editedAt: ago(11),
			reactions: [{ reaction: "done", mine: false, names: [b.name] }],
		}),
		at(message(6, n, "", { type: "recalled" }), 10),
		at(message(7, a, "", { type: "recalled" }), 9),
		at(message(8, b, "Rhythmusprotokoll: durchgehend Sinusrhythmus, keine Pausen.", { forwarded: true }), 8),
		at(message(9, c, "Danke, gesehen.", { replyTo: report.id }), 6),
		at(message(10, a, "Dann bleibt es dabei.", { replyTo: id(404) }), 2),
		withNotes(at(message(11, a, "Diese Nachricht wird gerade zurückgerufen."), 1), { recalling: true }),
	]);
	const pinned = [withNotes(report, { pinned: true }), withNotes(dose, { pinned: true })];
	messenger.changeConversation(id(1), { pinned: pinned.map((one) => ({ ...one, conversationId: id(1) })) });
	messenger.changeConversation(id(4), { mentioned: true, unread: 2 });
	return messenger;
}

function long(): FakeMessenger {
	const messenger = ready();
	const texts = Array.from({ length: 180 }, (_, index) =>
		at(message(index + 1, index % 3 ? bob() : alice(), `Nachricht ${index + 1}`), 500 - index),
	);
	messenger.put(id(2), texts);
	messenger.changeConversation(id(2), {
		members: [alice({ seen: 170 }), bob({ seen: 180, delivered: 180 })],
		unread: 7,
	});
	return messenger;
}

const inState =
	(state: FakeMessenger["state"], list: ConstructorParameters<typeof FakeMessenger>[0] = null) =>
	() => {
		const messenger = new FakeMessenger(list);
		messenger.state = state;
		return messenger;
	};

/** A workspace that tells what became of the history. */
function arrived(arrival: HistoryArrival): () => FakeMessenger {
	return () => Object.assign(ready(), { arrival });
}

export const SCENES: Record<string, () => FakeMessenger> = {
	ready,
	outbox,
	talked,
	long,
	contact,
	urgent,
	"urgent-offline": urgentOffline,
	cases,
	patients: withPatients,
	"of-patient": ofPatient,
	"nothing-for-patient": inState({ state: "ready", deviceId: "device", online: true }, []),
	files,
	empty: inState({ state: "ready", deviceId: "device", online: true }, []),
	starting: inState({ state: "starting" }),
	"setting-up": inState({ state: "setting-up", step: "device" }),
	"locked-elsewhere": inState({ state: "locked-elsewhere" }),
	"needs-approval": inState({ state: "needs-approval", ended: null }),
	"join-refused": inState({ state: "needs-approval", ended: "refused" }),
	restoring: inState({ state: "restoring", done: 1200, total: 4800 }),
	"history-came": arrived({
		state: "restored",
		restored: {
			messages: 4800,
			expired: 12,
			savedAt: "2026-03-10T08:00:00Z",
			missing: [],
			missingConversations: false,
			older: false,
		},
		whole: true,
		saves: false,
	}),
	"history-off": arrived({ state: "off" }),
	"history-none": arrived({ state: "none" }),
	"history-refused": arrived({ state: "refused" }),
	"history-later": arrived({ state: "later" }),
	joining: inState({
		state: "joining",
		link: JOIN_LINK,
		code: "MEB2-DEQ0-HWC6",
		expiresAt: new Date(Date.now() + 9.5 * 60_000).toISOString(),
	}),
	"awaiting-administrator": inState({
		state: "awaiting-administrator",
		code: "X7QK-1YGR-0N1D-YR3C",
		expiresAt: new Date(Date.now() + 7 * 86_400_000).toISOString(),
	}),
	"not-approved": inState({
		state: "not-approved",
		ended: "refused",
		reason: "Bitte kommen Sie mit Ihrem Ausweis zum IT-Service.",
	}),
	"signed-out": inState({ state: "signed-out" }),
	failed: inState({ state: "failed", reason: "IndexedDB: QuotaExceededError" }),
};
