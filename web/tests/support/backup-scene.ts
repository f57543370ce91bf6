/** A browser of somebody who saves what it has, loses it, and another one that gets it back. */

import { vi } from "vitest";
import { newId, uuid7 } from "../../src/crypto/ids";
import type { GroupListing } from "../../src/engine/api";
import { Backup } from "../../src/engine/backup";
import { keepBackupKey, newBackupKey } from "../../src/engine/backup-memory";
import type { Restored } from "../../src/engine/backup-restore";
import { saveBackup } from "../../src/engine/backup-save";
import { type Dirty, marked } from "../../src/engine/backup-slots";
import { newGroup } from "../../src/engine/groups";
import type { GroupRecord, MessageRecord } from "../../src/engine/records";
import { type Change, Store } from "../../src/engine/store";
import { BackupService } from "./backup-service";
import { BOB, ME } from "./scripted";

export const OWNER = { personId: ME.personId, organisationId: newId() };
export const GROUP = newId();
export const DAY_MS = 86_400_000;
export const START = Date.parse("2026-03-01T00:00:00Z");
const KEY = newBackupKey();
export let service: BackupService;
export let store: Store;
/** Of the database that was opened last. */
export let name = "";
export let listings: GroupListing[];
let changes: Dirty;
let count = 0;

export const never = () => undefined;

/** A browser with one conversation, and nothing saved. */
export async function begin(): Promise<void> {
	vi.stubGlobal("navigator", {
		locks: { request: (_: string, work: () => Promise<unknown>) => work() },
	});
	service = new BackupService();
	listings = [];
	store = await browser();
	await put("groups", GROUP, group());
}

/** What the service says of the conversation from now on. */
export function lists(more: Partial<GroupListing>): void {
	const listing = { id: GROUP, kind: "team", epoch: 1, lastSeq: 9, members: [], people: [] };
	listings = [{ ...listing, ...more } as GroupListing];
}

/** A browser without a backup key. */
export function bare(): Promise<Store> {
	name = `backup-${++count}`;
	return Store.open(name);
}

export async function browser(): Promise<Store> {
	const opened = await bare();
	await keepBackupKey(opened, KEY);
	changes = new Map();
	opened.watch((written) => marked(changes as NonNullable<Dirty>, written));
	return opened;
}

export const ports = (at = store) => ({
	api: service as unknown as ConstructorParameters<typeof Backup>[0]["api"],
	store: at,
	owner: OWNER,
	now: () => new Date("2026-03-10T00:00:00Z"),
	groups: { groups: async () => listings },
	language: "de" as const,
	alone: <Result>(work: () => Promise<Result>) => work(),
});
export const backup = (at = store) => new Backup(ports(at));

export function group(more: Partial<GroupRecord> = {}): GroupRecord {
	const members = [ME, BOB].map(({ personId }) => ({ personId, owner: false, delivered: 3, seen: 2 }));
	const fresh = newGroup({ id: GROUP, kind: "team", cursor: 9, members }, new Date(START));
	return { ...fresh, title: "Station 3", unread: 4, ...more };
}

/** The message of the day `day`, counted from 1; its id is as old. */
export function message(day: number, text: string, more: Partial<MessageRecord> = {}): MessageRecord {
	const atMs = START + (day - 1) * DAY_MS;
	const at = new Date(atMs).toISOString();
	return {
		id: uuid7(atMs, crypto.getRandomValues(new Uint8Array(10))),
		conversationId: GROUP,
		seq: day,
		type: "text",
		senderPersonId: BOB.personId,
		own: false,
		text,
		attachment: null,
		event: null,
		sentAt: at,
		at,
		send: null,
		...more,
	};
}

export async function put<T extends "groups" | "messages">(
	table: T,
	key: string,
	value: (T extends "groups" ? GroupRecord : MessageRecord) | null,
	at = store,
): Promise<void> {
	await at.write([{ table, key, value } as Change]);
}

export async function says(
	day: number,
	text: string,
	more: Partial<MessageRecord> = {},
): Promise<MessageRecord> {
	const one = message(day, text, more);
	await put("messages", one.id, one);
	return one;
}

/** A week of long messages: more than fit into one piece. */
export async function muchTalk(): Promise<MessageRecord[]> {
	const said = [];
	for (let day = 1; day <= 7; day++) said.push(await says(day, `Tag ${day} ${"x".repeat(30_000)}`));
	return said;
}

/** Save what was written since the last save. */
export async function save(): Promise<void> {
	const dirty = changes;
	changes = new Map();
	await saveBackup(ports(), dirty);
}

export async function restored(at?: Store): Promise<{ here: Store; result: Restored }> {
	service.device = "second";
	const here = at ?? (await browser());
	const result = await backup(here).restore(never);
	if (!result) throw new Error("no backup");
	return { here, result };
}

export const texts = async (at: Store) =>
	(await at.messages(GROUP, null, 500))
		.filter(({ event }) => event?.kind !== "lost")
		.map(({ text }) => text.slice(0, 10));
