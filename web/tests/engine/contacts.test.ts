import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/crypto/ids";
import type { GroupListing } from "../../src/engine/api";
import type { Committer } from "../../src/engine/commits";
import type { ContactRecord } from "../../src/engine/contact";
import { Contacts } from "../../src/engine/contacts";
import { Failure } from "../../src/engine/failure";
import { newGroup } from "../../src/engine/groups";
import { Guard } from "../../src/engine/guard";
import { Membership } from "../../src/engine/membership";
import type { MessageRecord } from "../../src/engine/records";
import type { ContactState } from "../../src/engine/types";
import { conversationView } from "../../src/engine/views";
import { Problem } from "../../src/lib/http";
import { BOB, type Desk, deskOf, ME } from "../support/scripted";

/** A direct conversation with Bob, who works at another hospital. */

const ROLE = { id: newId(), name: "Rufdienst Kardiologie" };
const CARLA = newId();
const members = [ME, BOB].map(({ personId }) => ({ personId, owner: false, delivered: 0, seen: 0 }));
let desk: Desk;
let guard: Guard;
let membership: Membership;
let listing: GroupListing;
const NO_CASE = { case: null, retention: null, kept: [], recorded: [] };
let count = 0;

beforeEach(async () => {
	desk = await deskOf(`contacts-${++count}`);
	const { context, group } = desk;
	listing = {
		id: group,
		kind: "direct",
		epoch: 1,
		lastSeq: 0,
		members,
		people: [],
		contact: asked(),
		...NO_CASE,
	};
	Object.assign(context.api, {
		groups: async () => [listing],
		claim: async () => {
			throw new Error("another conversation is begun");
		},
	});
	guard = new Guard(context, () => undefined);
	membership = new Membership(context, guard, {} as Committer, { fill: async () => undefined });
	await context.groups.put(newGroup({ id: group, kind: "direct", cursor: 0, members }, new Date()));
});

function asked(fields: Partial<ContactRecord> = {}): ContactRecord {
	return {
		state: "open",
		requesterId: ME.personId,
		madeAt: "2026-03-01T12:00:00Z",
		expiresAt: "2026-03-15T12:00:00Z",
		left: 1,
		reason: "",
		role: null,
		againAt: null,
		...fields,
	};
}

async function wrote(conversationId: string, fields: Partial<MessageRecord> = {}): Promise<void> {
	const message: MessageRecord = {
		id: newId(),
		conversationId,
		seq: 2,
		type: "text",
		senderPersonId: ME.personId,
		own: true,
		text: "Darf ich Sie zu einer Patientin fragen?",
		attachment: null,
		event: null,
		sentAt: "2026-03-01T12:00:00Z",
		send: { state: "sent", seq: 2 },
		...fields,
	};
	await desk.context.store.write([{ table: "messages", key: message.id, value: message }]);
}

const view = async () => {
	const { context, group } = desk;
	return (await conversationView(context, guard, context.groups.get(group))).contact;
};

describe("what the service says of a request", () => {
	it("is kept and told when only that has changed, and once", async () => {
		const update = vi.spyOn(desk.context.groups, "update");
		await membership.refresh();
		await membership.refresh();
		expect(update).toHaveBeenCalledTimes(1);
		listing = { ...listing, contact: null };
		await membership.refresh();
		expect([update.mock.calls.length, desk.context.groups.get(desk.group).contact]).toEqual([2, null]);
	});

	it("is nothing in a group of an earlier version of this browser", async () => {
		const { contact, ...earlier } = desk.context.groups.get(desk.group);
		await desk.context.groups.put(earlier);
		expect([contact, await view()]).toEqual([null, null]);
	});

	it("says to a page who asks whom", async () => {
		await membership.refresh();
		expect(await view()).toEqual({ mine: true, ...without(asked()) });
		listing = { ...listing, contact: asked({ requesterId: BOB.personId }) };
		await membership.refresh();
		expect((await view())?.mine).toBe(false);
	});

	it.each([
		["waits", { seq: null, send: { state: "queued" } as const }, 0],
		["was sent from another device", { send: null }, 0],
		["was not sent", { seq: null, send: { state: "failed", reason: "offline" } as const }, 1],
	])("leaves as many messages as it must when the own one %s", async (_, fields, left) => {
		await membership.refresh();
		await wrote(desk.group, fields);
		expect((await view())?.left).toBe(left);
	});
});

function without({ requesterId, ...rest }: ContactRecord): Omit<ContactRecord, "requesterId"> {
	expect(requesterId).toBe(ME.personId);
	return rest;
}

describe("a direct conversation", () => {
	const begin = () => membership.create({ kind: "direct", title: "", personIds: [BOB.personId] });

	it("is taken up again while it is free, and while a request in it is open", async () => {
		expect(await begin()).toBe(desk.group);
		await membership.refresh();
		expect(await begin()).toBe(desk.group);
	});

	it.each(["declined", "forwarded", "expired"] as ContactState[])(
		"that was %s is closed: another one is begun",
		async (state) => {
			await desk.context.groups.update(desk.group, { contact: asked({ state }) });
			await expect(begin()).rejects.toThrow("another conversation is begun");
		},
	);
});

describe("the answer to a request", () => {
	it("shows what the service made of it", async () => {
		const answerContact = vi.fn(async () => ({ ...listing, contact: null }));
		Object.assign(desk.context.api, { answerContact });
		await membership.refresh();
		await contactsOf([]).answer(desk.group, { answer: "accept" });
		expect(desk.context.groups.get(desk.group).contact).toBeNull();
		expect(answerContact.mock.calls).toEqual([[desk.group, { answer: "accept" }]]);
	});

	it("that came too late shows what became of the request", async () => {
		Object.assign(desk.context.api, {
			answerContact: () => Promise.reject(new Problem(409, "contact-answered", "")),
		});
		listing = { ...listing, contact: asked({ state: "expired" }) };
		const late = contactsOf([]).answer(desk.group, { answer: "accept" });
		await expect(late).rejects.toMatchObject({ code: "contact-answered" });
		expect((await view())?.state).toBe("expired");
	});
});

/** `sent`: what is written where. A conversation with Carla is begun in a group of its own. */
function contactsOf(sent: string[][], contact: ContactRecord | null = asked()): Contacts {
	const { context } = desk;
	return new Contacts(context, {
		keep: (one) => membership.keep(one),
		refresh: () => membership.refresh(),
		create: async ({ kind, personIds }) => {
			expect([kind, personIds]).toEqual(["direct", [CARLA]]);
			await context.groups.put(
				newGroup({ id: CARLA, kind: "direct", cursor: 0, members: [], contact }, new Date()),
			);
			return CARLA;
		},
		send: async (conversationId, text) => sent.push([conversationId, text]),
	});
}

describe("writing to the role that was named instead", () => {
	let holder: { personId: string; name: string } | null;
	let sent: string[][];

	beforeEach(async () => {
		holder = { personId: CARLA, name: "Dr. Carla Çelik" };
		sent = [];
		Object.assign(desk.context.api, { onDuty: async (id: string) => (id === ROLE.id ? holder : null) });
		await desk.context.groups.update(desk.group, { contact: asked({ state: "forwarded", role: ROLE }) });
	});

	it("sends the same text to whoever holds it now", async () => {
		await wrote(desk.group);
		expect(await contactsOf(sent).resend(desk.group)).toBe(CARLA);
		expect(sent).toEqual([[CARLA, "Darf ich Sie zu einer Patientin fragen?"]]);
	});

	it("sends nothing while nobody holds it", async () => {
		holder = null;
		await wrote(desk.group);
		await expect(contactsOf(sent).resend(desk.group)).rejects.toMatchObject({ code: "nobody-on-duty" });
		expect(sent).toEqual([]);
	});

	it("names whoever holds it, when they have no device yet", async () => {
		const contacts = new Contacts(desk.context, {
			keep: async () => undefined,
			refresh: async () => undefined,
			create: () => Promise.reject(new Failure("no-device", CARLA.slice(0, 8))),
			send: async () => undefined,
		});
		const unreached = { code: "no-device", detail: "Dr. Carla Çelik" };
		await expect(contacts.resend(desk.group)).rejects.toMatchObject(unreached);
	});

	it("begins the conversation without a message when there was only a file", async () => {
		await wrote(desk.group, { type: "attachment", text: "" });
		expect([await contactsOf(sent).resend(desk.group), sent]).toEqual([CARLA, []]);
	});

	it("writes where both may write already, but not twice into a request", async () => {
		await wrote(desk.group);
		await contactsOf(sent, null).resend(desk.group);
		expect(sent).toHaveLength(1);
		await wrote(CARLA);
		await contactsOf(sent).resend(desk.group);
		await contactsOf(sent, asked({ left: 0 })).resend(desk.group);
		expect(sent).toHaveLength(1);
	});

	it("does not answer a request of that person by the way", async () => {
		await wrote(desk.group);
		await contactsOf(sent, asked({ requesterId: CARLA })).resend(desk.group);
		expect(sent).toEqual([]);
	});

	it.each([
		["nobody named a role", asked()],
		["it is the other one who asked", asked({ state: "forwarded", role: ROLE, requesterId: BOB.personId })],
	])("is not possible when %s", async (_, contact) => {
		await desk.context.groups.update(desk.group, { contact });
		await expect(contactsOf(sent).resend(desk.group)).rejects.toMatchObject({ code: "not-found" });
	});
});
