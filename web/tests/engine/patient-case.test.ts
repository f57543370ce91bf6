import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/crypto/ids";
import { Api, type GroupListing } from "../../src/engine/api";
import type { Committer } from "../../src/engine/commits";
import { failureOf } from "../../src/engine/failure";
import { Guard } from "../../src/engine/guard";
import { Membership } from "../../src/engine/membership";
import type { MessageRecord, PersonRecord } from "../../src/engine/records";
import { Urgents } from "../../src/engine/urgent";
import { conversationView, messageView } from "../../src/engine/views";
import { type Http, Problem } from "../../src/lib/http";
import { BOB, type Desk, deskOf, ME } from "../support/scripted";

/** Bob is the patient. */
const HOUSE = { id: "n", name: "Klinikum Nordstadt" };
const ERIKA: PersonRecord = {
	personId: BOB.personId,
	name: "Erika Muster",
	function: "Patient",
	organisation: HOUSE,
	isPatient: true,
};

let desk: Desk;
let guard: Guard;
let membership: Membership;
let count = 0;

beforeEach(async () => {
	desk = await deskOf(`patient-case-${++count}`);
	guard = new Guard(desk.context, () => undefined);
	membership = new Membership(desk.context, guard, {} as Committer, { fill: async () => undefined });
});

async function hears(kind: GroupListing["kind"], people: PersonRecord[] = []): Promise<void> {
	await membership.keep({
		id: desk.group,
		kind,
		epoch: 1,
		lastSeq: 0,
		members: [ME, BOB].map(({ personId }) => ({ personId, owner: false, delivered: 0, seen: 0 })),
		people,
		contact: null,
		case: null,
		retention: null,
		kept: [],
		recorded: [],
	});
}

const record = () => desk.context.groups.get(desk.group);
const view = () => conversationView(desk.context, guard, record());

describe("that a patient reads along", () => {
	it("stays so, whatever the service says later", async () => {
		await hears("patient", [ERIKA]);
		const { isPatient, ...staff } = ERIKA;
		await hears("case", [staff]);
		expect([record().kind, (await view()).kind]).toEqual(["patient", "patient"]);
		expect((await view()).members.find(({ personId }) => personId === BOB.personId)?.isPatient).toBe(
			isPatient,
		);
	});

	it("shows where one is, in a conversation that is called another kind", async () => {
		await hears("team", [ERIKA]);
		expect([record().kind, (await view()).kind]).toEqual(["team", "patient"]);
	});

	it("is told at each of their messages, also after they have left", async () => {
		await hears("patient", [ERIKA]);
		await desk.context.groups.update(desk.group, { members: [] });
		const said = { senderPersonId: BOB.personId, attachment: null } as unknown as MessageRecord;
		const own = { ...said, senderPersonId: ME.personId };
		expect(messageView(desk.context, said)).toMatchObject({ senderName: "Erika Muster", fromPatient: true });
		expect(messageView(desk.context, own)).not.toHaveProperty("fromPatient");
	});
});

describe("what is urgent", () => {
	const ports = () => ({
		add: vi.fn(),
		remove: vi.fn(),
		mayWrite: () => undefined,
		outbox: { enqueue: vi.fn(), pump: vi.fn(), find: vi.fn() },
		opened: vi.fn(),
	});

	it("is neither sent nor asked for where a patient reads along", async () => {
		const urgent = { announce: vi.fn(), urgentAfter: vi.fn(async () => []) };
		Object.assign(desk.context.api, { urgent });
		await hears("patient", [ERIKA]);
		const urgents = new Urgents(desk.context, ports());
		const order = { minutes: 15, roleId: null, withoutHolder: false };
		await expect(urgents.send(desk.group, "Kalium", order)).rejects.toMatchObject({ code: "patient-reads" });
		urgents.look(desk.group);
		expect([urgent.announce.mock.calls, urgent.urgentAfter.mock.calls]).toEqual([[], []]);
	});

	it("is asked for by staff on each connection, and by patients never", async () => {
		vi.useFakeTimers();
		try {
			for (const isPatient of [false, true]) {
				const openItems = vi.fn(async () => ({ due: [], roles: [], to_add: [] }));
				Object.assign(desk.context, { isPatient });
				Object.assign(desk.context.api, { urgent: { openItems } });
				const urgents = new Urgents(desk.context, ports());
				urgents.connected();
				await vi.advanceTimersByTimeAsync(1000);
				urgents.stop();
				expect(openItems.mock.calls.length).toBe(isPatient ? 0 : 1);
			}
		} finally {
			vi.useRealTimers();
		}
	});
});

describe("the service", () => {
	const posted: unknown[][] = [];
	const api = new Api({ post: async (...sent: unknown[]) => posted.push(sent) } as unknown as Http);

	it("is told whose record a conversation with a patient is about, and of no other", async () => {
		const [id, patientId] = [newId(), newId()];
		await api.createGroup(id, "patient", patientId);
		await api.createGroup(id, "case");
		expect(posted).toEqual([
			["/api/v1/groups", { id, kind: "patient", patient_id: patientId }],
			["/api/v1/groups", { id, kind: "case" }],
		]);
	});

	it.each(["clinicians-only", "record-hospital-needed", "not-the-patient"])(
		"refuses a commit for a reason that is told: %s",
		(reason) => {
			expect(failureOf(new Problem(400, "commit-refused", "", { reason })).code).toBe(reason);
		},
	);
});
