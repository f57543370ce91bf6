import "./words";
import { describe, expect, it } from "vitest";
import { progressOf } from "../../src/elements/conversation/receipts";
import { alice, anton, bob, carla, conversation, ME, message } from "./cast";

const own = (seq: number | null, send: Parameters<typeof message>[3] = {}) =>
	message(seq, alice(), "x", send);

describe("how far an own message has come", () => {
	it("is sent while nobody has confirmed it", () => {
		const progress = progressOf(own(5), conversation(1, [alice(), bob({ delivered: 4, seen: 4 })]), ME);
		expect(progress).toMatchObject({ stage: "sent", waiting: [{ name: bob().name }] });
	});

	it("is delivered when the only other has it, seen when that one has seen it", () => {
		const to = (more: Parameters<typeof bob>[0]) => conversation(1, [alice(), bob(more)]);
		expect(progressOf(own(5), to({ delivered: 5, seen: 4 }), ME).stage).toBe("delivered");
		expect(progressOf(own(5), to({ delivered: 5, seen: 5 }), ME).stage).toBe("seen");
	});

	it("says in a group who has seen it, who only has it, and who has not", () => {
		const people = [
			alice(),
			bob({ seen: 7, delivered: 7 }),
			anton({ seen: 2, delivered: 6 }),
			carla({ delivered: 3 }),
		];
		const progress = progressOf(own(6), conversation(1, people), ME);
		expect(progress).toMatchObject({
			stage: "seen",
			seen: [{ name: bob().name }],
			delivered: [{ name: anton().name }],
			waiting: [{ name: carla().name }],
		});
	});

	it("does not take Alice's own watermark for somebody's", () => {
		const progress = progressOf(own(5), conversation(1, [alice({ seen: 9, delivered: 9 }), bob()]), ME);
		expect(progress.stage).toBe("sent");
	});

	it.each([
		[{ state: "queued" } as const, { stage: "queued" }],
		[{ state: "uploading", sentBytes: 1, totalBytes: 4 } as const, { stage: "uploading", share: 0.25 }],
		[{ state: "uploading", sentBytes: 0, totalBytes: 0 } as const, { stage: "uploading", share: 0 }],
		[{ state: "failed", reason: "stale-epoch" } as const, { stage: "failed", reason: "stale-epoch" }],
	])("tells the outbox: %o", (send, expected) => {
		expect(progressOf(own(null, { send }), conversation(1, [alice(), bob()]), ME)).toEqual(expected);
	});
});
