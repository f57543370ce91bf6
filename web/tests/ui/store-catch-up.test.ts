import "./words";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
	ConversationStore,
	MOST_AT_ONCE,
	PAGE_SIZE,
	type StoreEvent,
} from "../../src/elements/conversation/store";
import { alice, bob, conversation, id, ME, message } from "./cast";
import { FakeMessenger } from "./fake-messenger";

let messenger: FakeMessenger;
let store: ConversationStore;
let changes: number;

beforeEach(async () => {
	vi.useFakeTimers();
	messenger = new FakeMessenger([conversation(1, [alice({ seen: 1 }), bob()], { unread: 2 })]);
	messenger.put(id(1), [message(1, bob(), "n1")]);
	changes = 0;
	store = new ConversationStore(messenger, ME, (event: StoreEvent) => {
		if (event.type === "changed") changes += 1;
	});
	store.select(id(1));
	await vi.advanceTimersByTimeAsync(1);
	changes = 0;
});

afterEach(() => {
	store.close();
	vi.useRealTimers();
});

/** `count` messages in batches, as the engine tells them while it catches up. */
async function catchUp(count: number): Promise<void> {
	const all = Array.from({ length: count }, (_, at) => message(at + 2, bob(), `n${at + 2}`));
	messenger.put(id(1), [message(1, bob(), "n1"), ...all]);
	for (let done = 0; done < count; done += 100) {
		messenger.tell({ type: "catch-up", done, total: count });
		const messages = all.slice(done, done + 100).map((one) => ({ ...one, conversationId: id(1) }));
		messenger.tell({ type: "messages", conversationId: id(1), messages });
		await vi.advanceTimersByTimeAsync(10);
	}
}

describe("the store while much is caught up", () => {
	it("shows changes a few times a second, not with each message", async () => {
		await catchUp(10_000);
		expect(changes).toBeLessThanOrEqual(Math.ceil((100 * 10) / 150) + 1);
	});

	it("shows the first messages long before the last has come", async () => {
		await catchUp(200);
		await vi.advanceTimersByTimeAsync(200);
		expect(store.snapshot.catchUp).not.toBeNull();
		expect(store.snapshot.open?.timeline.messages).toHaveLength(201);
	});

	it("takes in a bounded number of rows, and goes on from the newest at the end", async () => {
		await catchUp(2000);
		const { open } = store.snapshot;
		expect(open?.behind).toBe(true);
		expect(open?.timeline.messages.length).toBeLessThan(MOST_AT_ONCE + 101);
		messenger.tell({ type: "catch-up", done: 2000, total: 2000 });
		await store.toNewest();
		expect(store.snapshot.open?.timeline.messages).toHaveLength(PAGE_SIZE);
		expect(store.snapshot.open?.timeline.newest).toBe(2001);
		await store.loadOlder();
		expect(store.snapshot.open?.timeline.oldest).toBe(2001 - 2 * PAGE_SIZE + 1);
	});

	it("takes an own message in, however much is missing", async () => {
		await catchUp(2000);
		const sent = await messenger.send(id(1), "meine");
		store.sent(sent);
		expect(store.snapshot.open?.timeline.has(sent.id)).toBe(true);
	});

	it("does not bring back what was discarded", async () => {
		const sent = await messenger.send(id(1), "doch nicht");
		store.sent(sent);
		store.discarded(sent);
		messenger.tell({ type: "messages", conversationId: id(1), messages: [sent] });
		expect(store.snapshot.queued).toBe(0);
		expect(store.snapshot.open?.timeline.has(sent.id)).toBe(false);
	});
});
