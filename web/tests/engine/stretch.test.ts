import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../../src/engine/context";
import type { MessageRecord } from "../../src/engine/records";
import { Store } from "../../src/engine/store";
import { around } from "../../src/engine/stretch";

const GROUP = "0195a000-0000-7000-8000-00000000000a";
const LEFT = "0195a000-0000-7000-8000-00000000000b";
let store: Store;
let context: Context;
let count = 0;

function record(seq: number | null, conversationId = GROUP): MessageRecord {
	return {
		id: `${conversationId}-${seq ?? "waits"}`,
		conversationId,
		seq,
		type: "text",
		senderPersonId: "p",
		own: false,
		text: `n${seq}`,
		attachment: null,
		event: null,
		sentAt: "2026-03-01T12:00:00.000Z",
		send: null,
	};
}

beforeEach(async () => {
	store = await Store.open(`stretch-${++count}`);
	const numbers = Array.from({ length: 100 }, (_, index) => record(index + 1));
	const all = [...numbers, record(null), record(5, LEFT)];
	await store.write(all.map((value) => ({ table: "messages", key: value.id, value })));
	const groups = {
		find: (id: string) => (id === GROUP ? {} : null),
		person: () => ({ name: "Dr. P" }),
	};
	context = { store, groups } as unknown as Context;
});

afterEach(() => store.close());

const numbersAround = async (seq: number | null) =>
	(await around(context, `${GROUP}-${seq ?? "waits"}`))?.messages.map((one) => one.seq);

describe("the messages around one", () => {
	it("are one stretch with it in the middle", async () => {
		expect(await numbersAround(50)).toEqual(Array.from({ length: 50 }, (_, index) => index + 25));
		expect(await around(context, `${GROUP}-50`)).toMatchObject({ first: false, last: false });
	});

	it("say when they reach the beginning or the end, where unsent messages stand", async () => {
		expect(await around(context, `${GROUP}-3`)).toMatchObject({ first: true, last: false });
		const end = await around(context, `${GROUP}-99`);
		expect(end).toMatchObject({ first: false, last: true, conversationId: GROUP });
		expect(end?.messages.slice(-3).map(({ seq }) => seq)).toEqual([99, 100, null]);
		expect((await numbersAround(null))?.at(-1)).toBeNull();
	});

	it("are none for a message that is not here, or whose conversation is not", async () => {
		expect(await around(context, "0195a000-0000-7000-8000-0000000000ff")).toBeNull();
		expect(await around(context, `${LEFT}-5`)).toBeNull();
	});
});
