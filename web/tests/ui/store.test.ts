import "./words";
import { describe, expect, it } from "vitest";
import { ConversationStore, PAGE_SIZE, type StoreEvent } from "../../src/elements/conversation/store";
import { alice, bob, conversation, id, ME, message } from "./cast";
import { FakeMessenger } from "./fake-messenger";

const settled = () => new Promise((resolve) => setTimeout(resolve));

function workspace(count = 3, more: Parameters<typeof conversation>[2] = {}) {
	const messenger = new FakeMessenger([conversation(1, [alice({ seen: 1 }), bob()], { unread: 2, ...more })]);
	const texts = Array.from({ length: count }, (_, index) => message(index + 1, bob(), `n${index + 1}`));
	messenger.put(id(1), texts);
	const events: StoreEvent[] = [];
	const store = new ConversationStore(messenger, ME, (event) => events.push(event));
	return { messenger, store, events };
}

const texts = (store: ConversationStore) => store.snapshot.open?.timeline.messages.map(({ text }) => text);

describe("the store of the workspace", () => {
	it("knows the conversations as soon as the messenger tells them, newest first", () => {
		const old = conversation(2, [alice(), bob()], { joinedAt: "2020-01-01T00:00:00Z" });
		const messenger = new FakeMessenger([old, conversation(3, [alice(), bob()])]);
		const store = new ConversationStore(messenger, ME, () => undefined);
		expect(store.snapshot.conversations?.map((one) => one.id)).toEqual([id(3), id(2)]);
	});

	it("opens a conversation at its newest page and pages back to its beginning", async () => {
		const { store } = workspace(PAGE_SIZE + 10);
		store.select(id(1));
		await settled();
		expect(texts(store)).toHaveLength(PAGE_SIZE);
		expect(store.snapshot.open).toMatchObject({ state: "ready", seenAtOpening: 1 });
		await store.loadOlder();
		expect(texts(store)?.[0]).toBe("n1");
		expect(store.snapshot.open?.timeline.complete).toBe(true);
	});

	it("keeps what was unread at opening, also after it was seen", async () => {
		const { store } = workspace();
		store.select(id(1));
		await settled();
		store.markSeen();
		await settled();
		expect(store.snapshot.conversations?.[0]?.unread).toBe(0);
		expect(store.snapshot.open?.seenAtOpening).toBe(1);
	});

	it("does not mark seen twice", async () => {
		const { store, messenger } = workspace();
		store.select(id(1));
		await settled();
		store.markSeen();
		await settled();
		store.markSeen();
		expect(messenger.calls.filter(([name]) => name === "markSeen")).toEqual([["markSeen", id(1), 3]]);
	});

	it("tells a message by others as arrived, once, and an own one not", async () => {
		const { store, messenger, events } = workspace();
		store.select(id(1));
		await settled();
		const fresh = message(4, bob(), "neu");
		messenger.arrive(id(1), fresh);
		messenger.arrive(id(1), { ...fresh, text: "neu" });
		messenger.arrive(id(1), message(5, alice(), "eigene"));
		expect(events.filter(({ type }) => type === "arrived")).toHaveLength(1);
		expect(texts(store)).toEqual(["n1", "n2", "n3", "neu", "eigene"]);
	});

	it("keeps own messages at the end until the server has numbered them", async () => {
		const { store, messenger } = workspace();
		store.select(id(1));
		await settled();
		const sent = await messenger.send(id(1), "wartet");
		messenger.arrive(id(1), message(4, bob(), "kam dazwischen"));
		expect(texts(store)?.at(-1)).toBe("wartet");
		expect(store.snapshot.queued).toBe(1);
		messenger.arrive(id(1), { ...sent, seq: 5, send: { state: "sent", seq: 5 } });
		expect(store.snapshot.queued).toBe(0);
		expect(texts(store)?.at(-1)).toBe("wartet");
	});

	it("says that loading failed, and loads again", async () => {
		const { store, messenger } = workspace();
		messenger.refuseNext = { code: "unavailable", detail: "" };
		store.select(id(1));
		await settled();
		expect(store.snapshot.open?.state).toBe("failed");
		store.reload();
		await settled();
		expect(store.snapshot.open?.state).toBe("ready");
	});

	it("tells many changes of one turn once", async () => {
		const { messenger, events } = workspace();
		await settled();
		events.length = 0;
		for (let seq = 10; seq < 60; seq += 1) messenger.arrive(id(1), message(seq, bob(), "x"));
		await settled();
		expect(events).toEqual([{ type: "changed" }]);
	});
});

describe("a jump into the past", () => {
	const COUNT = PAGE_SIZE * 3;

	async function jumped() {
		const parts = workspace(COUNT);
		parts.store.select(id(1));
		await settled();
		const all = await parts.messenger.messages(id(1), { limit: COUNT });
		const target = all[40]?.id ?? "";
		const stretch = await parts.messenger.around(target);
		if (!stretch) throw new Error("not there");
		parts.store.show(stretch);
		return { ...parts, target };
	}

	it("shows one stretch around the message, and nothing that comes in behind a gap", async () => {
		const { store, messenger, target, events } = await jumped();
		messenger.arrive(id(1), message(COUNT + 1, bob(), "ganz neu"));
		const { timeline } = store.snapshot.open ?? {};
		expect(timeline?.has(target)).toBe(true);
		expect(timeline?.detached).toBe(true);
		expect(texts(store)).toEqual(Array.from({ length: 50 }, (_, index) => `n${index + 16}`));
		expect(events.filter(({ type }) => type === "arrived")).toHaveLength(1);
	});

	it("never counts what lies behind the gap as seen", async () => {
		const { store, messenger } = await jumped();
		store.markSeen();
		expect(messenger.calls.filter(([name]) => name === "markSeen")).toEqual([]);
	});

	it("reads on to the end without a gap, and takes up what came in meanwhile", async () => {
		const { store, messenger } = await jumped();
		messenger.arrive(id(1), message(COUNT + 1, bob(), "ganz neu"));
		for (let page = 0; page < 4; page += 1) await store.loadNewer();
		expect(store.snapshot.open?.timeline.detached).toBe(false);
		expect(texts(store)?.slice(-2)).toEqual([`n${COUNT}`, "ganz neu"]);
		const numbers = store.snapshot.open?.timeline.messages.map(({ seq }) => seq);
		expect(numbers).toEqual(Array.from({ length: COUNT + 1 - 15 }, (_, index) => index + 16));
	});

	it("keeps a message that came in while the last page was on its way", async () => {
		const { store, messenger } = await jumped();
		for (let page = 0; page < 2; page += 1) await store.loadNewer();
		const last = store.loadNewer();
		messenger.arrive(id(1), message(COUNT + 1, bob(), "gerade eben"));
		await last;
		expect(texts(store)?.at(-1)).toBe("gerade eben");
	});

	it("goes back to the newest page at once", async () => {
		const { store } = await jumped();
		await store.toNewest();
		expect(store.snapshot.open?.timeline.detached).toBe(false);
		expect(texts(store)?.at(-1)).toBe(`n${COUNT}`);
		expect(texts(store)).toHaveLength(PAGE_SIZE);
	});

	it("changes a message before the eyes, also while newer ones are not here", async () => {
		const { store, messenger, target } = await jumped();
		const one = store.snapshot.open?.timeline.messages.find((known) => known.id === target);
		if (one) messenger.arrive(id(1), { ...one, text: "geändert" });
		expect(texts(store)).toContain("geändert");
	});
});
