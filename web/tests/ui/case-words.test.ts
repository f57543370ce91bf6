import "./words";
import { describe, expect, it } from "vitest";
import {
	keptWords,
	markedOf,
	recordedWords,
	retentionWords,
} from "../../src/elements/conversation/case-words";
import { caseOf, retentionOf, type WireCase, type WireRetention } from "../../src/engine/case";
import type { Retention } from "../../src/engine/case-types";

const NOW = new Date("2026-03-01T12:00:00Z");
const retention = (more: Partial<Retention> = {}): Retention => ({
	days: 30,
	begins: "closed",
	endsAt: null,
	holds: [],
	expiredSeq: 0,
	...more,
});

describe("until when messages are kept", () => {
	it.each([
		[retention({ days: 180, begins: "sent" }), "Jede Nachricht wird 180 Tage nach dem Senden gelöscht."],
		[retention(), "Die Nachrichten werden 30 Tage nach dem Abschluss des Falls gelöscht."],
		[retention({ endsAt: "2026-03-13T10:00:00Z" }), "gelöscht, in 12 Tagen."],
		[
			retention({ endsAt: "2026-03-02T10:00:00Z" }),
			"Die Nachrichten werden morgen, am 02.03.2026, gelöscht.",
		],
		[retention({ endsAt: "2026-03-01T11:00:00Z" }), "in der nächsten Stunde"],
	])("%o: %s", (given, words) => {
		expect(retentionWords(given, NOW)[0]).toContain(words);
	});

	it("is said of a legal hold first, and nothing else", () => {
		const holds = [{ organisation: "Klinikum Nord", since: "2026-02-01T12:00:00Z" }];
		const words = retentionWords(retention({ endsAt: "2026-03-02T10:00:00Z", holds }), NOW);
		expect(words).toHaveLength(1);
		expect(words[0]).toContain("Klinikum Nord seit 01.02.2026");
	});

	it("counts what is marked", () => {
		expect([0, 1, 3].map(keptWords).map((words) => words.slice(0, 16))).toEqual([
			"Nichts ist für d",
			"Eine Nachricht i",
			"3 Nachrichten si",
		]);
	});
});

describe("what the service says of a case", () => {
	const wire: WireCase = {
		state: "closed",
		organisation: { id: "o", name: "Klinikum Nord" },
		opened_at: "2026-02-01T12:00:00Z",
		closed_at: "2026-02-02T12:00:00Z",
		closed_by: "Dr. Alice Albrecht",
		outcome: "answered",
		has_patient: true,
		may_close: false,
	};
	const kept: WireRetention = { days: 30, begins: "closed", ends_at: null, holds: [], expired_seq: 4 };

	it("is read", () => {
		expect(caseOf(wire)).toMatchObject({ state: "closed", outcome: "answered", mayClose: false });
		expect(retentionOf(kept)).toMatchObject({ days: 30, expiredSeq: 4 });
		expect(caseOf(null)).toBeNull();
	});

	it.each([
		{ state: "archived" },
		{ state: "open" },
		{ outcome: "cured" },
		{ closed_at: null },
		{ opened_at: "yesterday" },
	])("is not believed when it is not understood: %o", (wrong) => {
		expect(() => caseOf({ ...wire, ...wrong })).toThrow("case:");
	});

	it.each([
		{ expired_seq: -1 },
		{ expired_seq: 0.5 },
		{ begins: "never" },
		{ days: "30" },
		{ ends_at: "soon" },
	])("deletes nothing when it is not understood: %o", (wrong) => {
		expect(() => retentionOf({ ...kept, ...(wrong as Partial<WireRetention>) })).toThrow("case:");
	});
});

describe("what is in the record", () => {
	const recorded = (messageId: string, hospital = "Nord", examined = true) => ({
		messageId,
		hospital,
		by: "Dr. Alice Albrecht",
		at: "2026-03-02T09:00:00Z",
		findingId: null,
		examined,
	});

	it("is no mark any more while it is examined, unless it was marked again", () => {
		const kept = [
			{ messageId: "a", own: false },
			{ messageId: "b", own: true },
			{ messageId: "c", own: false },
		];
		const left = markedOf({ kept, recorded: [recorded("a"), recorded("b")] });
		expect(left.map(({ messageId }) => messageId)).toEqual(["b", "c"]);
	});

	it("is counted for each hospital, each message once", () => {
		const all = [recorded("a"), recorded("a"), recorded("b"), recorded("a", "Süd")];
		expect(recordedWords(all)).toEqual([
			"2 Nachrichten sind in der Akte (Nord).",
			"Eine Nachricht ist in der Akte (Süd).",
		]);
	});

	it("is said to be examined as long as it is", () => {
		const all = [
			recorded("a"),
			recorded("b", "Nord", false),
			recorded("a", "Süd", false),
			recorded("c", "Süd", false),
		];
		expect(recordedWords(all)).toEqual([
			"Eine Nachricht ist in der Akte (Nord).",
			"Eine Nachricht wird noch geprüft, bevor sie in der Akte steht (Nord).",
			"2 Nachrichten werden noch geprüft, bevor sie in der Akte stehen (Süd).",
		]);
	});
});
