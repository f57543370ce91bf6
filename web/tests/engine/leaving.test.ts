import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { formatIdentity } from "../../src/crypto/identity";
import type { GroupListing } from "../../src/engine/api";
import type { Committer } from "../../src/engine/commits";
import { Guard } from "../../src/engine/guard";
import { Membership } from "../../src/engine/membership";
import { Reader } from "../../src/engine/reader";
import type { MemberRecord, PersonRecord } from "../../src/engine/records";
import type { Verdict } from "../../src/engine/roster";
import { Streams } from "../../src/engine/streams";
import { BOB, type Desk, deskOf, leafOf, ME } from "../support/scripted";

/** Bob is offboarded by his hospital while he is in a group with us. */

let desk: Desk;
let listing: GroupListing;
let judged: boolean[];
let ended: string[][];
let membership: Membership;
let count = 0;

const member = (personId: string, fields: Partial<MemberRecord> = {}): MemberRecord => {
	return { personId, owner: false, delivered: 0, seen: 0, ...fields };
};
const person = (personId: string, name: string, fields: Partial<PersonRecord> = {}): PersonRecord => {
	return { personId, name, function: "", organisation: { id: "1", name: "Klinikum A" }, ...fields };
};

beforeEach(async () => {
	desk = await deskOf(`leaving-${++count}`);
	judged = [];
	ended = [];
	listing = {
		id: desk.group,
		kind: "team",
		epoch: 1,
		lastSeq: 0,
		contact: null,
		case: null,
		retention: null,
		kept: [],
		recorded: [],
		members: [member(ME.personId), member(BOB.personId)],
		people: [person(ME.personId, "Alice"), person(BOB.personId, "Bob")],
	};
	const { context } = desk;
	Object.assign(context.api, { groups: async () => [listing] });
	Object.assign(context.roster, {
		judge: async (_: unknown, fresh = false): Promise<Verdict> => {
			judged.push(fresh);
			const gone = listing.members.some((one) => one.personId === BOB.personId && one.ended);
			return { certified: [], unknown: [], ended: gone ? [leafOf(BOB).identity] : [], changed: [] };
		},
	});
	const guard = new Guard(context, (_, identities) => ended.push(identities));
	membership = new Membership(context, guard, {} as Committer, { fill: async () => undefined });
});

const idle = () => desk.context.lanes.idle();

function leaves(deputy = ""): void {
	listing = {
		...listing,
		members: [member(ME.personId), member(BOB.personId, { ended: true })],
		people: [
			person(ME.personId, "Alice"),
			person(BOB.personId, "Bob", { left: true, ...(deputy ? { deputy } : {}) }),
		],
	};
}

describe("when the service lists somebody whose access has ended", () => {
	it("the leaves are judged by the newest revocations, and theirs is to go", async () => {
		leaves();
		await membership.refresh();
		await idle();
		expect(judged).toEqual([true]);
		expect(ended).toEqual([[leafOf(BOB).identity]]);
	});

	it("nobody is judged anew otherwise", async () => {
		await membership.refresh();
		await idle();
		expect([judged, ended]).toEqual([[], []]);
	});

	it("nor in a group that this device does not follow any more", async () => {
		leaves();
		await desk.context.groups.update(desk.group, { active: false });
		await membership.refresh();
		await idle();
		expect(judged).toEqual([]);
	});
});

describe("the conversation says", () => {
	const texts = async () => (await desk.context.store.messages(desk.group, null, 9)).map(({ text }) => text);

	/** Somebody's commit removes Bob. */
	async function removed(): Promise<void> {
		const { context, engine, service, group } = desk;
		const alice = formatIdentity({ personId: ME.personId, deviceTag: "0".repeat(16), domain: "a.example" });
		engine.process = async () => ({
			kind: "commit",
			active: true,
			before: [alice, leafOf(BOB).identity],
			after: [alice],
			sender: alice,
		});
		service.commits();
		const reader = new Reader(context, () => undefined);
		const hooks = { read: async () => undefined, lost: async () => undefined, progress: () => undefined };
		await new Streams(context, reader, hooks).catchUp(group);
	}

	it("that the access ended and who stands in", async () => {
		leaves("Anna Brandt");
		await membership.refresh();
		await idle();
		await removed();
		expect(await texts()).toEqual([
			"Der Zugang von Bob ist beendet. Das Gespräch geht ohne Bob weiter; neue Nachrichten kommen dort nicht mehr an. Vertretung: Anna Brandt.",
		]);
	});

	it("so also when the service has listed the group without them before the commit is read", async () => {
		leaves("Anna Brandt");
		await membership.refresh();
		await idle();
		listing = { ...listing, members: [member(ME.personId)], people: [person(ME.personId, "Alice")] };
		await membership.refresh();
		await removed();
		expect((await texts())[0]).toContain("Vertretung: Anna Brandt.");
	});

	it("no end of access where somebody has only revoked their device", async () => {
		leaves();
		listing = { ...listing, people: [person(ME.personId, "Alice"), person(BOB.personId, "Bob")] };
		await membership.refresh();
		await idle();
		await removed();
		expect(await texts()).toEqual(["Bob wurde entfernt."]);
	});

	it("nothing of a deputy where none was named", async () => {
		leaves();
		await membership.refresh();
		await idle();
		await removed();
		expect((await texts())[0]).not.toContain("Vertretung");
	});

	it("that somebody was removed, where that is all", async () => {
		await membership.refresh();
		await removed();
		expect(await texts()).toEqual(["Bob wurde entfernt."]);
	});
});
