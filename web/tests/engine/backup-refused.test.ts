import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Annotation } from "../../src/crypto/annotation";
import { newId } from "../../src/crypto/ids";
import { annotated } from "../../src/engine/annotations";
import { remembered } from "../../src/engine/backup-memory";
import { saveBackup } from "../../src/engine/backup-save";
import { BackupWriter } from "../../src/engine/backup-writer";
import type { MessageRecord } from "../../src/engine/records";
import { Problem, Unreachable } from "../../src/lib/http";
import {
	backup,
	begin,
	GROUP,
	group,
	message,
	muchTalk,
	never,
	OWNER,
	ports,
	put,
	restored,
	save,
	says,
	service,
	store,
	texts,
} from "../support/backup-scene";
import { BOB } from "../support/scripted";

beforeEach(begin);
afterEach(() => vi.unstubAllGlobals());

describe("what others say", () => {
	const edits = (one: MessageRecord, count: number, text: string) =>
		Array.from({ length: count }, (_, index) => index).reduce((record, index) => {
			const annotation: Annotation = { act: "edit", text: `${index} ${text}`, mentions: [] };
			const entry = { id: newId(), personId: BOB.personId, seq: 10 + index, at: one.at ?? null, annotation };
			return annotated(record, entry);
		}, one);

	it("does not make a message larger than a piece: of too many changes the last is kept", async () => {
		const one = await says(1, "x".repeat(40_000));
		await put("messages", one.id, edits(one, 30, "x".repeat(39_000)));
		await backup().turnOn(never);
		expect((await remembered(store))?.trouble).toBeNull();
		const back = await (await restored()).here.get("messages", one.id);
		expect(back?.text).toMatch(/^29 x/);
		expect(back?.said?.entries).toHaveLength(1);
		expect(back?.said?.text).toBe(one.text);
		expect((await store.get("messages", one.id))?.said?.entries).toHaveLength(30);
	});

	it("stays whole while there is room", async () => {
		const one = await says(1, "eins");
		await put("messages", one.id, edits(one, 30, "zwei"));
		await backup().turnOn(never);
		const back = await (await restored()).here.get("messages", one.id);
		expect(back?.said?.entries).toHaveLength(30);
	});

	it("is left out where even the signs are too many", async () => {
		const one = await says(1, "eins");
		const reaction = (index: number) => ({
			id: newId(),
			personId: `${index}-${"p".repeat(300)}`,
			seq: 10 + index,
			at: one.at ?? null,
			annotation: { act: "reaction", reaction: "seen", set: true } as unknown as Annotation,
		});
		const entries = Array.from({ length: 800 }, (_, index) => reaction(index));
		await put("messages", one.id, { ...one, said: { text: "eins", mentions: [], entries } });
		await backup().turnOn(never);
		const back = await (await restored()).here.get("messages", one.id);
		expect([back?.text, back?.said]).toEqual(["eins", undefined]);
	});
});

describe("a save that is refused", () => {
	it.each([400, 409, 413])("with %i is told, and the next one goes on", async (status) => {
		await says(1, "eins");
		await backup().turnOn(never);
		await says(2, "zwei");
		service.refusesLists = status;
		await save();
		expect(await backup().view()).toMatchObject({ saved: { messages: null }, trouble: "refused" });
		service.refusesLists = null;
		await saveBackup(ports(), null);
		expect(await backup().view()).toMatchObject({ saved: { messages: 2 }, trouble: null });
		expect(await texts((await restored()).here)).toEqual(["eins", "zwei"]);
	});

	it("for a piece that the service has lost sends all of them again", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		service.pieces.clear();
		await says(2, "zwei");
		await save();
		expect((await remembered(store))?.trouble).toBe("refused");
		await save();
		const { here, result } = await restored();
		expect([await texts(here), result.missing]).toEqual([["eins", "zwei"], []]);
	});

	it("for a piece is told, too", async () => {
		await backup().turnOn(never);
		service.largestPiece = 4096;
		await says(1, "x".repeat(9000));
		await save();
		expect((await remembered(store))?.trouble).toBe("refused");
	});

	it.each([401, 429, 503])("with %i passes by itself and is no trouble", async (status) => {
		await backup().turnOn(never);
		service.refusesLists = status;
		await says(1, "eins");
		await expect(save()).rejects.toThrow(Problem);
		expect((await remembered(store))?.trouble).toBeNull();
	});
});

describe("a backup without room for old and new", () => {
	it("is written anew all the same, when the service went back to an older copy", async () => {
		const week = await muchTalk();
		await backup().turnOn(never);
		const back = service.copy();
		await put("messages", week[0]?.id ?? "", { ...message(1, "anders"), id: week[0]?.id ?? "" });
		await save();
		back();
		service.room = service.sizeBytes() + 4096;
		await saveBackup(ports(), null);
		expect((await remembered(store))?.trouble).toBe("rolled-back");
		const { here, result } = await restored();
		expect([result.missing, (await texts(here)).length]).toEqual([[], 7]);
		expect((await texts(here))[0]).toBe("anders");
	});

	it("loses nothing by pieces that broken saves left", async () => {
		await muchTalk();
		await backup().turnOn(never);
		for (let day = 8; day <= 12; day++) {
			await says(day, `Tag ${day} ${"x".repeat(30_000)}`);
			vi.spyOn(service, "save").mockRejectedValueOnce(new Unreachable("away"));
			await expect(saveBackup(ports(), null)).rejects.toThrow(Unreachable);
		}
		service.room = service.sizeBytes();
		await says(13, "neu");
		await saveBackup(ports(), null);
		expect((await remembered(store))?.trouble).toBeNull();
		expect((await restored()).result).toMatchObject({ messages: 13, missing: [] });
	});

	it("is full when even the new alone has none, and keeps what there was", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		service.room = service.sizeBytes();
		for (let day = 2; day <= 5; day++) await says(day, "x".repeat(90_000));
		await save();
		expect((await remembered(store))?.trouble).toBe("full");
		expect((await restored()).result).toMatchObject({ messages: 1, missing: [] });
		service.device = "first";
		service.room = Number.POSITIVE_INFINITY;
		await saveBackup(ports(), null);
		expect((await remembered(store))?.trouble).toBeNull();
		expect((await restored()).result).toMatchObject({ messages: 5, missing: [] });
	});
});

describe("the tab that owns the engine", () => {
	function writes(afterMs: number, logged: string[] = []): BackupWriter {
		const me = { personId: OWNER.personId, organisation: { id: OWNER.organisationId } };
		const session = { store, me } as ConstructorParameters<typeof BackupWriter>[0]["session"];
		return new BackupWriter({ api: ports().api, session, log: (what) => logged.push(what), afterMs });
	}

	it("tries again what was refused, more and more seldom", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		await says(2, "zwei");
		service.refusesLists = 400;
		const tries = vi.spyOn(service, "save");
		const writer = writes(20);
		await vi.waitFor(() => expect(tries).toHaveBeenCalledTimes(3), { timeout: 3000 });
		const began = performance.now();
		await vi.waitFor(() => expect(tries).toHaveBeenCalledTimes(4), { timeout: 3000 });
		expect(performance.now() - began).toBeGreaterThan(100);
		service.refusesLists = null;
		await vi.waitFor(() => expect(service.kept?.generation).toBe(2), { timeout: 3000 });
		writer.stop();
		expect((await remembered(store))?.trouble).toBeNull();
	});

	it("looks for everything again after it was full", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		const writer = writes(5);
		service.room = service.sizeBytes();
		await says(2, "x".repeat(9000));
		await vi.waitFor(async () => expect((await remembered(store))?.trouble).toBe("full"));
		service.room = Number.POSITIVE_INFINITY;
		await put("groups", GROUP, group({ title: "Station 4" }));
		await vi.waitFor(() => expect(service.kept?.generation).toBe(2));
		writer.stop();
		expect(await texts((await restored()).here)).toEqual(["eins", "xxxxxxxxxx"]);
	});

	it("saves after a while, and again what a break left", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		const logged: string[] = [];
		const writer = writes(5, logged);
		service.breaksAfter = 0;
		await says(2, "zwei");
		await vi.waitFor(() => expect(logged).toContain("not backed up"));
		service.breaksAfter = null;
		await vi.waitFor(() => expect(service.kept?.generation).toBe(2));
		await says(3, "drei");
		await vi.waitFor(() => expect(service.kept?.generation).toBe(3));
		writer.stop();
		expect(await texts((await restored()).here)).toEqual(["eins", "zwei", "drei"]);
	});
});
