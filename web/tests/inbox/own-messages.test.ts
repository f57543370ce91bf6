import "../ui/words";
import { describe, expect, it } from "vitest";
import { unreadIn, wordsOf } from "../../src/elements/own-messages/words";
import { alice, bob, conversation } from "../ui/cast";

const READY = { state: "ready", deviceId: "d", online: true } as const;

describe("a patient's first page", () => {
	it("counts the messages of all conversations", () => {
		const some = [3, 0, 2].map((unread, at) => conversation(at, [alice(), bob()], { unread }));
		expect([unreadIn(some), unreadIn([])]).toEqual([5, 0]);
	});

	it("says how many wait, once that is known", () => {
		expect([null, 0, 1, 5].map((unread) => wordsOf(READY, unread))).toEqual([
			"Einen Moment …",
			"Keine neuen Nachrichten",
			"1 ungelesene Nachricht",
			"5 ungelesene Nachrichten",
		]);
	});

	it("says what hinders it", () => {
		expect(wordsOf({ state: "needs-approval", ended: null }, null)).toContain("noch nicht eingerichtet");
		expect(wordsOf({ state: "locked-elsewhere" }, 3)).toContain("anderen Fenster");
		expect(wordsOf({ state: "failed", reason: "offline" }, 3)).toContain("lässt sich gerade nicht sagen");
	});
});
