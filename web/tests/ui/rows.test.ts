import "./words";
import { describe, expect, it } from "vitest";
import { rowsOf } from "../../src/elements/conversation/rows";
import type { Message } from "../../src/engine/types";
import { alice, anton, bob, message } from "./cast";

const at = (one: Message, sentAt: string): Message => ({ ...one, sentAt });
const kinds = (messages: Message[], seen: number | null = null, complete = false) =>
	rowsOf(messages, seen, complete).map(({ kind }) => kind);

describe("the rows of a thread", () => {
	it("separates days", () => {
		const messages = [
			at(message(1, bob(), "Abend"), "2026-05-12T20:00:00"),
			at(message(2, bob(), "Morgen"), "2026-05-13T06:00:00"),
		];
		expect(kinds(messages)).toEqual(["day", "message", "day", "message"]);
	});

	it("names a person once in a run, and again after somebody else, after ten minutes and on another day", () => {
		const messages = [
			at(message(1, bob(), "a"), "2026-05-12T08:00:00"),
			at(message(2, bob(), "b"), "2026-05-12T08:05:00"),
			at(message(3, anton(), "c"), "2026-05-12T08:06:00"),
			at(message(4, bob(), "d"), "2026-05-12T08:07:00"),
			at(message(5, bob(), "e"), "2026-05-12T08:18:00"),
			at(message(6, bob(), "f"), "2026-05-13T08:00:00"),
		];
		const opens = rowsOf(messages, null, false).flatMap((row) => (row.kind === "message" ? [row.opens] : []));
		expect(opens).toEqual([true, false, true, true, true, true]);
	});

	it("draws the line before the first message by others that Alice has not seen", () => {
		const messages = [
			message(1, bob(), "a"),
			message(2, alice(), "b"),
			message(3, bob(), "c"),
			message(4, bob(), "d"),
		];
		expect(kinds(messages, 1)).toEqual(["day", "message", "message", "unread", "message", "message"]);
	});

	it("draws no line when everything was seen, and none while that is not known", () => {
		const messages = [message(1, bob(), "a")];
		expect(kinds(messages, 1)).toEqual(["day", "message"]);
		expect(kinds(messages, null)).toEqual(["day", "message"]);
	});

	it("does not count an event as unread", () => {
		expect(kinds([message(5, bob(), "kam dazu", { type: "event" })], 1)).toEqual(["day", "event"]);
	});

	it("says where the conversation begins once nothing older is left", () => {
		expect(kinds([message(1, bob(), "a")], null, true)).toEqual(["beginning", "day", "message"]);
		expect(kinds([], null, true)).toEqual([]);
	});

	it("gives every row a key of its own", () => {
		const messages = [
			message(1, bob(), "a"),
			message(2, bob(), "b"),
			message(3, bob(), "", { type: "title" }),
		];
		const keys = rowsOf(messages, 1, true).map(({ key }) => key);
		expect(new Set(keys).size).toBe(keys.length);
	});
});
