/** The browser's profile as it lies on the disk, with the browser closed: what whoever takes the computer could read. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Played } from "../service/ghost";
import { Actor } from "./cast";
import { Stage, until } from "./stage";

const stage = new Stage();
const SENTENCE = "Frau Mümmelmeier aus Zimmer 4711 braucht ein Konsil";
const TITLE = "Konsil Neurologie, Zimmer 4711";
const FILE = "Aufnahmebogen von Frau Mümmelmeier";
const CONTROL = "Das hier steht absichtlich im Klartext auf der Platte";
let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "medicus-profile-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The files that hold a text, in UTF-8, UTF-16, Latin-1 or base64. */
function filesWith(text: string): string[] {
	const base64 = Buffer.from(text).toString("base64").slice(0, -4);
	const needles = [
		Buffer.from(text),
		Buffer.from(text, "utf16le"),
		Buffer.from(text, "latin1"),
		Buffer.from(base64),
	];
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.filter((path) => needles.some((needle) => readFileSync(path).includes(needle)));
}

describe("the profile of a browser, closed", { timeout: 120_000 }, () => {
	it("holds nothing readable of a conversation, its title or its files", async () => {
		const bob = await Played.enter(stage.world, "bob");
		const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
		const context = await chromium.launchPersistentContext(folder, {
			executablePath,
			args: ["--no-sandbox"],
		});
		const browser = { newContext: async () => context } as unknown as Browser;
		const alice = await Actor.enter(browser, stage.world, stage.origin, "alice");
		await alice.ready();
		const talk = { kind: "team" as const, title: TITLE, personIds: [bob.person.id] };
		const group = await alice.call("create", talk);
		await alice.call("send", group, SENTENCE);
		await alice.call("attach", group, `${FILE}.pdf`, 200_000, `%PDF-1.7 ${FILE}`);
		await until(
			async () => (await alice.messages(group)).filter(({ send }) => send?.state === "sent").length === 3,
		);
		await alice.page.evaluate(async (text) => {
			const database = await new Promise<IDBDatabase>((resolve, reject) => {
				const request = indexedDB.open("control", 1);
				request.onupgradeneeded = () => request.result.createObjectStore("rows");
				request.onsuccess = () => resolve(request.result);
				request.onerror = () => reject(request.error);
			});
			await new Promise<void>((resolve) => {
				const change = database.transaction("rows", "readwrite", { durability: "strict" });
				change.objectStore("rows").put({ text }, 1);
				change.oncomplete = () => resolve();
			});
			database.close();
		}, CONTROL);
		await context.close();
		expect(alice.problems).toEqual([]);
		expect(filesWith(CONTROL)).not.toEqual([]);
		expect([SENTENCE, TITLE, FILE].flatMap(filesWith)).toEqual([]);
	});
});
