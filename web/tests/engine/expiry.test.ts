import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { newId } from "../../src/crypto/ids";
import type { Entry, GroupListing } from "../../src/engine/api";
import type { Committer } from "../../src/engine/commits";
import { Guard } from "../../src/engine/guard";
import { Membership } from "../../src/engine/membership";
import { Reader } from "../../src/engine/reader";
import { Streams } from "../../src/engine/streams";
import { conversationView } from "../../src/engine/views";
import { BOB, type Desk, deskOf, ME } from "../support/scripted";

/** A case with Bob whose messages the service deletes. */

let desk: Desk;
let streams: Streams;
let membership: Membership;
let guard: Guard;
let count = 0;

beforeEach(async () => {
	desk = await deskOf(`expiry-${++count}`);
	const { context, group } = desk;
	await context.groups.update(group, { kind: "case", title: "Aortenisthmusstenose" });
	const reader = new Reader(context, () => undefined);
	await reader.resume();
	streams = new Streams(context, reader, {
		read: async () => undefined,
		lost: async () => expect.unreachable("nothing is lost by what has expired"),
		progress: () => undefined,
	});
	guard = new Guard(context, () => undefined);
	membership = new Membership(context, guard, {} as Committer, { fill: async () => undefined });
});

/** The service empties a message. */
function empty(entry: Entry): void {
	Object.assign(entry, { body: new Uint8Array(), expired: true });
}

/** The service says how far it has come, and what it keeps. */
async function hears(expiredSeq: number, kept: string[] = []): Promise<void> {
	const { context, group } = desk;
	const listing: GroupListing = {
		id: group,
		kind: "case",
		epoch: 1,
		lastSeq: desk.service.entries.length,
		members: [ME, BOB].map(({ personId }) => ({ personId, owner: false, delivered: 0, seen: 0 })),
		people: [],
		contact: null,
		case: null,
		retention: { days: 30, begins: "closed", endsAt: null, holds: [], expiredSeq },
		kept: kept.map((messageId) => ({ messageId, own: true })),
		recorded: [],
	};
	await membership.keep(listing);
	await context.lanes.idle();
}

const shown = async () =>
	(await desk.context.store.messages(desk.group, null, 500)).map(({ type, text }) =>
		type === "text" ? text : type,
	);
const record = () => desk.context.groups.get(desk.group);
const view = () => conversationView(desk.context, guard, record());

describe("what has expired on the server", () => {
	it("is passed over by a device that catches up, with commits between", async () => {
		empty(desk.service.says("eins"));
		desk.service.commits();
		empty(desk.service.says("zwei"));
		desk.service.says("drei");
		await streams.catchUp(desk.group);
		expect(await shown()).toEqual(["drei"]);
		expect([record().cursor, record().expiredSeq, record().unread]).toEqual([4, 3, 1]);
		expect((await view()).expiredSeq).toBe(3);
	});

	it("is deleted here once the server says so, and what follows stays", async () => {
		for (const words of ["eins", "zwei", "drei"]) desk.service.says(words);
		await streams.catchUp(desk.group);
		await hears(2);
		expect(await shown()).toEqual(["drei"]);
		expect([record().title, record().unread, (await view()).expiredSeq]).toEqual([null, 1, 2]);
	});

	it("stays while nothing is said, whatever this device's clock shows", async () => {
		desk.service.says("eins");
		await streams.catchUp(desk.group);
		desk.context.now = () => new Date("2099-01-01T00:00:00Z");
		await hears(0);
		expect(await shown()).toEqual(["eins"]);
		expect(record().title).toBe("Aortenisthmusstenose");
	});

	it("stays where it is kept for the record, until it is kept no more", async () => {
		const kept = desk.service.says("eins");
		desk.service.says("zwei");
		await streams.catchUp(desk.group);
		await hears(2, [kept.id]);
		expect(await shown()).toEqual(["eins"]);
		await hears(2);
		expect(await shown()).toEqual([]);
	});

	it("is not kept by a page that was fetched before, and read after", async () => {
		const before = desk.service.says("eins");
		const kept = desk.service.says("zwei");
		await hears(2, [kept.id]);
		await streams.accept(desk.group, [before, kept]);
		expect(await shown()).toEqual(["zwei"]);
	});

	it("takes an own message that was on its way with it", async () => {
		const { context, group } = desk;
		const own = desk.service.append({ body: new Uint8Array(), senderDevice: ME.deviceId, expired: true });
		const body = { id: own.id, sentAt: own.at, replyTo: null, type: "text", text: "eins" } as const;
		const waiting = { id: own.id, conversationId: group, atMs: 1, body, upload: null, failed: null };
		await context.store.write([{ table: "outbox", key: own.id, value: waiting }]);
		await streams.catchUp(group);
		expect(await context.store.get("outbox", own.id)).toBeNull();
		expect(await shown()).toEqual([]);
	});

	it("leaves who came and went, and other conversations", async () => {
		const { context, group } = desk;
		desk.service.says("eins");
		desk.service.commits();
		await streams.catchUp(group);
		const event = (await context.store.messages(group, null, 9)).filter(({ type }) => type === "event");
		const other = { id: newId(), conversationId: newId(), seq: 1, type: "text" as const };
		const more = { senderPersonId: BOB.personId, own: false, text: "anderswo", attachment: null };
		const message = { ...other, ...more, event: null, sentAt: "2026-03-01T12:00:00Z", send: null };
		await context.store.write([{ table: "messages", key: message.id, value: message }]);
		await hears(2);
		expect(await shown()).toEqual(event.map(() => "event"));
		expect(await context.store.get("messages", message.id)).toEqual(message);
	});
});
