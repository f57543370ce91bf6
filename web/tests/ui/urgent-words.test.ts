import "./words";
import { describe, expect, it } from "vitest";
import { actionsOf } from "../../src/elements/conversation/message-attention";
import { nameWithTime } from "../../src/elements/conversation/receipt-times";
import {
	acknowledgementLines,
	remaining,
	titleOf,
	toneOf,
	trackOf,
} from "../../src/elements/conversation/urgent-words";
import { addressedMessage, messageAddress } from "../../src/elements/message-address";
import { clockOf, inOrder } from "../../src/elements/urgent/order";
import type { Message } from "../../src/engine/types";
import type { Acknowledgement, UrgentItem } from "../../src/engine/urgent-types";
import { alice, bob, carla, conversation, id, ME, message } from "./cast";
import { ACKNOWLEDGED, ASKED, ESCALATED, EXHAUSTED, happened, inMinutes, urgentOf } from "./urgent-scenes";

const now = new Date();
const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString();

describe("the clock", () => {
	it.each([
		[11.5, "noch 12 Min.", "calm"],
		[4, "noch 4 Min.", "soon"],
		[0, "jetzt fällig", "late"],
		[-6, "seit 6 Min. überfällig", "late"],
	])("%s minutes before the deadline says how much is left", (minutes, text, tone) => {
		expect(remaining(at(minutes), now)).toEqual({ text, tone });
	});
});

describe("the track", () => {
	const texts = (urgent: Parameters<typeof trackOf>[0], me = ME) =>
		trackOf(urgent, me).map(({ text }) => text);

	it("says what has happened, and what would without an acknowledgement", () => {
		expect(texts(urgentOf())).toEqual([
			"Dringend gesendet an Rufdienst Kardiologie, Kreisklinik Bodensee",
			`${bob().name} benachrichtigt`,
			`Ohne Bestätigung weiter an ${carla().name}`,
		]);
		expect(trackOf(urgentOf(), ME).at(-1)).toMatchObject({ tone: "ahead", at: expect.any(String) });
	});

	it("tells a climb once, with who is asked then, and the end of the chain", () => {
		expect(texts(ESCALATED).slice(2)).toEqual([
			`Nicht bestätigt, weiter an ${carla().name}`,
			"Danach gibt es keine weitere Stufe",
		]);
	});

	it("tells a climb to nobody", () => {
		const timeline = [happened("announced", -20), happened("escalated", -5, null, 1)];
		expect(texts({ ...ESCALATED, timeline })[1]).toBe("Nicht bestätigt, nächste Stufe");
	});

	it("ends with the acknowledgement, and has nothing ahead", () => {
		expect(trackOf(ACKNOWLEDGED, ME).at(-1)).toMatchObject({
			text: `Von ${carla().name} bestätigt`,
			tone: "done",
		});
		expect(texts(EXHAUSTED).at(-1)).toBe("Niemand mehr zu fragen");
	});

	it("speaks to who was told", () => {
		expect(texts(ASKED)[1]).toBe("Sie wurden benachrichtigt");
		expect(texts(ACKNOWLEDGED, carla().personId).slice(2)).toEqual([
			"Nicht bestätigt, weiter an Sie",
			"Von Ihnen bestätigt",
		]);
	});
});

describe("the line over it", () => {
	it("says how it stands, and to who is asked what to do", () => {
		expect(titleOf(ASKED, true, now)).toMatch(/^Dringend: bitte bis .* bestätigen$/);
		expect(titleOf(ESCALATED, false, now)).toBe("Dringend: noch nicht bestätigt, weiter gefragt");
		expect([toneOf(urgentOf(), now), toneOf(ACKNOWLEDGED, now), toneOf(EXHAUSTED, now)]).toEqual([
			"calm",
			"done",
			"late",
		]);
	});
});

describe("acknowledgements", () => {
	const row = (who: string, more: Partial<Acknowledgement> = {}): Acknowledgement => ({
		kind: "acknowledged",
		personId: who,
		at: "2026-03-01T12:00:00Z",
		endedAt: null,
		...more,
	});
	const nameOf = (personId: string) => (personId === bob().personId ? "Bob" : "Carla");
	const lines = (...rows: Acknowledgement[]) => acknowledgementLines(rows, nameOf, ME, now);

	it("are two lines at most, who has it first", () => {
		const taken = row(bob().personId, { kind: "taken-over" });
		const [first, second, ...rest] = lines(row(carla().personId), row(ME), taken, row(bob().personId));
		expect(first).toMatch(/^Übernommen von Bob, /);
		expect(second).toMatch(/^Bestätigt von Carla, .* und 1 weitere$/);
		expect(rest).toEqual([]);
	});

	it("say that it was handed back while nobody else has it", () => {
		const back = row(ME, { kind: "taken-over", endedAt: "2026-03-01T12:30:00Z" });
		expect(lines(back)[0]).toMatch(/^Von Ihnen zurückgegeben/);
		expect(lines(back, row(bob().personId, { kind: "taken-over" }))).toHaveLength(1);
	});
});

describe("what can be done about a message", () => {
	const open = conversation(1, [alice(), bob(), carla()], { kind: "case" });
	const talk = conversation(2, [alice(), bob()]);
	const theirs = (more: Partial<Message> = {}) => message(5, bob(), "x", more);
	const mine = (more: Partial<Message> = {}) => message(5, alice(), "x", more);
	const actions = (one: Message, room = open, answered = 0) => actionsOf(one, room, ME, answered);
	const row = (personId: string, kind: Acknowledgement["kind"]) => ({
		kind,
		personId,
		at: at(-1),
		endedAt: null,
	});

	it("is nothing in ordinary talk, and nothing where one can no longer write", () => {
		expect(actions(theirs(), talk)).toEqual([]);
		expect(actions(theirs({ urgent: ASKED }), { ...talk, active: false })).toEqual([]);
	});

	it("is to acknowledge or take over what is urgent, and what was asked in a case and not answered", () => {
		expect(actions(theirs({ urgent: ASKED }), talk, 9)).toEqual(["acknowledge", "take-over"]);
		expect([actions(theirs()), actions(theirs(), open, 9)]).toEqual([["acknowledge", "take-over"], []]);
	});

	it("is to take over what one has acknowledged, to hand back what one has, and nothing where another has it", () => {
		const with_ = (personId: string, kind: Acknowledgement["kind"]) =>
			theirs({ acknowledgements: [row(personId, kind)] });
		expect(actions(with_(ME, "acknowledged"))).toEqual(["take-over"]);
		expect(actions(with_(ME, "taken-over"))).toEqual(["hand-back"]);
		expect(actions(with_(carla().personId, "taken-over"))).toEqual([]);
	});

	it("is to withdraw an own one while somebody can still be asked", () => {
		expect(actions(mine({ urgent: ESCALATED }))).toEqual(["withdraw"]);
		expect([
			actions(mine({ urgent: EXHAUSTED })),
			actions(mine({ urgent: ACKNOWLEDGED })),
			actions(mine()),
		]).toEqual([[], [], []]);
	});
});

describe("the work list", () => {
	const item = (name: string, more: Partial<UrgentItem>): UrgentItem => ({
		conversationId: id(1),
		messageId: name,
		senderName: "Bob",
		role: null,
		state: "waiting",
		dueAt: at(10),
		announcedAt: at(-5),
		member: true,
		title: "",
		text: "",
		...more,
	});

	it("has what is overdue first, then what is due next", () => {
		const items = [
			item("later", { dueAt: at(30) }),
			item("next", {}),
			item("overdue", { dueAt: at(-1) }),
			item("nobody", { state: "exhausted", dueAt: null }),
		];
		expect(inOrder(items, now).map(({ messageId }) => messageId)).toEqual([
			"nobody",
			"overdue",
			"next",
			"later",
		]);
	});

	it("says that nobody is left to ask", () => {
		expect(clockOf(item("x", { state: "exhausted", dueAt: null }), now)).toEqual({
			text: "niemand bestätigt",
			tone: "late",
		});
	});

	it("leads to the message", () => {
		const address = messageAddress(id(1), id(2), "/conversations/");
		expect(address).toBe(`/conversations/${id(1)}/#m-${id(2)}`);
		expect(addressedMessage(new URL(address, "http://x").hash)).toBe(id(2));
		expect([addressedMessage(""), addressedMessage("#m-1")]).toEqual([null, null]);
	});
});

describe("the time of a receipt", () => {
	it("stands beside the name, where it was heard", () => {
		const passages = { delivered: [], seen: [{ after: 2, upTo: 5, at: inMinutes(0) }] };
		const who = bob({ passages, seen: 5 });
		expect(nameWithTime(who, "seen", 4)).toMatch(/\(Kreisklinik Bodensee\) bis (.*, )?\d\d:\d\d$/);
		expect(nameWithTime(who, "seen", 2)).toBe(`${bob().name} (Kreisklinik Bodensee)`);
	});
});
