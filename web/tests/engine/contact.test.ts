import { describe, expect, it } from "vitest";
import { Api } from "../../src/engine/api";
import type { WireContact } from "../../src/engine/contact";
import { failureOf } from "../../src/engine/failure";
import { type Http, Problem } from "../../src/lib/http";

/** What the service says of requests to get in touch, read strictly. */

const GROUP = "0195a000-0000-7000-8000-00000000000a";
const REQUESTER = "0195a000-0000-7000-8000-0000000000a1";
const ROLE = "0195a000-0000-7000-8000-0000000000b1";

const OPEN: WireContact = {
	state: "open",
	requester_id: REQUESTER,
	made_at: "2026-03-01T12:00:00Z",
	expires_at: "2026-03-15T12:00:00Z",
	left: 1,
	reason: "",
	role: null,
	again_at: null,
};
const DECLINED = { ...OPEN, state: "declined", reason: "no-capacity", again_at: "2026-03-08T12:00:00Z" };
const FORWARDED = { ...OPEN, state: "forwarded", role: { id: ROLE, name: "Rufdienst Kardiologie" } };

function listed(contact: unknown) {
	return { id: GROUP, kind: "direct", epoch: 1, last_seq: 2, members: [], contact };
}

/** A service that answers everything with `answer` and remembers what it was asked. */
function serviceOf(answer: unknown) {
	const asked: unknown[][] = [];
	const take = async (...request: unknown[]) => {
		asked.push(request);
		return answer;
	};
	return { api: new Api({ get: take, post: take } as unknown as Http), asked };
}

const read = async (contact: unknown) => {
	const [listing] = await serviceOf({ groups: [listed(contact)] }).api.groups();
	return listing?.contact;
};

describe("a request in a list of groups", () => {
	it("is none where the conversation is free, or the service knows of none", async () => {
		expect([await read(null), await read(undefined)]).toEqual([null, null]);
	});

	it("is read whole", async () => {
		expect(await read(OPEN)).toEqual({
			state: "open",
			requesterId: REQUESTER,
			madeAt: "2026-03-01T12:00:00Z",
			expiresAt: "2026-03-15T12:00:00Z",
			left: 1,
			reason: "",
			role: null,
			againAt: null,
		});
		expect(await read(DECLINED)).toMatchObject({ state: "declined", reason: "no-capacity" });
		expect(await read(FORWARDED)).toMatchObject({ role: { id: ROLE, name: "Rufdienst Kardiologie" } });
	});

	it.each([
		["state", { ...OPEN, state: "accepted" }],
		["requester_id", { ...OPEN, requester_id: "alice" }],
		["left", { ...OPEN, left: 2 }],
		["left", { ...OPEN, left: true }],
		["reason", { ...DECLINED, reason: "rude" }],
		["reason", { ...DECLINED, reason: "" }],
		["role", { ...FORWARDED, role: null }],
		["role", { ...FORWARDED, role: { id: "on call", name: "" } }],
		["made_at", { ...OPEN, made_at: "yesterday" }],
		["expires_at", { ...OPEN, expires_at: null }],
		["again_at", { ...DECLINED, again_at: "" }],
	])("is refused when its %s is not understood", async (field, contact) => {
		await expect(read(contact)).rejects.toThrow(`contact: ${field} is not understood`);
	});
});

describe("the service is asked", () => {
	it.each([
		[{ answer: "accept" }, { answer: "accept" }],
		[
			{ answer: "decline", reason: "other-way" },
			{ answer: "decline", reason: "other-way" },
		],
		[
			{ answer: "forward", roleId: ROLE },
			{ answer: "forward", role_id: ROLE },
		],
	] as const)("to keep the answer %j", async (answer, body) => {
		const { api, asked } = serviceOf(listed(null));
		expect((await api.answerContact(GROUP, answer)).contact).toBeNull();
		expect(asked).toEqual([[`/api/v1/groups/${GROUP}/contact`, body]]);
	});

	it("for the roles to forward to, and who holds one now", async () => {
		const role = { id: ROLE, name: "Rufdienst", description: "Tag und Nacht" };
		expect(await serviceOf({ roles: [role] }).api.contactRoles(GROUP)).toEqual([role]);
		expect(await serviceOf({ now: null }).api.onDuty(ROLE)).toBeNull();
		const now = { person_id: REQUESTER, name: "Dr. Carla Çelik", rank: 1 };
		const holder = { personId: REQUESTER, name: "Dr. Carla Çelik" };
		expect(await serviceOf({ now }).api.onDuty(ROLE)).toEqual(holder);
	});
});

describe("a refused commit", () => {
	const refused = (reason: string) => new Problem(400, "commit-refused", "Bitte warten Sie.", { reason });

	it("is told by its reason where a request to get in touch is meant", () => {
		const told = { code: "contact-paused", detail: "Bitte warten Sie." };
		expect(failureOf(refused("contact-paused"))).toEqual(told);
	});

	it("keeps its code otherwise", () => {
		expect(failureOf(refused("sender-leaf")).code).toBe("commit-refused");
	});
});
