import { describe, expect, it } from "vitest";
import {
	acknowledgementOf,
	acknowledgementOfRow,
	planOf,
	urgentOf,
	type WireAcknowledgement,
	type WireRolePlan,
	type WireUrgent,
} from "../../src/engine/urgent-wire";

const AT = "2026-11-22T22:30:00.123456Z";
const wire: WireUrgent = {
	message_id: "m",
	seq: 4,
	sender_id: "s",
	role: { id: "r", name: "Rufdienst", organisation_name: "Klinik B" },
	deadline_minutes: 15,
	state: "waiting",
	step: 0,
	due_at: AT,
	announced_at: AT,
	started_at: AT,
	closed_at: null,
	closed_by: null,
	steps: [
		{
			step: 0,
			person_id: "p",
			name: "Dr. Carla",
			role_name: "Rufdienst",
			after_minutes: 0,
			reached_at: AT,
			skipped: false,
			delivered: true,
			seen: false,
		},
	],
	timeline: [{ at: AT, kind: "told", step: 0, person_id: "p", name: "Dr. Carla", from_person_id: null }],
};

describe("an urgent message as the service tells it", () => {
	it("is taken over field by field", () => {
		const { role, dueAt, steps, timeline } = urgentOf(wire);
		expect(role).toEqual({ id: "r", name: "Rufdienst", hospital: "Klinik B" });
		expect([dueAt, steps[0]?.afterMinutes, timeline[0]?.kind]).toEqual([AT, 0, "told"]);
	});

	it("has no track where the service lists many", () => {
		const { steps, timeline, ...short } = wire;
		expect([steps?.length, timeline?.length]).toEqual([1, 1]);
		expect(urgentOf(short)).toMatchObject({ state: "waiting", steps: [], timeline: [] });
	});

	it.each([
		["a state", { state: "calm" }],
		["a time", { due_at: "soon" }],
		["a missing announcement", { announced_at: "" }],
	])("is refused with %s that is not understood", (_, change) => {
		expect(() => urgentOf({ ...wire, ...change })).toThrow("is not understood");
	});

	it("loses only the event that a later version invented", () => {
		const fresh = { at: AT, kind: "sung", step: 0, person_id: null, name: "", from_person_id: null };
		expect(urgentOf({ ...wire, timeline: [...(wire.timeline ?? []), fresh] }).timeline).toHaveLength(1);
	});
});

describe("an acknowledgement", () => {
	const row: WireAcknowledgement = {
		message_id: "m",
		seq: 4,
		kind: "taken-over",
		person_id: "p",
		at: AT,
		ended_at: null,
	};

	it("is the same by request and by socket", () => {
		const { message_id: id, person_id: person, ...rest } = row;
		expect(acknowledgementOfRow({ ...rest, id, person })).toEqual(acknowledgementOf(row));
	});

	it.each([{ kind: "liked" }, { at: "" }, { ended_at: "later" }])("is refused with %o", (change) => {
		expect(() => acknowledgementOf({ ...row, ...change })).toThrow("is not understood");
	});
});

describe("who would be asked", () => {
	const step = {
		step: 0,
		after_minutes: 0,
		role_name: "Rufdienst",
		person_id: "p",
		name: "Dr. Carla",
		gap: false,
	};
	const plan: WireRolePlan = {
		role_id: "r",
		name: "Rufdienst",
		organisation_name: "Klinik B",
		told: true,
		on_duty: { person_id: "p", name: "Dr. Carla", until: AT, reachable: true },
		next_at: null,
		chain: [step, { ...step, step: 1, person_id: null, name: "" }],
		alternatives: [],
	};

	it("is a gap where nobody is named, and where nobody can be reached", () => {
		const unreached = { ...plan, chain: [...plan.chain, { ...step, step: 2, gap: true }] };
		expect(planOf(unreached).chain.map(({ gap }) => gap)).toEqual([false, true, true]);
	});

	it("is nobody on duty where that one has no device", () => {
		const duty = { person_id: "p", name: "Dr. Carla", until: AT, reachable: false };
		expect([planOf(plan).onDuty?.name, planOf({ ...plan, on_duty: duty }).onDuty]).toEqual([
			"Dr. Carla",
			null,
		]);
	});
});
