import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Announcer } from "../../src/engine/announcer";
import type { Message, MessengerEvent } from "../../src/engine/types";

let told: Extract<MessengerEvent, { type: "messages" }>[];
let announcer: Announcer;

const message = (id: string, text = "") => ({ id, text }) as Message;
const ids = () => told.map(({ messages }) => messages.map(({ id }) => id).join());

beforeEach(() => {
	vi.useFakeTimers();
	told = [];
	announcer = new Announcer((event) => event.type === "messages" && told.push(event));
});

afterEach(() => {
	vi.useRealTimers();
});

test("a single message is told at once", () => {
	announcer.tell("g", [message("a")]);
	expect(ids()).toEqual(["a"]);
	vi.advanceTimersByTime(1000);
	announcer.tell("g", [message("b")]);
	expect(ids()).toEqual(["a", "b"]);
});

test("ten thousand in a row are told together, each once, in their order", () => {
	for (let at = 0; at < 10_000; at++) announcer.tell("g", [message(String(at))]);
	vi.runAllTimers();
	expect(told).toHaveLength(2);
	expect(told.flatMap(({ messages }) => messages.map(({ id }) => Number(id)))).toEqual(
		Array.from({ length: 10_000 }, (_, at) => at),
	);
});

test("of a message that changed meanwhile only the last is told; conversations stay apart", () => {
	announcer.tell("g", [message("a")]);
	announcer.tell("g", [message("b", "queued")]);
	announcer.tell("h", [message("c")]);
	announcer.tell("g", [message("b", "sent")]);
	vi.runAllTimers();
	expect(told.map(({ conversationId, messages }) => [conversationId, messages.length])).toEqual([
		["g", 1],
		["g", 1],
		["h", 1],
	]);
	expect(told[1]?.messages[0]?.text).toBe("sent");
});
