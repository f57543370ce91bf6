import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/crypto/ids";
import { handedOn } from "../../src/engine/handover";
import type { MessageRecord, OutboxRecord } from "../../src/engine/records";
import { Urgents } from "../../src/engine/urgent";
import type { OpenItems, RolePlan, Urgent } from "../../src/engine/urgent-types";
import type { WireOpenItems } from "../../src/engine/urgent-wire";
import { Problem, Unreachable } from "../../src/lib/http";
import { BOB, type Desk, deskOf, ME } from "../support/scripted";

const CARLA = newId();
const HEAD = newId();
const ROLE = newId();
const ORDER = { minutes: 15, roleId: ROLE, withoutHolder: false };
const AT = "2026-03-01T12:00:00Z";
const PLAN: RolePlan = {
	role: { id: ROLE, name: "Rufdienst", hospital: "Klinik B" },
	told: true,
	onDuty: { personId: BOB.personId, name: "Dr. Bob", until: AT },
	nextAt: null,
	chain: [
		{ step: 0, afterMinutes: 0, roleName: "Rufdienst", personId: BOB.personId, name: "Dr. Bob", gap: false },
		{ step: 1, afterMinutes: 15, roleName: "", personId: CARLA, name: "Dr. Carla", gap: false },
		{ step: 2, afterMinutes: 30, roleName: "", personId: HEAD, name: "Prof. Hertha", gap: true },
	],
	alternatives: [],
};
const STATE: Urgent = {
	state: "announced",
	role: PLAN.role,
	deadlineMinutes: 15,
	step: 0,
	dueAt: null,
	announcedAt: AT,
	startedAt: null,
	closedAt: null,
	closedBy: null,
	steps: [],
	timeline: [],
};

let desk: Desk;
let urgents: Urgents;
let steps: string[];
let sends: boolean;
let opened: OpenItems[];
let queued: Map<string, MessageRecord>;
let count = 0;

function member(personId: string, more: object = {}) {
	return { personId, owner: false, delivered: 0, seen: 0, ...more };
}

async function put(fields: Partial<MessageRecord> = {}): Promise<MessageRecord> {
	const value: MessageRecord = {
		id: newId(),
		conversationId: desk.group,
		seq: 3,
		type: "text",
		senderPersonId: ME.personId,
		own: true,
		text: "Kalium 7,1",
		attachment: null,
		event: null,
		sentAt: AT,
		send: null,
		...fields,
	};
	await desk.context.store.write([{ table: "messages", key: value.id, value }]);
	return value;
}

beforeEach(async () => {
	desk = await deskOf(`urgent-${++count}`);
	[steps, sends, opened, queued] = [[], true, [], new Map()];
	await desk.context.groups.update(desk.group, { members: [member(ME.personId), member(BOB.personId)] });
	Object.assign(desk.context.api, {
		urgent: {
			plan: async () => PLAN,
			announce: async () => {
				steps.push("announce");
				return { ...STATE, state: queued.size ? "waiting" : "announced" };
			},
		},
	});
	urgents = new Urgents(desk.context, {
		add: async (_, personIds) => void steps.push(`add ${personIds.join(" ")}`),
		remove: async (_, personId) => void steps.push(`remove ${personId}`),
		mayWrite: () => undefined,
		outbox: {
			enqueue: async (_, draft, __, id) => {
				steps.push(`enqueue ${"handedOn" in draft ? draft.handedOn?.length : ""}`.trim());
				const message = await put({ ...(id ? { id } : {}), text: "text" in draft ? draft.text : "" });
				queued.set(message.id, message);
				return message;
			},
			pump: async () => void steps.push("send"),
			find: () => (sends ? null : ({} as OutboxRecord)),
		},
		opened: (items) => opened.push(items),
	});
});

const service = (methods: Record<string, unknown>) => Object.assign(desk.context.api.urgent, methods);
const stored = (id: string) => desk.context.store.get("messages", id);

describe("an urgent message to a role", () => {
	it("brings in who can be asked and is not there, announces, sends, and starts the clock", async () => {
		const { id } = await urgents.send(desk.group, "Kalium 7,1", ORDER);
		await vi.waitFor(async () => expect((await stored(id))?.urgent?.state).toBe("waiting"));
		expect(steps).toEqual([`add ${CARLA}`, "announce", "enqueue", "send", "announce"]);
	});

	it("adds nobody where all are there, and asks for no role where all others are meant", async () => {
		const everybody = [ME.personId, BOB.personId, CARLA].map((id) => member(id));
		await desk.context.groups.update(desk.group, { members: everybody });
		await urgents.send(desk.group, "Kalium 7,1", ORDER);
		const plan = vi.fn();
		service({ plan });
		await urgents.send(desk.group, "Kalium 7,1", { ...ORDER, roleId: null });
		expect([steps.some((step) => step.startsWith("add")), plan.mock.calls.length]).toEqual([false, 0]);
	});

	it.each([
		["the service refuses it", new Problem(409, "nobody-on-duty", ""), "nobody-on-duty"],
		["there is no connection", new Unreachable("no answer"), undefined],
	])("is not sent when %s", async (_, refusal, code) => {
		service({ announce: () => Promise.reject(refusal) });
		await expect(urgents.send(desk.group, "Kalium 7,1", ORDER)).rejects.toBe(refusal);
		expect([steps, (refusal as Problem).code]).toEqual([[`add ${CARLA}`], code]);
	});

	it("does not start the clock for what is still on its way", async () => {
		sends = false;
		await urgents.send(desk.group, "Kalium 7,1", ORDER);
		expect(steps.filter((step) => step === "announce")).toHaveLength(1);
	});

	it("lets a refusal name strangers", async () => {
		await urgents.plan(ROLE, 15);
		expect(desk.context.groups.person(CARLA).name).toBe("Dr. Carla");
	});
});

describe("hints of the service", () => {
	beforeEach(() => service({ openItems: async () => ({ due: [], roles: [], to_add: [] }) }));

	it("that come together are answered by one question for each message", async () => {
		const { id } = await put();
		const urgent = vi.fn(async () => ({ ...STATE, state: "escalated" }));
		service({ urgent });
		for (let hint = 0; hint < 20; hint++) urgents.hear(desk.group, id);
		await vi.waitFor(async () => expect((await stored(id))?.urgent?.state).toBe("escalated"));
		expect(urgent).toHaveBeenCalledTimes(1);
		urgents.stop();
	});

	it("of a message that is not here wait until it was read", async () => {
		const id = newId();
		const urgent = vi.fn(async () => STATE);
		service({ urgent });
		urgents.hear(desk.group, id);
		await vi.waitFor(() => expect(opened).toHaveLength(1));
		expect(urgent).not.toHaveBeenCalled();
		await put({ id });
		await urgents.read(desk.group);
		await vi.waitFor(async () => expect((await stored(id))?.urgent).toBeDefined());
		urgents.stop();
	});
});

describe("what is open for the person", () => {
	const item = (fields: object) => ({
		group_id: desk.group,
		message_id: newId(),
		seq: 3,
		sender_id: BOB.personId,
		sender_name: "Dr. Bob",
		role: null,
		state: "waiting",
		step: 0,
		due_at: AT,
		announced_at: AT,
		member: true,
		...fields,
	});

	it("is told with what this browser has decrypted, and without where it has not", async () => {
		const { id } = await put({ own: false });
		await desk.context.groups.update(desk.group, { title: "Verlegung" });
		const elsewhere = item({ group_id: newId(), member: true });
		const wire: WireOpenItems = { due: [item({ message_id: id })], roles: [elsewhere], to_add: [] };
		service({ openItems: async () => wire, urgent: async () => STATE });
		urgents.connected();
		await vi.waitFor(() => expect(opened).toHaveLength(1));
		expect(opened[0]).toMatchObject({
			due: [{ text: "Kalium 7,1", title: "Verlegung", member: true }],
			roles: [{ text: "", title: "", member: false }],
		});
		urgents.stop();
	});

	it("is told again when its message has been read", async () => {
		const message_id = newId();
		service({
			openItems: async () => ({ due: [item({ message_id })], roles: [], to_add: [] }),
			urgent: async () => STATE,
		});
		urgents.connected();
		await vi.waitFor(() => expect(opened).toHaveLength(1));
		await put({ id: message_id, text: "Bitte Rückruf" });
		await urgents.read(desk.group);
		expect(opened.map(({ due }) => due[0]?.text)).toEqual(["", "Bitte Rückruf"]);
		urgents.stop();
	});
});

describe("handing on to a role's new holder", () => {
	const newcomer = (fields: object = {}) => ({
		conversationId: desk.group,
		personId: CARLA,
		name: "Dr. Carla",
		roleName: "Rufdienst",
		relievedPersonId: BOB.personId,
		messageIds: [] as string[],
		...fields,
	});
	beforeEach(() => service({ openItems: async () => ({ due: [], roles: [], to_add: [] }) }));

	it("adds them, sends the open messages, and removes who was there for the role only", async () => {
		const { id } = await put();
		await urgents.bringIn(newcomer({ messageIds: [id, newId()] }));
		expect(steps).toEqual([`add ${CARLA}`, "enqueue 1", "send", `remove ${BOB.personId}`]);
		urgents.stop();
	});

	it("lets those stay who have taken part", async () => {
		await put({ senderPersonId: BOB.personId, own: false });
		await urgents.bringIn(newcomer());
		expect(steps).toEqual([`add ${CARLA}`]);
		urgents.stop();
	});

	it("lets owners stay, and whoever relieved nobody", async () => {
		await desk.context.groups.update(desk.group, { members: [member(BOB.personId, { owner: true })] });
		await urgents.bringIn(newcomer());
		await urgents.bringIn(newcomer({ relievedPersonId: null }));
		expect(steps.filter((step) => step.startsWith("remove"))).toEqual([]);
		urgents.stop();
	});

	it("brings only messages from before the device came in, and none that it has", async () => {
		const known = await put();
		const joinedAt = "2026-03-01T13:00:00Z";
		await desk.context.groups.update(desk.group, { joinedAt });
		const group = desk.context.groups.get(desk.group);
		const bundle = await put({ senderPersonId: BOB.personId, own: false, seq: 8 });
		const one = (id: string, sentAt: string) => ({ id, senderPersonId: CARLA, sentAt, text: "Kalium 7,1" });
		const fresh = newId();
		const body = {
			id: bundle.id,
			sentAt: AT,
			replyTo: null,
			type: "text",
			text: "",
			handedOn: [one(known.id, AT), one(newId(), "2026-03-01T14:00:00Z"), one(fresh, AT), one(fresh, AT)],
		} as const;
		const brought = await handedOn(desk.context, group, bundle, { ...body, handedOn: [...body.handedOn] });
		expect(brought).toMatchObject([{ id: fresh, seq: 8, own: false, handedOnBy: BOB.personId }]);
	});
});
