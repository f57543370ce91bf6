import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Groups, newGroup } from "../../src/engine/groups";
import { Store } from "../../src/engine/store";

const ROOM = "0195a000-0000-7000-8000-00000000000a";
const OTHER_ROOM = "0195a000-0000-7000-8000-00000000000b";
const JONAS = {
	personId: "jonas",
	name: "Dr. med. Jonas Öztürk",
	function: "Physician",
	organisation: { id: "s", name: "Universitätsklinikum Südstadt" },
};
let store: Store;
let groups: Groups;
let told: string[];
let count = 0;

beforeEach(async () => {
	told = [];
	store = await Store.open(`groups-${++count}`);
	groups = await Groups.load(store, (groupId) => told.push(groupId));
	await groups.put(room(ROOM, JONAS.personId));
	await groups.put(room(OTHER_ROOM, "sofia"));
	await groups.learn([JONAS]);
	told = [];
});

afterEach(() => store.close());

function room(id: string, personId: string) {
	const members = [{ personId, owner: false, delivered: 0, seen: 0 }];
	return newGroup({ id, kind: "direct", cursor: 0, members }, new Date("2026-03-01T12:00:00Z"));
}

describe("what is learned of a person", () => {
	it("is told to the conversations that show it, and to no other", async () => {
		await groups.learn([{ ...JONAS, function: "Ärztlicher Dienst" }]);
		expect(told).toEqual([ROOM]);
		expect(groups.person(JONAS.personId).function).toBe("Ärztlicher Dienst");
	});

	it("is told to nobody when it is no news", async () => {
		await groups.learn([{ ...JONAS }]);
		expect(told).toEqual([]);
	});
});
