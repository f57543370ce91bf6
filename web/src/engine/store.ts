/** The browser's own memory: IndexedDB, each record sealed with AES-256-GCM under a key that cannot be exported.
 *
 *  Readable there are only ids, sequence numbers and sizes. Keys of WebCrypto lie beside the records; the browser
 *  lets them be used, never read. */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { type Bytes, base64, fromBase64, owned } from "../crypto/bytes";
import { newSealKey, sealJson, unsealJson } from "../crypto/sealed";
import type { AnnotationRecord } from "./annotations";
import type {
	CommitRecord,
	DeviceRecord,
	GroupRecord,
	MessageRecord,
	OutboxRecord,
	PersonRecord,
	PinRecord,
	SelfRecord,
	VerdictRecord,
} from "./records";

/** What each table holds. `settings`: one record of each name. */
export interface Tables {
	groups: GroupRecord;
	messages: MessageRecord;
	outbox: OutboxRecord;
	commits: CommitRecord;
	people: PersonRecord;
	pins: PinRecord;
	devices: DeviceRecord[];
	/** Verified certificate chains by hash. */
	verdicts: VerdictRecord;
	self: SelfRecord;
	/** What was said about a message that is not here, by conversation and message. */
	annotations: AnnotationRecord[];
	/** Base64: the key of the MLS engine's database; the pinned root certificate. Else: `key-memory.ts`. */
	secrets: string;
}

export type Table = keyof Tables;
const TABLES = [
	"groups",
	"messages",
	"outbox",
	"commits",
	"people",
	"pins",
	"devices",
	"verdicts",
	"self",
	"secrets",
	"annotations",
] as const;

/** One write. `value: null` deletes. */
export type Change = {
	[T in Table]: { table: T; key: string; value: Tables[T] | null };
}[Table];

interface Row {
	key: string;
	sealed: Bytes;
	/** Only in messages: the conversation and the place in it. */
	group?: string;
	order?: number;
}

interface Schema extends DBSchema {
	groups: { key: string; value: Row };
	messages: { key: string; value: Row; indexes: { order: [string, number] } };
	outbox: { key: string; value: Row };
	commits: { key: string; value: Row };
	people: { key: string; value: Row };
	pins: { key: string; value: Row };
	devices: { key: string; value: Row };
	verdicts: { key: string; value: Row };
	self: { key: string; value: Row };
	secrets: { key: string; value: Row };
	annotations: { key: string; value: Row };
	keys: { key: string; value: CryptoKey | CryptoKeyPair };
	chunks: { key: [string, number]; value: Bytes };
}

/** Of the tables, not of what is in them. */
const VERSION = 2;

/** Messages without a sequence number come after all others, in the order of their making. */
const UNSENT = 2 ** 50;

export class Store {
	private readonly watchers: ((changes: readonly Change[]) => void)[] = [];

	private constructor(
		private readonly database: IDBPDatabase<Schema>,
		private readonly key: CryptoKey,
	) {}

	static async open(name: string): Promise<Store> {
		const database = await openDB<Schema>(name, VERSION, { upgrade: createTables });
		return new Store(database, await sealKey(database));
	}

	/** Open what an engine has set up; null where none has. Only the engine, of which there is one, makes keys. */
	static async existing(name: string): Promise<Store | null> {
		const databases = await indexedDB.databases();
		if (!databases.some((one) => one.name === name)) return null;
		const database = await openDB<Schema>(name, VERSION, { upgrade: createTables });
		const key = await database.get("keys", "seal");
		if (key && "type" in key) return new Store(database, key);
		database.close();
		return null;
	}

	close(): void {
		this.database.close();
	}

	/** Be told every write, as soon as it is kept. */
	watch(watcher: (changes: readonly Change[]) => void): void {
		this.watchers.push(watcher);
	}

	async get<T extends Table>(table: T, key: string): Promise<Tables[T] | null> {
		const row = await this.database.get(table, key);
		return row ? this.open(table, row) : null;
	}

	async all<T extends Table>(table: T): Promise<Tables[T][]> {
		const rows = await this.database.getAll(table);
		return Promise.all(rows.map((row) => this.open(table, row)));
	}

	/** All changes or none; sealed first, because a transaction of IndexedDB does not wait for WebCrypto. */
	async write(changes: readonly Change[]): Promise<void> {
		if (changes.length === 0) return;
		const rows = await Promise.all(changes.map((change) => this.sealed(change)));
		const tables = new Set(changes.map(({ table }) => table));
		const transaction = this.database.transaction([...tables], "readwrite");
		try {
			for (const [index, { table, key }] of changes.entries()) {
				const row = rows[index];
				const place = transaction.objectStore(table);
				const written: Promise<unknown> = row ? place.put(row) : place.delete(key);
				// A failure of one ends the transaction, which is where it is told.
				written.catch(() => undefined);
			}
		} catch (error) {
			transaction.done.catch(() => undefined);
			transaction.abort();
			throw error;
		}
		await transaction.done;
		for (const watcher of this.watchers) watcher(changes);
	}

	/** The newest `limit` messages with an order below `before`, oldest first. */
	async messages(group: string, before: number | null, limit: number): Promise<MessageRecord[]> {
		const upper = before ?? Number.MAX_SAFE_INTEGER;
		const range = IDBKeyRange.bound([group, 0], [group, upper], false, true);
		const rows: Row[] = [];
		const index = this.database.transaction("messages").store.index("order");
		for await (const cursor of index.iterate(range, "prev")) {
			rows.push(cursor.value);
			if (rows.length >= limit) break;
		}
		return Promise.all(rows.reverse().map((row) => this.open("messages", row)));
	}

	/** The first `limit` messages with an order of at least `from`, oldest first. */
	async messagesFrom(group: string, from: number, limit: number): Promise<MessageRecord[]> {
		const range = IDBKeyRange.bound([group, from], [group, Number.MAX_SAFE_INTEGER]);
		const rows = await this.database.getAllFromIndex("messages", "order", range, limit);
		return Promise.all(rows.map((row) => this.open("messages", row)));
	}

	/** Messages after a sequence number, without those on their way. */
	async messagesAfter(group: string, seq: number): Promise<MessageRecord[]> {
		const range = IDBKeyRange.bound([group, seq], [group, UNSENT], true, true);
		const rows = await this.database.getAllFromIndex("messages", "order", range);
		return Promise.all(rows.map((row) => this.open("messages", row)));
	}

	/** Records of a table by key, from one key up to another that is left out (null: to the end), some at a time. One that
	 *  cannot be opened is left out. */
	async *range<T extends Table>(
		table: T,
		from: string,
		before: string | null,
		size: number,
	): AsyncGenerator<[key: string, record: Tables[T]][]> {
		for (let at = from, after = false; ; after = true) {
			const range =
				before === null ? IDBKeyRange.lowerBound(at, after) : IDBKeyRange.bound(at, before, after, true);
			const rows: Row[] = await this.database.getAll(table, range, size);
			const opened = await Promise.allSettled(rows.map((row) => this.open(table, row)));
			yield opened.flatMap((one, index) =>
				one.status === "fulfilled" ? [[rows[index]?.key ?? "", one.value] as [string, Tables[T]]] : [],
			);
			const last = rows.at(-1)?.key;
			if (last === undefined || rows.length < size) return;
			// The range would be empty, which IndexedDB takes for a mistake.
			if (before !== null && last >= before) return;
			at = last;
		}
	}

	countMessages(): Promise<number> {
		return this.database.count("messages");
	}

	/** Every message, by its id, some at a time. One that cannot be opened is left out. */
	async *allMessages(size: number): AsyncGenerator<MessageRecord[]> {
		let after = "";
		while (true) {
			const rows = await this.database.getAll("messages", IDBKeyRange.lowerBound(after, true), size);
			const opened = await Promise.allSettled(rows.map((row) => this.open("messages", row)));
			yield opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
			if (rows.length < size) return;
			after = rows.at(-1)?.key ?? after;
		}
	}

	/** Messages up to a sequence number, and what was noticed there. */
	async messagesUpTo(group: string, seq: number): Promise<MessageRecord[]> {
		const range = IDBKeyRange.bound([group, 0], [group, seq + 1], false, true);
		const rows = await this.database.getAllFromIndex("messages", "order", range);
		return Promise.all(rows.map((row) => this.open("messages", row)));
	}

	async keyPair(name: string): Promise<CryptoKeyPair | null> {
		const found = await this.database.get("keys", name);
		return found && "privateKey" in found ? found : null;
	}

	async putKeyPair(name: string, pair: CryptoKeyPair): Promise<void> {
		await this.database.put("keys", pair, name);
	}

	async dropKeyPair(name: string): Promise<void> {
		await this.database.delete("keys", name);
	}

	/** Ciphertext of an attachment on its way. */
	async putChunk(messageId: string, index: number, ciphertext: Bytes): Promise<void> {
		await this.database.put("chunks", ciphertext, [messageId, index]);
	}

	async chunk(messageId: string, index: number): Promise<Bytes | null> {
		return (await this.database.get("chunks", [messageId, index])) ?? null;
	}

	async dropChunks(messageId: string): Promise<void> {
		await this.database.delete("chunks", IDBKeyRange.bound([messageId, 0], [messageId, Infinity]));
	}

	/** 32 random bytes that live as long as this store. */
	async secret(name: string): Promise<Bytes> {
		const known = await this.get("secrets", name);
		if (known) return fromBase64(known);
		const fresh = crypto.getRandomValues(new Uint8Array(32));
		await this.write([{ table: "secrets", key: name, value: base64(fresh) }]);
		return owned(fresh);
	}

	private async sealed({ table, key, value }: Change): Promise<Row | null> {
		if (value === null) return null;
		const row: Row = { key, sealed: await sealJson(this.key, `${table}/${key}`, toJson(value)) };
		if (table !== "messages") return row;
		const message = value as MessageRecord;
		return { ...row, group: message.conversationId, order: orderOf(message) };
	}

	private async open<T extends Table>(table: T, row: Row): Promise<Tables[T]> {
		return fromJson(await unsealJson(this.key, `${table}/${row.key}`, row.sealed)) as Tables[T];
	}
}

/** Events that stand in no stream come right after the entry they were noticed at. */
const NOTICED = new Set(["key-changed", "unknown-leaf", "lost"]);

export function orderOf({ seq, sentAt, event }: Pick<MessageRecord, "seq" | "sentAt" | "event">): number {
	if (seq === null) return UNSENT + Date.parse(sentAt);
	return event && NOTICED.has(event.kind) ? seq + 0.5 : seq;
}

function createTables(database: IDBPDatabase<Schema>, oldVersion: number): void {
	if (oldVersion < 1) createFirstTables(database);
	if (oldVersion < 2) database.createObjectStore("annotations", { keyPath: "key" });
}

/** Tables that came later. */
const LATER: readonly Table[] = ["annotations"];

function createFirstTables(database: IDBPDatabase<Schema>): void {
	for (const table of TABLES) {
		if (table === "messages" || LATER.includes(table)) continue;
		database.createObjectStore(table, { keyPath: "key" });
	}
	database.createObjectStore("messages", { keyPath: "key" }).createIndex("order", ["group", "order"]);
	database.createObjectStore("keys");
	database.createObjectStore("chunks");
}

async function sealKey(database: IDBPDatabase<Schema>): Promise<CryptoKey> {
	const known = await database.get("keys", "seal");
	if (known && "type" in known) return known;
	const fresh = await newSealKey();
	await database.put("keys", fresh, "seal");
	return fresh;
}

/** JSON has no bytes: they travel as `{"$bytes": base64}`. */
export function toJson(value: unknown): unknown {
	if (value instanceof Uint8Array) return { $bytes: base64(value) };
	if (Array.isArray(value)) return value.map(toJson);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toJson(inner)]));
}

export function fromJson(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(fromJson);
	if (typeof value !== "object" || value === null) return value;
	if ("$bytes" in value) return fromBase64(String(value.$bytes));
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fromJson(inner)]));
}
