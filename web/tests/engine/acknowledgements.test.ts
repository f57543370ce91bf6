import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/crypto/ids";
import { Acknowledgements, merged } from "../../src/engine/acknowledgements";
import type { MessageRecord } from "../../src/engine/records";
import type { OfMessage } from "../../src/engine/urgent-wire";
import { Problem } from "../../src/lib/http";
import { BOB, type Desk, deskOf, ME } from "../support/scripted";

const CARLA = newId();
let desk: Desk;
let acknowledgements: Acknowledgements;
let count = 0;

beforeEach(async () => {
	desk = await deskOf(`acknowledgements-${++count}`);
	acknowledgements = new Acknowledgements(desk.context);
});

async function put(desk: Desk, fields: Partial<MessageRecord> = {}): Promise<MessageRecord> {
	const value: MessageRecord = {
		id: newId(),
		conversationId: desk.group,
		seq: 3,
		type: "text",
		senderPersonId: BOB.personId,
		own: false,
		text: "Kalium 7,1",
		attachment: null,
		event: null,
		sentAt: "2026-03-01T12:00:00Z",
		send: null,
		...fields,
	};
	await desk.context.store.write([{ table: "messages", key: value.id, value }]);
	return value;
}

function row(messageId: string, fields: Partial<OfMessage> = {}): OfMessage {
	const at = "2026-03-01T12:05:00Z";
	return { messageId, seq: 3, kind: "acknowledged", personId: CARLA, at, endedAt: null, ...fields };
}

const kept = async (id: string) => (await desk.context.store.get("messages", id))?.acknowledgements ?? [];
const service = (methods: Record<string, unknown>) => Object.assign(desk.context.api, { urgent: methods });

describe("acknowledgements", () => {
	it("are kept with their message, and told once", async () => {
		const { id } = await put(desk);
		await acknowledgements.keep(desk.group, [row(id)]);
		await acknowledgements.keep(desk.group, [row(id)]);
		expect(await kept(id)).toMatchObject([{ kind: "acknowledged", personId: CARLA }]);
		expect(desk.told).toHaveLength(1);
	});

	it("that come before their message wait for it", async () => {
		const id = newId();
		await acknowledgements.keep(desk.group, [row(id)]);
		await put(desk, { id });
		await acknowledgements.read(desk.group);
		expect(await kept(id)).toHaveLength(1);
	});

	it("of a message from before this device came in are let go", async () => {
		const id = newId();
		await desk.context.groups.update(desk.group, { cursor: 9 });
		await acknowledgements.keep(desk.group, [row(id)]);
		await put(desk, { id });
		await acknowledgements.read(desk.group);
		expect(await kept(id)).toEqual([]);
	});

	it("of a message in another conversation are not believed", async () => {
		const { id } = await put(desk, { conversationId: newId() });
		await acknowledgements.keep(desk.group, [row(id)]);
		expect(await kept(id)).toEqual([]);
	});
});

describe("taking over", () => {
	it("is acknowledging, too", async () => {
		const { id } = await put(desk);
		service({ acknowledge: async () => row(id, { kind: "taken-over", personId: ME.personId }) });
		await acknowledgements.acknowledge(id, "taken-over");
		expect((await kept(id)).map(({ kind }) => kind).sort()).toEqual(["acknowledged", "taken-over"]);
	});

	it("names who was faster", async () => {
		const { id } = await put(desk);
		const organisation = { id: "o", name: "Klinik B" };
		await desk.context.groups.learn([{ personId: CARLA, name: "Dr. Carla", function: "", organisation }]);
		const listed = vi.fn(async () => [row(id, { kind: "taken-over" })]);
		service({
			acknowledge: () => Promise.reject(new Problem(409, "taken-over", "", { person_id: CARLA })),
			acknowledgements: listed,
		});
		await expect(acknowledgements.acknowledge(id, "taken-over")).rejects.toMatchObject({
			code: "taken-over",
			detail: "Dr. Carla",
		});
		expect((await kept(id))[0]?.personId).toBe(CARLA);
	});

	it("ends when it is handed back, and may begin again", () => {
		const taken = row("m", { kind: "taken-over" });
		const back = { ...taken, endedAt: "2026-03-01T12:10:00Z" };
		const again = row("m", { kind: "taken-over", at: "2026-03-01T12:20:00Z" });
		expect(merged(merged([], [taken]), [back, again]).map(({ endedAt }) => endedAt)).toEqual([
			back.endedAt,
			null,
		]);
	});

	it("of an unknown message is refused without asking the service", async () => {
		await expect(acknowledgements.acknowledge(newId(), "acknowledged")).rejects.toMatchObject({
			code: "not-found",
		});
	});
});
