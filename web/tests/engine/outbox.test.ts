import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { Guard } from "../../src/engine/guard";
import { Outbox } from "../../src/engine/outbox";
import { Reader } from "../../src/engine/reader";
import { Streams } from "../../src/engine/streams";
import { type Desk, deskOf } from "../support/scripted";

let desk: Desk;
let outbox: Outbox;
let streams: Streams;
let count = 0;

beforeEach(async () => {
	await begin(await deskOf(`outbox-${++count}`));
});

async function begin(next: Desk): Promise<void> {
	desk = next;
	const { context, service, group } = desk;
	const reader = new Reader(context, (id) => outbox.forget(id));
	const hooks = { read: async () => undefined, lost: async () => undefined, progress: () => undefined };
	streams = new Streams(context, reader, hooks);
	outbox = new Outbox(context, new Guard(context, () => undefined), {
		transmit: (_, id, epoch, message) => service.take(id, epoch, message),
		catchUp: () => streams.catchUp(group),
		freshenKeys: async () => undefined,
	});
	await outbox.load();
}

/** As after a crash: memory is gone, the store is not. */
async function beginAgain(): Promise<void> {
	desk.context.store.close();
	await begin(await deskOf(`outbox-${count}`, desk));
}

const write = (text: string) => outbox.enqueue(desk.group, { type: "text", text });
const own = () => desk.service.entries.filter(({ kind }) => kind === "application").map(({ id }) => id);
const states = async () =>
	(await desk.context.store.messages(desk.group, null, 50)).map(({ text, send }) => [text, send?.state]);

describe("a message", () => {
	it("is queued, sent, and known as sent", async () => {
		const { id } = await write("eins");
		expect(await states()).toEqual([["eins", "queued"]]);
		await outbox.pump(desk.group);
		expect([own(), await states()]).toEqual([[id], [["eins", "sent"]]]);
		expect(desk.context.groups.get(desk.group).cursor).toBe(1);
	});

	it("keeps its place in the order of writing, also within one millisecond", async () => {
		const ids = [];
		for (const text of ["a", "b", "c", "d", "e", "f"]) ids.push((await write(text)).id);
		await outbox.pump(desk.group);
		expect(own()).toEqual(ids);
	});

	it("that comes while another is sent is not forgotten", async () => {
		await write("eins");
		const pumped = outbox.pump(desk.group);
		await write("zwei");
		await outbox.pump(desk.group);
		await pumped;
		expect((await states()).map(([, state]) => state)).toEqual(["sent", "sent"]);
	});

	it("waits when the service is away, and goes on later", async () => {
		desk.service.weather.push("request-lost");
		await write("eins");
		await outbox.pump(desk.group);
		expect(await states()).toEqual([["eins", "queued"]]);
		await outbox.pumpAll();
		expect(await states()).toEqual([["eins", "sent"]]);
	});

	it("is there once when only the answer was lost", async () => {
		desk.service.weather.push("answer-lost");
		const { id } = await write("einmal");
		await outbox.pump(desk.group);
		await outbox.pumpAll();
		expect([own(), await states(), desk.engine.encrypted.length]).toEqual([[id], [["einmal", "sent"]], 1]);
	});

	it("is there once when the answer was lost and the tab closed: encrypted anew, known by its id", async () => {
		desk.service.weather.push("answer-lost");
		const { id } = await write("einmal");
		await outbox.pump(desk.group);
		await beginAgain();
		await outbox.pumpAll();
		expect([own(), await states(), desk.engine.encrypted.length]).toEqual([[id], [["einmal", "sent"]], 2]);
		expect(outbox.all()).toEqual([]);
	});

	it("survives a closed tab before it was sent", async () => {
		await write("gleich");
		await beginAgain();
		await outbox.pumpAll();
		expect(await states()).toEqual([["gleich", "sent"]]);
	});

	it("is encrypted for the epoch in which it is sent", async () => {
		desk.service.commits();
		await write("neu");
		await outbox.pump(desk.group);
		expect([desk.engine.encrypted, await states()]).toEqual([[1, 2], [["neu", "sent"]]]);
	});

	it("that the service refuses shows why, holds up no other, and can be tried again or given up", async () => {
		const refused = await write("zu groß");
		const { take } = desk.service;
		const { Problem } = await import("../../src/lib/http");
		desk.service.take = (id, ...rest) =>
			id === refused.id
				? Promise.reject(new Problem(413, "too-large", ""))
				: take.call(desk.service, id, ...rest);
		await write("weiter");
		await outbox.pump(desk.group);
		expect(await states()).toEqual([
			["weiter", "sent"],
			["zu groß", "failed"],
		]);
		desk.service.take = take;
		await outbox.retry(refused.id);
		await outbox.pump(desk.group);
		expect((await states()).map(([, state]) => state)).toEqual(["sent", "sent"]);
		const other = await write("doch nicht");
		await outbox.discard(other.id);
		expect((await states()).length).toBe(2);
		await expect(outbox.discard(other.id)).rejects.toThrow("not-found");
	});
});

describe("a conversation that a request holds", () => {
	it("refuses a message for good, and says why", async () => {
		const { Problem } = await import("../../src/lib/http");
		desk.service.take = () => Promise.reject(new Problem(403, "contact-not-accepted", "Noch nicht."));
		await write("noch eine");
		await outbox.pump(desk.group);
		await outbox.pumpAll();
		const [message] = await desk.context.store.messages(desk.group, null, 5);
		expect(message?.send).toEqual({ state: "failed", reason: "contact-not-accepted" });
		expect(desk.engine.encrypted).toHaveLength(1);
	});
});

describe("a locked group", () => {
	it("gets nothing: no message is even encrypted", async () => {
		desk.context.roster.judge = async () => ({
			certified: [],
			unknown: [{ identity: "ghost", doubt: "no-device" }],
			ended: [],
			changed: [],
		});
		await write("geheim");
		await outbox.pump(desk.group);
		expect([own(), desk.engine.encrypted]).toEqual([[], []]);
		expect((await states()).at(-1)).toEqual(["geheim", "queued"]);
		const [notice] = await desk.context.store.messages(desk.group, null, 5);
		expect(notice?.event).toEqual({ kind: "unknown-leaf", personIds: [] });
	});

	it("is open again once the ghost is gone", async () => {
		const { judge } = desk.context.roster;
		desk.context.roster.judge = async () => ({ certified: [], unknown: [], ended: ["old"], changed: [] });
		await write("später");
		await outbox.pump(desk.group);
		desk.context.roster.judge = judge;
		desk.service.commits();
		await streams.catchUp(desk.group);
		await outbox.pump(desk.group);
		expect(await states()).toEqual([["später", "sent"]]);
	});
});
