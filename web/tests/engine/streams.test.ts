import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/crypto/bytes";
import { newId } from "../../src/crypto/ids";
import type { Sealed } from "../../src/engine/mls";
import { Reader } from "../../src/engine/reader";
import { Streams } from "../../src/engine/streams";
import { type Desk, deskOf, ME, message } from "../support/scripted";
import { TsMember } from "../support/ts-mls";

let desk: Desk;
let streams: Streams;
let lost: number;
let progress: [number, number][];
let count = 0;

beforeEach(async () => {
	lost = 0;
	progress = [];
	desk = await deskOf(`streams-${++count}`);
	streams = await streamsOf(desk);
});

async function streamsOf({ context }: Desk): Promise<Streams> {
	const reader = new Reader(context, () => undefined);
	await reader.resume();
	return new Streams(context, reader, {
		read: async () => undefined,
		lost: async () => {
			lost += 1;
			await context.groups.update(desk.group, { place: "lost" });
		},
		progress: (done, total) => progress.push([done, total]),
	});
}

const shown = async () =>
	(await desk.context.store.messages(desk.group, null, 500)).map(({ type, text }) =>
		type === "text" ? text : type,
	);
const cursor = () => desk.context.groups.get(desk.group).cursor;

describe("a stream is read", () => {
	it("in order, each entry once, however it comes", async () => {
		const [one, two, three] = ["eins", "zwei", "drei"].map((words) => desk.service.says(words));
		if (!one || !two || !three) throw new Error("unreachable");
		await streams.accept(desk.group, [one, two]);
		await streams.accept(desk.group, [one, two, three]);
		await streams.accept(desk.group, [two]);
		expect(await shown()).toEqual(["eins", "zwei", "drei"]);
		expect([cursor(), desk.service.asked]).toEqual([3, 0]);
	});

	it("without gaps: what is missing is fetched first", async () => {
		desk.service.says("eins");
		desk.service.says("zwei");
		await streams.accept(desk.group, [desk.service.says("drei")]);
		expect(await shown()).toEqual(["eins", "zwei", "drei"]);
		expect(desk.service.asked).toBe(1);
	});

	it("one at a time, even when the socket and a request bring it at once", async () => {
		const entries = ["eins", "zwei", "drei"].map((words) => desk.service.says(words));
		await Promise.all([
			streams.accept(desk.group, entries.slice(0, 2)),
			streams.catchUp(desk.group),
			streams.accept(desk.group, entries.slice(1)),
		]);
		expect(await shown()).toEqual(["eins", "zwei", "drei"]);
	});

	it("to the end over many pages, with progress", async () => {
		for (let at = 0; at < 120; at++) desk.service.says(`Nr. ${at}`);
		await streams.catchUp(desk.group);
		expect(cursor()).toBe(120);
		expect(progress[0]).toEqual([10, 120]);
		expect(progress.at(-1)).toEqual([120, 120]);
	});

	it("with those behind them: messages of others and of one epoch, up to the next commit", async () => {
		const bob = await TsMember.create();
		await bob.create(desk.group);
		const said = async (more = {}) =>
			desk.service.append({ body: new Uint8Array(await bob.encrypt("da")), ...more });
		await said();
		await said({ senderDevice: ME.deviceId, senderPerson: ME.personId });
		await said({ expired: true });
		await said();
		await bob.make([]);
		await said();
		const ahead: number[][] = [];
		desk.engine.process = async (_: string, { seq }: Sealed, behind: readonly Sealed[] = []) => {
			ahead.push([seq, ...behind.map((entry) => entry.seq)]);
			return { kind: "unreadable", reason: "malformed" };
		};
		await streams.catchUp(desk.group);
		expect(ahead.slice(0, 3)).toEqual([[1, 4], [4], [5]]);
	});

	it("and take what a backup has brought before them for what it is", async () => {
		const { id, seq } = desk.service.says("eins");
		await streams.catchUp(desk.group);
		const [restored] = await desk.context.store.messages(desk.group, null, 5);
		await desk.context.groups.update(desk.group, { cursor: seq - 1, unread: 0 });
		desk.engine.swallowed.clear();
		await streams.catchUp(desk.group);
		expect([restored?.id, await shown()]).toEqual([id, ["eins"]]);
		expect(desk.context.groups.get(desk.group).unread).toBe(1);
	});

	it("and counts what Bob wrote as unread, not titles and not events", async () => {
		desk.service.says("eins");
		desk.service.commits();
		desk.service.says("zwei");
		await streams.catchUp(desk.group);
		expect(desk.context.groups.get(desk.group).unread).toBe(2);
	});
});

describe("a crash between the ratchet and the store", () => {
	it("loses nothing: the checkpoint has what was swallowed", async () => {
		const entry = desk.service.says("beinahe verloren");
		desk.context.store.write = () => Promise.reject(new Error("the tab is gone"));
		await expect(streams.accept(desk.group, [entry])).rejects.toThrow("gone");
		desk.context.store.close();
		desk = await deskOf(`streams-${count}`, desk);
		streams = await streamsOf(desk);
		await streams.catchUp(desk.group);
		expect(await shown()).toEqual(["beinahe verloren"]);
		expect(desk.engine.swallowed.size).toBe(1);
	});

	it("also when it was a commit", async () => {
		const entry = desk.service.commits();
		desk.context.store.write = () => Promise.reject(new Error("the tab is gone"));
		await expect(streams.accept(desk.group, [entry])).rejects.toThrow("gone");
		desk.context.store.close();
		desk = await deskOf(`streams-${count}`, desk);
		streams = await streamsOf(desk);
		desk.service.says("danach");
		await streams.catchUp(desk.group);
		expect(await shown()).toEqual(["danach"]);
		expect([desk.engine.epochNow, lost]).toEqual([2, 0]);
	});
});

describe("what cannot be shown is explained", () => {
	const explained = async () => (await desk.context.store.messages(desk.group, null, 5)).at(-1);

	it("when it was swallowed but is gone", async () => {
		const entry = desk.service.says("weg");
		await desk.engine.process("elsewhere", { seq: 9, body: entry.body });
		await streams.catchUp(desk.group);
		expect(await explained()).toMatchObject({
			type: "unreadable",
			seq: 1,
			text: expect.stringContaining("sind verbraucht"),
		});
	});

	it("when it is no message of this format", async () => {
		desk.service.append({ body: message(1, '{"v":7}') });
		await streams.catchUp(desk.group);
		expect(await explained()).toMatchObject({ type: "unreadable", text: expect.stringContaining("Format") });
	});

	it("when it takes the id of another message, which stays as it was", async () => {
		const first = desk.service.says("echt");
		desk.service.says("falsch", { id: first.id });
		await streams.catchUp(desk.group);
		expect(await shown()).toEqual(["echt", "unreadable"]);
	});

	it("when it was sent from here and is no longer kept", async () => {
		desk.service.append({ senderDevice: ME.deviceId, senderPerson: ME.personId, body: utf8("?") });
		await streams.catchUp(desk.group);
		expect(await explained()).toMatchObject({ type: "unreadable", own: true });
	});
});

describe("a commit that cannot be followed", () => {
	it("ends the reading there, and says so once", async () => {
		desk.service.says("vorher");
		desk.service.append({ kind: "commit", body: utf8('{"kind":"commit","epoch":9}') });
		desk.service.says("nachher");
		await streams.catchUp(desk.group);
		await streams.catchUp(desk.group);
		expect([await shown(), lost]).toEqual([["vorher"], 1]);
	});

	it("is also one that was withheld: a message of a later epoch gives it away", async () => {
		const body = await laterMessage(2);
		desk.engine.process = async () => ({ kind: "unreadable", reason: "out-of-order" });
		desk.service.append({ body });
		desk.service.says("nachher");
		await streams.catchUp(desk.group);
		expect([await shown(), lost]).toEqual([["unreadable"], 1]);
	});

	it("is also one that the service has forgotten, with all after it", async () => {
		for (const words of ["eins", "zwei"]) desk.service.says(words);
		await streams.catchUp(desk.group);
		desk.service.entries.splice(-1);
		await streams.catchUp(desk.group);
		expect([await shown(), lost]).toEqual([["eins", "zwei"], 1]);
	});
});

describe("a proposal", () => {
	it("never reaches the engine, which would carry it out", async () => {
		const body = await (await TsMember.create()).proposeItself(desk.group, 1);
		const read: number[] = [];
		desk.engine.process = async (_, { seq }) => {
			read.push(seq);
			return { kind: "unreadable", reason: "malformed" };
		};
		desk.service.append({ kind: "proposal", body: new Uint8Array(body) });
		desk.service.append({ kind: "application", body: new Uint8Array(body) });
		await streams.catchUp(desk.group);
		expect([read, cursor(), lost]).toEqual([[], 2, 0]);
	});
});

/** A message of an epoch that lies `ahead` of the scripted group's first. */
async function laterMessage(ahead: number): Promise<Uint8Array<ArrayBuffer>> {
	const alice = await TsMember.create();
	await alice.create(newId());
	for (let count = 0; count <= ahead; count++) await alice.make([]);
	return new Uint8Array(await alice.encrypt("später"));
}
