/** Urgent messages in every state: those of the person here, and those that ask her. */
import type { Member, Message } from "../../src/engine/types";
import type {
	Alternative,
	ChainStep,
	RolePlan,
	Urgent,
	UrgentEvent,
	UrgentItem,
	UrgentStep,
} from "../../src/engine/urgent-types";
import { alice, anton, bob, carla, conversation, id, ME, message } from "./cast";
import { FakeMessenger } from "./fake-messenger";
import type { Answer } from "./server";

const MINUTE = 60_000;
export const inMinutes = (minutes: number) => new Date(Date.now() + minutes * MINUTE).toISOString();

export const ROLE = { id: id(951), name: "Rufdienst Kardiologie", hospital: "Kreisklinik Bodensee" };
export const EMPTY_ROLE = { id: id(952), name: "Rufdienst Neurochirurgie", hospital: "Kreisklinik Bodensee" };
export const SILENT_ROLE = {
	id: id(953),
	name: "Dienst Labor",
	hospital: "Zentrum für Radiologie Crailsheim",
};

const link = (step: number, who: Member | null, roleName = ""): ChainStep => ({
	step,
	afterMinutes: step * 15,
	roleName,
	personId: who?.personId ?? null,
	name: who?.name ?? "",
	gap: who === null,
});

const ALTERNATIVE: Alternative = {
	roleId: ROLE.id,
	name: ROLE.name,
	hospital: ROLE.hospital,
	holder: bob().name,
};

export const PLAN: RolePlan = {
	role: ROLE,
	told: true,
	onDuty: { personId: bob().personId, name: bob().name, until: inMinutes(400) },
	nextAt: null,
	chain: [link(0, bob(), ROLE.name), link(1, carla(), "Oberarzt Kardiologie"), link(2, null, "Chefarzt")],
	alternatives: [],
};

export const NOBODY: RolePlan = {
	role: EMPTY_ROLE,
	told: true,
	onDuty: null,
	nextAt: inMinutes(180),
	chain: [link(0, null, EMPTY_ROLE.name), link(1, carla(), "Oberarzt Neurochirurgie")],
	alternatives: [ALTERNATIVE],
};

const SILENT: RolePlan = { ...NOBODY, role: SILENT_ROLE, told: false, chain: [], nextAt: null };

function step(number: number, who: Member, reachedAt: string | null): UrgentStep {
	const roleName = number === 0 ? ROLE.name : "Oberarzt Kardiologie";
	const { personId, name } = who;
	const reached = reachedAt !== null;
	return {
		step: number,
		personId,
		name,
		roleName,
		afterMinutes: number * 15,
		reachedAt,
		skipped: false,
		delivered: reached,
		seen: reached,
	};
}

export function happened(
	kind: UrgentEvent["kind"],
	minutes: number,
	who: Member | null = null,
	number: number | null = 0,
): UrgentEvent {
	const { personId, name } = who ?? { personId: null, name: "" };
	return { at: inMinutes(minutes), kind, step: number, personId, name, fromPersonId: null };
}

export function urgentOf(more: Partial<Urgent> = {}): Urgent {
	return {
		state: "waiting",
		role: ROLE,
		deadlineMinutes: 15,
		step: 0,
		dueAt: inMinutes(11.5),
		announcedAt: inMinutes(-3),
		startedAt: inMinutes(-3),
		closedAt: null,
		closedBy: null,
		steps: [step(0, bob(), inMinutes(-3)), step(1, carla(), null)],
		timeline: [happened("announced", -3, alice()), happened("told", -3, bob())],
		...more,
	};
}

const climbed = [
	happened("announced", -22, alice()),
	happened("told", -22, bob()),
	happened("escalated", -7, null, 1),
	happened("told", -7, carla(), 1),
];
const both = [step(0, bob(), inMinutes(-22)), step(1, carla(), inMinutes(-7))];
export const ESCALATED = urgentOf({
	state: "escalated",
	step: 1,
	dueAt: inMinutes(8),
	steps: both,
	timeline: climbed,
});
export const ACKNOWLEDGED = urgentOf({
	state: "acknowledged",
	step: 1,
	dueAt: null,
	closedAt: inMinutes(-4),
	closedBy: carla().personId,
	steps: both,
	timeline: [...climbed, happened("acknowledged", -4, carla(), 1)],
});
export const EXHAUSTED = urgentOf({
	state: "exhausted",
	step: 1,
	dueAt: null,
	steps: both,
	timeline: [...climbed, happened("exhausted", -1, null, 1)],
});
/** Bob asks, and the person here was told. */
export const ASKED = urgentOf({
	dueAt: inMinutes(4),
	steps: [step(0, alice(), inMinutes(-11)), step(1, carla(), null)],
	timeline: [happened("announced", -11, bob()), happened("told", -11, alice())],
});

const QUESTION =
	"STEMI, Vorderwand, Lyse kontraindiziert. Können Sie die Patientin in 40 Minuten übernehmen?";

function item(number: number, one: Message, more: Partial<UrgentItem> = {}): UrgentItem {
	return {
		conversationId: id(number),
		messageId: one.id,
		senderName: bob().name,
		role: { ...ROLE, hospital: "" },
		state: "waiting",
		dueAt: inMinutes(4),
		announcedAt: inMinutes(-11),
		member: true,
		title: "Vorderwandinfarkt, Verlegung",
		text: one.text,
		...more,
	};
}

/** Number of the conversation → what it has. */
export function urgent(): FakeMessenger {
	const people = [
		alice({ seen: 9, delivered: 9 }),
		bob({
			seen: 2,
			delivered: 2,
			passages: {
				delivered: [{ after: 0, upTo: 2, at: inMinutes(-3) }],
				seen: [{ after: 0, upTo: 2, at: inMinutes(-2) }],
			},
		}),
		carla({ delivered: 2, passages: { delivered: [{ after: 0, upTo: 2, at: inMinutes(-1) }], seen: [] } }),
	];
	const room = (number: number, title: string, more = {}) =>
		conversation(number, people, { kind: "case", title, role: ROLE, ...more });
	const messenger = new FakeMessenger([
		room(41, "Vorderwandinfarkt, Verlegung"),
		room(42, "Verlegung, noch niemand"),
		room(43, "Verlegung, bestätigt"),
		room(44, "Verlegung, alle gefragt"),
		room(45, "Dissektion, Anfrage an mich"),
		room(46, "Fall ohne Frist", { role: null }),
		conversation(47, [alice(), bob({ seen: 3, delivered: 3 })]),
		room(48, "Gemeinsamer Fall", { role: null }),
	]);
	const title = (number: number) =>
		message(1, number === 45 ? bob() : alice(), "", { type: "title", text: ROLE.name, role: ROLE });
	const own = (urgent: Urgent, more: Partial<Message> = {}) =>
		message(2, alice(), QUESTION, { urgent, sentAt: inMinutes(-3), ...more });
	const carlas = {
		kind: "acknowledged",
		personId: carla().personId,
		at: inMinutes(-4),
		endedAt: null,
	} as const;
	messenger.put(id(41), [title(41), own(urgentOf())]);
	messenger.put(id(42), [title(42), own(ESCALATED)]);
	messenger.put(id(43), [title(43), own(ACKNOWLEDGED, { acknowledgements: [carlas] })]);
	messenger.put(id(44), [title(44), own(EXHAUSTED)]);
	const asked = message(2, bob(), QUESTION, { urgent: ASKED, sentAt: inMinutes(-11) });
	messenger.put(id(45), [title(45), asked]);
	const taken = { kind: "taken-over", personId: ME, at: inMinutes(-20), endedAt: null } as const;
	messenger.put(id(46), [
		message(1, bob(), "Der Befund der MRT ist da.", { acknowledgements: [taken], sentAt: inMinutes(-30) }),
		message(2, alice(), "Danke, ich sehe ihn mir an.", { sentAt: inMinutes(-20) }),
		message(3, carla(), "Bitte auch die Voraufnahme vergleichen.", { sentAt: inMinutes(-5) }),
	]);
	messenger.put(id(47), [
		message(1, bob(), "Kommen Sie zur Konferenz?"),
		message(2, alice(), "Ja."),
		message(3, bob(), "Gut."),
	]);
	messenger.put(id(48), [message(1, anton(), "Können Sie um zwei?")]);
	for (const plan of [PLAN, NOBODY, SILENT]) messenger.plans.set(plan.role.id, plan);
	const late = message(2, anton(), "Kalium 7,1, bitte sofort melden.");
	messenger.items = {
		due: [
			item(45, asked),
			item(48, late, { senderName: anton().name, role: null, dueAt: inMinutes(-6), state: "escalated" }),
			item(41, message(9, carla(), "Bitte Rückruf zur Angiographie."), {
				senderName: carla().name,
				dueAt: inMinutes(25),
				role: null,
			}),
		],
		roles: [item(49, message(3, bob(), ""), { member: false, title: "", text: "", dueAt: inMinutes(12) })],
		newcomers: [
			{
				conversationId: id(41),
				personId: anton().personId,
				name: anton().name,
				roleName: ROLE.name,
				relievedPersonId: null,
				messageIds: [],
			},
		],
	};
	return messenger;
}

export function urgentOffline(): FakeMessenger {
	const messenger = urgent();
	messenger.setState({ state: "ready", deviceId: "device", online: false });
	return messenger;
}

/** What the service's search for roles would say, whatever is asked. */
export const rolesAnswer: Answer = (request, response) => {
	const query = new URL(request.url ?? "/", "http://localhost").searchParams.get("q") ?? "";
	const results = [ROLE, EMPTY_ROLE, SILENT_ROLE]
		.filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()))
		.map((role) => ({
			id: role.id,
			name: role.name,
			department: "",
			organisation_id: id(1),
			organisation_name: role.hospital,
			told: role !== SILENT_ROLE,
			held: role === ROLE ? { name: bob().name } : null,
		}));
	response.setHeader("Content-Type", "application/json");
	response.end(JSON.stringify({ results, total: results.length, page: 1, pages: 1 }));
};
