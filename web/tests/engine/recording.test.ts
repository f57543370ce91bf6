/** What goes into the record is signed once: a lost answer costs nothing, and a refusal is looked at anew. */

import { describe, expect, it, vi } from "vitest";
import { newSigningKey } from "../../src/crypto/pki";
import type { Context } from "../../src/engine/context";
import { Recording } from "../../src/engine/recording";
import { Problem, Unreachable } from "../../src/lib/http";

const uuid = (number: number) => `01890000-0000-7000-8000-${String(number).padStart(12, "0")}`;
const HOUSE = { id: uuid(1), name: "Klinikum Nord" };
const AUTHOR = {
	personId: uuid(11),
	name: "Dr. Alice Albrecht",
	organisation: { id: uuid(2), name: "St. Elisabeth" },
};
const PATIENT = {
	id: uuid(31),
	familyName: "Muster",
	givenName: "Erika",
	bornOn: "1964-08-12",
	identifier: "4711",
	organisation: HOUSE,
};

async function desk({ folder = true, type = "text", isMarked = true } = {}) {
	const keys = await newSigningKey();
	const sent: { bundle: string; signature: string }[] = [];
	const answers: (Error | null)[] = [];
	const message = {
		id: uuid(61),
		conversationId: uuid(21),
		seq: 4,
		type,
		senderPersonId: uuid(11),
		text: "Der Gradient steigt.",
		attachment: null,
		at: "2026-03-02T08:15:00Z",
		sentAt: "2026-03-02T08:15:00Z",
	};
	const context = {
		api: {
			casePage: async () => ({
				patient: PATIENT,
				folder,
				findings: [],
				namesRecord: true,
				marked: isMarked
					? [{ messageId: message.id, author: AUTHOR, at: "2026-03-02T08:15:01.123456Z" }]
					: [],
			}),
			exportCase: async (_group: string, bundle: string, signature: string) => {
				sent.push({ bundle, signature });
				const answer = answers.shift();
				if (answer) throw answer;
				return {};
			},
		},
		store: { get: async () => message, keyPair: async () => keys },
		devices: { of: async () => [{ id: uuid(41), chain: ["AQID"] }] },
		groups: {
			get: () => ({ title: "Aortenisthmusstenose" }),
			person: (personId: string) => ({ personId, name: "Dr. Alice Albrecht", organisation: HOUSE }),
		},
		self: { personId: uuid(11), deviceId: uuid(41), chain: [] },
		language: "de",
		now: () => new Date("2026-03-02T09:00:00Z"),
	} as unknown as Context;
	const ports = {
		csrf: async () => "",
		keep: vi.fn(async () => undefined),
		refresh: vi.fn(async () => undefined),
	};
	const recording = new Recording(context, ports);
	const take = () => recording.take(uuid(21), [message.id], () => undefined);
	return { take, sent, answers, ports, message };
}

describe("taking messages into the record", () => {
	it("sends the same document again when the answer was lost", async () => {
		const { take, sent, answers, ports } = await desk();
		answers.push(new Unreachable("no answer"));
		await expect(take()).rejects.toThrow(Unreachable);
		await take();
		expect(sent[1]).toEqual(sent[0]);
		expect(ports.keep).toHaveBeenCalledTimes(1);
	});

	it("signs anew after a refusal, and asks what became of it", async () => {
		const { take, sent, answers, ports } = await desk();
		answers.push(new Problem(409, "not-marked", ""));
		await expect(take()).rejects.toMatchObject({ code: "not-marked" });
		expect(ports.refresh).toHaveBeenCalledTimes(1);
		await take();
		expect(sent[1]?.bundle).not.toBe(sent[0]?.bundle);
	});

	it("signs anew when a message has changed meanwhile", async () => {
		const { take, sent, answers, message } = await desk();
		answers.push(new Unreachable("no answer"));
		await expect(take()).rejects.toThrow(Unreachable);
		message.text = "Der Gradient fällt.";
		await take();
		expect(sent[1]?.bundle).toContain("fällt");
	});

	it("says by whom, from where and when as the service knows it", async () => {
		const { take, sent } = await desk();
		await take();
		expect(sent[0]?.bundle).toContain('"sent":"2026-03-02T08:15:01.123Z"');
		expect(sent[0]?.bundle).toContain('"name":"St. Elisabeth"');
		const unmarked = await desk({ isMarked: false });
		await expect(unmarked.take()).rejects.toMatchObject({ code: "not-marked" });
	});

	it("takes nothing from who does not open the folder, and nothing that cannot be read here", async () => {
		const closed = await desk({ folder: false });
		await expect(closed.take()).rejects.toMatchObject({ code: "no-folder" });
		const unread = await desk({ type: "unreadable" });
		await expect(unread.take()).rejects.toMatchObject({ code: "not-recordable" });
		expect([...closed.sent, ...unread.sent]).toEqual([]);
	});
});
