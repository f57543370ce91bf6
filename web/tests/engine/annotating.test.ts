import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Annotation } from "../../src/crypto/annotation";
import { newId } from "../../src/crypto/ids";
import { Guard } from "../../src/engine/guard";
import { Outbox } from "../../src/engine/outbox";
import { Reader } from "../../src/engine/reader";
import type { GroupRecord } from "../../src/engine/records";
import { Streams } from "../../src/engine/streams";
import { Talk } from "../../src/engine/talk";
import { conversationView, messageView } from "../../src/engine/views";
import { Problem } from "../../src/lib/http";
import { BOB, CARLA, type Desk, deskOf, ME, OTHER_DEVICE } from "../support/scripted";

let desk: Desk;
let outbox: Outbox;
let streams: Streams;
let talk: Talk;
let guard: Guard;
let count = 0;
const tell = vi.fn();
const attach = vi.fn();

beforeEach(async () => {
	tell.mockClear();
	attach.mockClear();
	await begin(await deskOf(`annotating-${++count}`));
});

async function begin(next: Desk): Promise<void> {
	desk = next;
	const { context, service, group } = desk;
	context.tell = tell;
	guard = new Guard(context, () => undefined);
	const reader = new Reader(context, (id) => outbox.forget(id));
	const hooks = { read: async () => undefined, lost: async () => undefined, progress: () => undefined };
	streams = new Streams(context, reader, hooks);
	outbox = new Outbox(context, guard, {
		transmit: (_, id, epoch, message) => service.take(id, epoch, message),
		catchUp: () => streams.catchUp(group),
		freshenKeys: async () => undefined,
	});
	await outbox.load();
	talk = new Talk(context, outbox, { attach }, { mayWrite: () => undefined, pump: () => undefined });
}

/** As after a crash: memory is gone, the store is not. */
async function beginAgain(): Promise<void> {
	desk.context.store.close();
	await begin(await deskOf(`annotating-${count}`, desk));
}

const AT = "2026-03-01T12:00:00Z";
const LATER = "2026-03-01T12:16:00Z";
const says = (words: string, by = BOB, more: { mentions?: string[] } = {}) =>
	desk.service.sends(by, { type: "text", text: words, ...more }).id;
const annotates = (target: string, annotation: Annotation, by = BOB, at = AT) =>
	desk.service.sends(by, { type: "annotation", target, annotation }, { at });
const read = () => streams.catchUp(desk.group);
const rows = async () =>
	(await desk.context.store.messages(desk.group, null, 50)).map(({ type, text }) => [type, text]);
const group = (): GroupRecord => desk.context.groups.get(desk.group);
const notes = async (id: string) => {
	const record = await desk.context.store.get("messages", id);
	return record && messageView(desk.context, record).notes;
};
const AGREE: Annotation = { act: "reaction", reaction: "agree", set: true };
const edit = (text: string): Annotation => ({ act: "edit", text, mentions: [] });

async function write(text: string): Promise<string> {
	const { id } = await outbox.enqueue(desk.group, { type: "text", text });
	await outbox.pump(desk.group);
	return id;
}

describe("what others say about a message", () => {
	it("makes no row, no unread message, and is told as a change of that message", async () => {
		const id = says("5 mg");
		await read();
		annotates(id, AGREE, CARLA);
		annotates(id, edit("10 mg"));
		annotates(id, { act: "pin", set: true }, CARLA);
		await read();
		expect(await rows()).toEqual([["text", "10 mg"]]);
		expect([group().unread, group().cursor, group().pinned]).toEqual([1, 4, [id]]);
		const told = tell.mock.calls.filter(([, messages]) => messages.length > 0).slice(1);
		expect(told.map(([, messages, changed]) => [messages[0].id, changed])).toEqual([
			[id, true],
			[id, true],
			[id, true],
		]);
		const view = await conversationView(desk.context, guard, group());
		expect([view.lastMessage?.text, view.pinned?.map((one) => one.id)]).toEqual(["10 mg", [id]]);
	});

	it("is judged by who was authenticated, not by what the service says", async () => {
		const id = says("5 mg");
		const target = { type: "annotation", target: id } as const;
		desk.service.sends(CARLA, { ...target, annotation: edit("50 mg") }, { senderPerson: BOB.personId });
		desk.service.sends(CARLA, { ...target, annotation: { act: "recall" } }, { senderPerson: BOB.personId });
		await read();
		expect(await rows()).toEqual([["text", "5 mg"]]);
	});

	it("too late an edit is shown as nothing", async () => {
		const id = says("5 mg");
		annotates(id, edit("10 mg"), BOB, LATER);
		await read();
		expect([await rows(), (await notes(id))?.failed]).toEqual([[["text", "5 mg"]], null]);
	});

	it("waits for a message that comes later, and is gone from the waiting then", async () => {
		const id = newId();
		annotates(id, { act: "pin", set: true }, CARLA);
		annotates(id, edit("10 mg"));
		await read();
		expect([await rows(), group().unread]).toEqual([[], 0]);
		desk.service.sends(BOB, { type: "text", text: "5 mg" }, { id });
		await read();
		expect([await rows(), group().pinned]).toEqual([[["text", "10 mg"]], [id]]);
		expect(await desk.context.store.all("annotations")).toEqual([]);
	});

	it("taken back before it came, a message leaves no text, and waits for nobody", async () => {
		const id = newId();
		annotates(id, edit("Geheim"));
		annotates(id, { act: "recall" });
		await read();
		expect(JSON.stringify(await desk.context.store.all("annotations"))).not.toContain("Geheim");
		desk.service.sends(BOB, { type: "text", text: "Geheim" }, { id });
		await read();
		expect([await rows(), group().unread]).toEqual([[["recalled", ""]], 0]);
	});

	it("taken back unread, a message is no longer unread, and names nobody", async () => {
		const id = says("@Ich bitte", BOB, { mentions: [ME.personId] });
		says("Noch etwas");
		await read();
		expect([group().unread, group().mentioned]).toEqual([2, 1]);
		annotates(id, { act: "recall" });
		await read();
		expect([group().unread, group().mentioned]).toEqual([1, 0]);
		await expect(talk.annotate(id, AGREE)).rejects.toMatchObject({ code: "not-found" });
		await expect(talk.forward(id, desk.group)).rejects.toMatchObject({ code: "not-found" });
	});

	it("about a message of another conversation is nothing", async () => {
		const id = says("5 mg");
		await read();
		const record = await desk.context.store.get("messages", id);
		if (!record) throw new Error("no message");
		const elsewhere = { ...record, conversationId: newId() };
		await desk.context.store.write([{ table: "messages", key: id, value: elsewhere }]);
		annotates(id, { act: "recall" });
		await read();
		expect(await desk.context.store.get("messages", id)).toEqual(elsewhere);
	});

	it("is the same on another device of its author", async () => {
		const id = says("von meinem Telefon", OTHER_DEVICE);
		annotates(id, edit("von meinem anderen Telefon"), OTHER_DEVICE);
		await read();
		expect(await rows()).toEqual([["text", "von meinem anderen Telefon"]]);
		expect((await desk.context.store.get("messages", id))?.own).toBe(true);
	});
});

describe("a mention", () => {
	it("marks the conversation until it was seen", async () => {
		says("@Ich bitte", BOB, { mentions: [ME.personId] });
		says("@Carla bitte", BOB, { mentions: [CARLA.personId] });
		await read();
		const view = await conversationView(desk.context, guard, group());
		expect([view.unread, view.mentioned]).toEqual([2, true]);
	});
});

describe("what this device says about a message", () => {
	it("is shown at once, sent, and no message of its own", async () => {
		const id = says("5 mg");
		await read();
		await talk.annotate(id, AGREE);
		expect((await notes(id))?.reactions).toEqual([{ reaction: "agree", mine: true, names: [] }]);
		await outbox.pump(desk.group);
		expect([outbox.all(), await rows(), group().cursor]).toEqual([[], [["text", "5 mg"]], 2]);
	});

	it("is only for the author's own messages when it changes them", async () => {
		const id = says("5 mg");
		await read();
		for (const annotation of [edit("10 mg"), { act: "recall" } as const]) {
			await expect(talk.annotate(id, annotation)).rejects.toMatchObject({ code: "not-found" });
		}
	});

	it("changes and takes back what the person here has written", async () => {
		const id = await write("5 mg");
		await talk.annotate(id, edit("10 mg"));
		await outbox.pump(desk.group);
		expect(await notes(id)).toMatchObject({ earlier: [{ text: "5 mg" }], editedAt: AT });
		await talk.annotate(id, { act: "recall" });
		expect([(await notes(id))?.recalling, (await rows())[0]]).toEqual([true, ["text", "10 mg"]]);
		await outbox.pump(desk.group);
		expect(await rows()).toEqual([["recalled", ""]]);
	});

	it("can change nothing after fifteen minutes, and says so when it was sent too late", async () => {
		const id = await write("5 mg");
		await talk.annotate(id, edit("10 mg"));
		const { take } = desk.service;
		desk.service.take = async (...given) => ({ ...(await take.apply(desk.service, given)), at: LATER });
		await outbox.pump(desk.group);
		expect([await rows(), (await notes(id))?.failed]).toEqual([
			[["text", "5 mg"]],
			{ act: "edit", reason: "edit-late" },
		]);
		desk.context.now = () => new Date(LATER);
		await expect(talk.annotate(id, edit("12 mg"))).rejects.toMatchObject({ code: "edit-late" });
	});

	it("comes back from the stream as nothing new, when others wrote in between", async () => {
		const id = await write("5 mg");
		await talk.annotate(id, AGREE);
		says("dazwischen");
		await outbox.pump(desk.group);
		expect(group().ownAnnotations).toHaveLength(1);
		await read();
		expect(group().ownAnnotations).toEqual([]);
		expect(await rows()).toEqual([
			["text", "5 mg"],
			["text", "dazwischen"],
		]);
	});

	it.each(["request-lost", "answer-lost"] as const)("survives a closed tab and a %s", async (weather) => {
		const id = await write("5 mg");
		desk.service.weather.push(weather);
		await talk.annotate(id, edit("10 mg"));
		await outbox.pump(desk.group);
		await beginAgain();
		await outbox.pumpAll();
		await read();
		expect([outbox.all(), await rows(), (await notes(id))?.earlier]).toEqual([
			[],
			[["text", "10 mg"]],
			[{ text: "5 mg", at: AT.replace("Z", ".000Z") }],
		]);
	});

	it("that is refused is taken off; that the others still read it is told", async () => {
		const id = await write("5 mg");
		desk.service.take = () => Promise.reject(new Problem(409, "inactive", ""));
		await talk.annotate(id, AGREE);
		await outbox.pump(desk.group);
		expect([outbox.all(), (await notes(id))?.reactions]).toEqual([[], []]);
		await talk.annotate(id, { act: "recall" });
		await outbox.pump(desk.group);
		expect([outbox.all(), await notes(id), await rows()]).toEqual([
			[],
			expect.objectContaining({ recalling: false, failed: { act: "recall", reason: "inactive" } }),
			[["text", "5 mg"]],
		]);
	});

	it("must wait while the conversation is only a request", async () => {
		const id = says("5 mg");
		await read();
		await desk.context.groups.update(desk.group, { contact: {} as never });
		await expect(talk.annotate(id, AGREE)).rejects.toMatchObject({ code: "contact-not-accepted" });
		await expect(talk.forward(id, desk.group)).rejects.toMatchObject({ code: "contact-not-accepted" });
	});
});

describe("passing on", () => {
	const other = async (kind: GroupRecord["kind"]) => {
		const id = newId();
		await desk.context.groups.put({ ...group(), id, kind });
		return id;
	};

	it("sends the text as it is now, marked, under the own name", async () => {
		const id = says("5 mg");
		annotates(id, edit("10 mg"));
		await read();
		const sent = await talk.forward(id, await other("team"));
		expect(sent).toMatchObject({ text: "10 mg", forwarded: true, senderPersonId: ME.personId });
		expect(outbox.find(sent.id)?.body).toMatchObject({ type: "text", text: "10 mg", forwarded: true });
	});

	it.each([
		["case", "case", null],
		["case", "team", "forward-policy"],
		["case", "direct", "forward-policy"],
		["team", "case", null],
		["direct", "team", null],
		["patient", "case", null],
		["patient", "team", "forward-policy"],
		["case", "patient", "forward-patient"],
		["patient", "patient", "forward-patient"],
	] as const)("from a %s to a %s: refused by %s", async (source, target, code) => {
		const id = says("5 mg");
		await read();
		await desk.context.groups.update(desk.group, { kind: source });
		const passed = talk.forward(id, await other(target));
		if (!code) await expect(passed).resolves.toMatchObject({ text: "5 mg" });
		else await expect(passed).rejects.toMatchObject({ code });
		expect(outbox.all()).toHaveLength(code ? 0 : 1);
	});

	it("never to where a patient is, whatever the service calls that conversation", async () => {
		const { groups } = desk.context;
		const id = says("5 mg");
		await read();
		const members = [{ personId: "erika", owner: false, delivered: 0, seen: 0 }];
		const target = newId();
		await groups.put({ ...group(), id: target, kind: "team", members });
		const organisation = { id: "h", name: "Klinikum Nord" };
		await groups.learn([
			{ personId: "erika", name: "Erika Muster", function: "", organisation, isPatient: true },
		]);
		await expect(talk.forward(id, target)).rejects.toMatchObject({ code: "forward-patient" });
		expect(outbox.all()).toHaveLength(0);
	});
});
