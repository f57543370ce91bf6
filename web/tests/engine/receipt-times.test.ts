import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/crypto/ids";
import { newGroup } from "../../src/engine/groups";
import { PEOPLE_WITH_TIMES, passagesAfter, passedAt } from "../../src/engine/receipt-times";
import { Receipts } from "../../src/engine/receipts";
import type { MemberRecord } from "../../src/engine/records";
import { BOB, type Desk, deskOf } from "../support/scripted";

const T1 = new Date("2026-03-01T14:32:00Z");
const T2 = new Date("2026-03-01T15:00:00Z");
const bob = (delivered: number, seen: number): MemberRecord => ({
	personId: BOB.personId,
	owner: false,
	delivered,
	seen,
});

describe("when a watermark passed a message", () => {
	it("is the first time that this browser heard of it", () => {
		const first = passagesAfter({ members: [bob(0, 0)] }, [bob(3, 2)], T1) ?? {};
		const passages = passagesAfter({ members: [bob(3, 2)], passages: first }, [bob(5, 5)], T2) ?? {};
		const { delivered, seen } = passages[BOB.personId] ?? {};
		const times = [passedAt(delivered, 3), passedAt(seen, 3), passedAt(seen, 2), passedAt(seen, 6)];
		expect(times).toEqual([T1.toISOString(), T2.toISOString(), T1.toISOString(), null]);
	});

	it("is not known of watermarks that stood there before, nor of a person who is new here", () => {
		expect(passagesAfter({ members: [] }, [bob(9, 9)], T1)).toBeUndefined();
		const passages = passagesAfter({ members: [bob(9, 9)] }, [bob(10, 9)], T1) ?? {};
		expect(passedAt(passages[BOB.personId]?.delivered, 9)).toBeNull();
		expect(passedAt(passages[BOB.personId]?.delivered, 10)).toBe(T1.toISOString());
	});

	it("is forgotten of old messages, and never wrong for them", () => {
		let group = { members: [bob(0, 0)], passages: {} as Record<string, never> | undefined };
		for (let seq = 1; seq <= 40; seq++) {
			const passages = passagesAfter(group as never, [bob(seq, seq)], T1);
			group = { members: [bob(seq, seq)], passages: passages as never };
		}
		const kept = (group.passages as never as Record<string, { seen: [] }>)[BOB.personId]?.seen ?? [];
		expect([kept.length, passedAt(kept, 5), passedAt(kept, 40)]).toEqual([12, null, T1.toISOString()]);
	});

	it("is not kept in large rooms", () => {
		const many = (seen: number) =>
			Array.from({ length: PEOPLE_WITH_TIMES + 1 }, (_, index) => ({
				...bob(seen, seen),
				personId: `${index}`,
			}));
		expect(passagesAfter({ members: many(0) }, many(3), T1)).toBeUndefined();
	});
});

describe("in a room of 200", () => {
	let desk: Desk;
	let count = 0;

	beforeEach(async () => {
		desk = await deskOf(`room-${++count}`);
		vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
	});
	afterEach(() => vi.useRealTimers());

	it("five hundred messages that are read and seen at once are one frame", async () => {
		const { context } = desk;
		const id = newId();
		const members = Array.from({ length: 200 }, (_, index) => ({ ...bob(0, 0), personId: `${index}` }));
		await context.groups.put({ ...newGroup({ id, kind: "team", cursor: 0, members }, T1), cursor: 500 });
		const frames: Record<string, unknown>[] = [];
		const receipts = new Receipts(context, { say: (frame) => frames.push(frame) > 0 });
		for (let message = 0; message < 500; message++) receipts.changed(id);
		await context.groups.update(id, { seen: 500 });
		receipts.changed(id);
		await vi.advanceTimersByTimeAsync(1000);
		expect(frames).toEqual([{ op: "receipt", group: id, delivered: 500, seen: 500 }]);
		receipts.changed(id);
		await vi.advanceTimersByTimeAsync(1000);
		expect(frames).toHaveLength(1);
	});

	it("what the others have seen is heard without a word back", async () => {
		const { context } = desk;
		const id = newId();
		const members = Array.from({ length: 200 }, (_, index) => ({ ...bob(0, 0), personId: `${index}` }));
		await context.groups.put(newGroup({ id, kind: "team", cursor: 5, members }, T1));
		const frames: Record<string, unknown>[] = [];
		const receipts = new Receipts(context, { say: (frame) => frames.push(frame) > 0 });
		for (const { personId } of members) await receipts.heard(id, personId, 5, 5);
		await vi.advanceTimersByTimeAsync(1000);
		const { members: after, passages } = context.groups.get(id);
		expect([frames.length, after.every(({ seen }) => seen === 5), passages]).toEqual([0, true, undefined]);
	});
});
