import "fake-indexeddb/auto";
import { openDB } from "idb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newSigningKey } from "../../src/crypto/pki";
import { newSealKey, sealJson } from "../../src/crypto/sealed";
import type { MessageRecord } from "../../src/engine/records";
import { type Change, orderOf, Store } from "../../src/engine/store";

const GROUP = "0195a000-0000-7000-8000-00000000000a";
let store: Store;
let name: string;
let count = 0;

beforeEach(async () => {
	name = `store-${++count}`;
	store = await Store.open(name);
});

afterEach(() => store.close());

function message(id: string, seq: number | null, fields: Partial<MessageRecord> = {}): MessageRecord {
	return {
		id,
		conversationId: GROUP,
		seq,
		type: "text",
		senderPersonId: "p",
		own: false,
		text: `Diagnose ${id}`,
		attachment: null,
		event: null,
		sentAt: "2026-03-01T12:00:00.000Z",
		send: null,
		...fields,
	};
}

function put(record: MessageRecord): Change {
	return { table: "messages", key: record.id, value: record };
}

describe("the store", () => {
	it("gives back what was written, bytes included, also after it was opened anew", async () => {
		const attachment = {
			objectId: "o",
			name: "Befund.pdf",
			mediaType: "application/pdf",
			sizeBytes: 3,
			key: Uint8Array.of(1, 2, 255),
			sha256: new Uint8Array(32),
			chunkBytes: 1024,
			noncePrefix: new Uint8Array(7),
		};
		const record = message("m1", 1, { attachment });
		await store.write([put(record)]);
		store.close();
		store = await Store.open(name);
		expect(await store.get("messages", "m1")).toEqual(record);
		expect(await store.get("messages", "m2")).toBeNull();
	});

	it("holds no text, name or title that anybody could read", async () => {
		const group = { id: GROUP, title: "Herr Müller, Station 4" } as never;
		await store.write([put(message("m1", 1)), { table: "groups", key: GROUP, value: group }]);
		const seen = await everything(name);
		expect(seen).toContain("m1");
		for (const secret of ["Diagnose", "Müller", "Station", "senderPersonId"])
			expect(seen).not.toContain(secret);
	});

	it("keeps keys that can be used but not read", async () => {
		await store.putKeyPair("identity", await newSigningKey());
		const pair = await store.keyPair("identity");
		await expect(crypto.subtle.exportKey("pkcs8", pair?.privateKey as CryptoKey)).rejects.toThrow();
		const signature = await crypto.subtle.sign(
			{ name: "ECDSA", hash: "SHA-256" },
			pair?.privateKey as CryptoKey,
			new Uint8Array(3),
		);
		expect(signature.byteLength).toBe(64);
		expect(await store.keyPair("other")).toBeNull();
	});

	it("writes all changes or none", async () => {
		await store.write([put(message("m1", 1))]);
		const broken = { table: "nowhere", key: "x", value: null } as never;
		await expect(store.write([{ table: "messages", key: "m1", value: null }, broken])).rejects.toThrow();
		expect(await store.get("messages", "m1")).not.toBeNull();
	});

	it("has nothing to do where nothing is to be written", async () => {
		const store = await Store.open("empty");
		await expect(store.write([])).resolves.toBeUndefined();
	});

	it("makes a secret once and keeps it", async () => {
		const secret = await store.secret("mls");
		expect(secret.length).toBe(32);
		expect(await store.secret("mls")).toEqual(secret);
		expect(await store.secret("other")).not.toEqual(secret);
	});
});

describe("messages", () => {
	beforeEach(() =>
		store.write([
			put(message("m1", 1)),
			put(message("m2", 2)),
			put(message("m10", 10)),
			put(message("event", 2, { event: { kind: "key-changed", personIds: [] } })),
			put(message("late", null, { sentAt: "2026-03-01T12:00:02.000Z" })),
			put(message("early", null, { sentAt: "2026-03-01T12:00:01.000Z" })),
			put({ ...message("foreign", 3), conversationId: "0195a000-0000-7000-8000-00000000000b" }),
		]),
	);

	const ids = async (before: number | null, limit: number) =>
		(await store.messages(GROUP, before, limit)).map(({ id }) => id);

	it("come in the order of the stream, what waits at the end", async () => {
		expect(await ids(null, 50)).toEqual(["m1", "m2", "event", "m10", "early", "late"]);
	});

	it("are paged backwards", async () => {
		expect(await ids(null, 3)).toEqual(["m10", "early", "late"]);
		expect(await ids(10, 2)).toEqual(["m2", "event"]);
		expect(await ids(1, 5)).toEqual([]);
	});

	it("after a place are those that came, not those that wait", async () => {
		expect((await store.messagesAfter(GROUP, 2)).map(({ id }) => id)).toEqual(["event", "m10"]);
	});

	it("take their place when they were sent", async () => {
		await store.write([put(message("early", 11))]);
		expect(await ids(null, 3)).toEqual(["m10", "early", "late"]);
		expect(orderOf(message("x", 11))).toBe(11);
	});
});

describe("ciphertext of attachments", () => {
	it("is found by its place and dropped at once", async () => {
		for (const index of [2, 0, 10, 1]) await store.putChunk("m1", index, Uint8Array.of(index));
		await store.putChunk("m2", 0, Uint8Array.of(99));
		const found = await Promise.all([0, 1, 2, 10, 11].map((index) => store.chunk("m1", index)));
		expect(found.map((chunk) => chunk?.[0] ?? null)).toEqual([0, 1, 2, 10, null]);
		await store.dropChunks("m1");
		expect(await store.chunk("m1", 2)).toBeNull();
		expect(await store.chunk("m2", 0)).toEqual(Uint8Array.of(99));
	});
});

/** All rows of a database as text, bytes as the characters they might be. */
async function everything(database: string): Promise<string> {
	const opened = await new Promise<IDBDatabase>((resolve) => {
		const request = indexedDB.open(database);
		request.onsuccess = () => resolve(request.result);
	});
	const tables = [...opened.objectStoreNames];
	const rows = await Promise.all(
		tables.map(
			(table) =>
				new Promise<unknown[]>((resolve) => {
					const request = opened.transaction(table).objectStore(table).getAll();
					request.onsuccess = () => resolve(request.result);
				}),
		),
	);
	opened.close();
	const spell = (_: string, value: unknown) =>
		value instanceof Uint8Array ||
		(typeof value === "object" && value && "0" in value && !Array.isArray(value))
			? Buffer.from(Object.values(value as object)).toString("utf8")
			: value;
	return JSON.stringify(rows, spell);
}

describe("a browser that was here before", () => {
	it("keeps what it has when tables are added", async () => {
		store.close();
		const former = await openDB(`${name}-former`, 1, {
			upgrade(database) {
				const tables = [
					"groups",
					"outbox",
					"commits",
					"people",
					"pins",
					"devices",
					"verdicts",
					"self",
					"secrets",
				];
				for (const table of tables) database.createObjectStore(table, { keyPath: "key" });
				const messages = database.createObjectStore("messages", { keyPath: "key" });
				messages.createIndex("order", ["group", "order"]);
				database.createObjectStore("keys");
				database.createObjectStore("chunks");
			},
		});
		await former.put("keys", await newSealKey(), "seal");
		const sealed = await sealJson((await former.get("keys", "seal")) as CryptoKey, "secrets/root", "Wurzel");
		await former.put("secrets", { key: "root", sealed });
		former.close();
		store = await Store.open(`${name}-former`);
		expect(await store.get("secrets", "root")).toBe("Wurzel");
		await store.write([{ table: "annotations", key: "g/m", value: [] }]);
		expect(await store.get("annotations", "g/m")).toEqual([]);
	});
});
