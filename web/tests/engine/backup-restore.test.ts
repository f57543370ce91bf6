import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/crypto/ids";
import { keepBackupKey, newBackupKey, remembered } from "../../src/engine/backup-memory";
import { BackupBroken, OtherBackupKey } from "../../src/engine/backup-restore";
import { saveBackup } from "../../src/engine/backup-save";
import type { Retention } from "../../src/engine/case-types";
import type { Committer } from "../../src/engine/commits";
import { Guard } from "../../src/engine/guard";
import { Membership } from "../../src/engine/membership";
import {
	backup,
	bare,
	begin,
	DAY_MS,
	GROUP,
	group,
	listings,
	lists,
	muchTalk,
	name,
	never,
	ports,
	put,
	restored,
	START,
	save,
	says,
	service,
	store,
	texts,
} from "../support/backup-scene";
import { deskOf } from "../support/scripted";

beforeEach(begin);
afterEach(() => vi.unstubAllGlobals());

describe("a faithless service", () => {
	/** The piece in which a message lies. */
	async function pieceOf(day: number): Promise<string> {
		const at = new Date(START + (day - 1) * DAY_MS).toISOString();
		const slots = (await remembered(store))?.slots ?? [];
		const found = slots.find(({ firstAt, lastAt }) => firstAt && lastAt && firstAt <= at && at <= lastAt);
		return found?.pieceId ?? "";
	}

	it.each(["missing", "changed", "another"])("is found out when a piece is %s", async (what) => {
		await muchTalk();
		await backup().turnOn(never);
		const [id, other] = [await pieceOf(4), await pieceOf(1)];
		expect(id).not.toBe(other);
		const [mine, stranger] = [service.pieces.get(id), service.pieces.get(other)];
		if (!mine || !stranger) throw new Error("no piece");
		if (what === "missing") service.pieces.delete(id);
		if (what === "changed") mine[40] = (mine[40] ?? 0) ^ 1;
		if (what === "another") service.pieces.set(id, stranger);
		const { here, result } = await restored();
		expect(result.missing).toEqual([
			{ from: "2026-03-04T00:00:00.000Z", to: "2026-03-06T00:00:00.000Z", messages: 3 },
		]);
		expect(await texts(here)).toHaveLength(4);
		// Not by itself: what is missing would be gone for good.
		await saveBackup(ports(here), null);
		expect([service.writer, service.kept?.generation]).toEqual(["first", 1]);
		expect(await backup(here).view()).toMatchObject({ saved: { here: false }, trouble: "incomplete" });
		await backup(here).moveIncomplete(never);
		expect(service.writer).toBe("second");
		expect((await restored()).result).toMatchObject({ messages: 4, missing: [] });
	});

	it("that gives a piece at the second try only has not cost it", async () => {
		await muchTalk();
		await backup().turnOn(never);
		const id = await pieceOf(4);
		const piece = service.pieces.get(id);
		if (!piece) throw new Error("no piece");
		service.pieces.delete(id);
		const { here } = await restored();
		expect((await backup(here).moveHere(never))?.missing).toHaveLength(1);
		expect(service.writer).toBe("first");
		service.pieces.set(id, piece);
		expect((await backup(here).moveHere(never))?.missing).toEqual([]);
		expect([service.writer, (await backup(here).view()).trouble]).toEqual(["second", null]);
		expect((await restored()).result).toMatchObject({ messages: 7, missing: [] });
	});

	it("costs nothing by itself in the browser that writes either", async () => {
		await muchTalk();
		await backup().turnOn(never);
		service.pieces.delete(await pieceOf(4));
		await backup().restore(never);
		await says(8, "neu");
		await save();
		expect([service.kept?.generation, (await backup().view()).saved?.here]).toEqual([1, false]);
		await backup().moveIncomplete(never);
		expect((await backup().view()).saved).toMatchObject({ here: true, messages: 8 });
		expect((await restored()).result).toMatchObject({ messages: 8, missing: [] });
	});

	it("is found out when conversations are missing", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		const slots = (await remembered(store))?.slots ?? [];
		service.pieces.delete(slots.find(({ table }) => table === "groups")?.pieceId ?? "");
		expect((await restored()).result).toMatchObject({ messages: 1, missing: [], missingConversations: true });
	});

	it("is found out by the browser that saved more than the service now has", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		const back = service.copy();
		await says(2, "zwei");
		await save();
		back();
		await says(3, "drei");
		await save();
		expect((await remembered(store))?.trouble).toBe("rolled-back");
		expect(await texts((await restored()).here)).toEqual(["eins", "zwei", "drei"]);
	});

	it("tells the time of its older copy, and one that was read before, that it is older", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		const back = service.copy();
		await says(2, "zwei");
		await save();
		const { here } = await restored();
		back();
		expect((await restored(here)).result.older).toBe(true);
	});

	it.each([
		["a list of another generation", () => Object.assign(service.kept ?? {}, { generation: 7 })],
		["an empty list", () => Object.assign(service.kept ?? {}, { manifest: new Uint8Array() })],
		["another backup's list", () => Object.assign(service.kept ?? {}, { id: newId() })],
	])("is not believed with %s", async (_, change) => {
		await says(1, "eins");
		await backup().turnOn(never);
		change();
		await expect(restored()).rejects.toThrow(BackupBroken);
	});

	it("is not asked for pieces of another key's backup", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		const other = await bare();
		await keepBackupKey(other, newBackupKey());
		await expect(backup(other).restore(never)).rejects.toThrow(OtherBackupKey);
		expect((await backup(other).view()).trouble).toBe("other-key");
	});
});

describe("a conversation that came back", () => {
	it("goes on where somebody adds the new device, with what was there before", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		await restored();
		const { context } = await deskOf(name, { group: GROUP });
		expect(context.groups.follows(GROUP)).toBe(false);
		lists({});
		const welcome = { id: newId(), groupId: GROUP, welcome: new Uint8Array(), seq: 20 };
		Object.assign(context.api, {
			welcomes: async () => [welcome],
			dropWelcome: async () => undefined,
			groups: async () => listings,
		});
		Object.assign(context.engine, { join: async () => GROUP, forget: async () => undefined });
		const guard = new Guard(context, never);
		const membership = new Membership(context, guard, {} as Committer, { fill: async () => undefined });
		expect(await membership.joinWaiting()).toEqual([GROUP]);
		expect(context.groups.get(GROUP)).toMatchObject({ place: "held", cursor: 20, title: "Station 3" });
		expect(await texts(context.store)).toEqual(["eins", expect.stringContaining("Dieses Ger")]);
		await saveBackup(ports(context.store), null);
		expect((await restored()).result.messages).toBe(1);
	});
});

describe("what has expired", () => {
	const retention = (more: Partial<Retention> = {}): Retention => ({
		days: 15,
		begins: "sent",
		endsAt: null,
		holds: [],
		expiredSeq: 0,
		...more,
	});
	it("on the server since the last save does not come back, but for what is kept", async () => {
		const kept = await says(1, "eins");
		await says(2, "zwei");
		await says(3, "drei");
		await backup().turnOn(never);
		lists({ retention: retention({ expiredSeq: 2 }), kept: [{ messageId: kept.id, own: true }] });
		const { here, result } = await restored();
		expect(await texts(here)).toEqual(["eins", "drei"]);
		expect(result.expired).toBe(1);
		await saveBackup(ports(here), null);
		lists({});
		expect(await texts((await restored()).here)).toEqual(["eins", "drei"]);
	});

	it("of a conversation that is no longer listed goes by the service's clock", async () => {
		await put("groups", GROUP, group({ retention: retention() }));
		await says(1, "alt");
		await says(10, "neu");
		await backup().turnOn(never);
		expect(await texts((await restored()).here)).toEqual(["neu"]);
	});

	it("of a case takes its title along; who came and went stays", async () => {
		const over = retention({ begins: "closed", endsAt: "2026-03-15T00:00:00Z" });
		await put("groups", GROUP, group({ kind: "case", title: "Aortenisthmusstenose", retention: over }));
		await says(1, "alt");
		await says(2, "", { type: "event" });
		await backup().turnOn(never);
		const { here } = await restored();
		expect((await here.messages(GROUP, null, 9)).map(({ event, type }) => event?.kind ?? type)).toEqual([
			"event",
			"lost",
		]);
		expect((await here.get("groups", GROUP))?.title).toBeNull();
	});

	it("of a running case leaves the title that was given since", async () => {
		await put("groups", GROUP, group({ kind: "case", title: "Fall 12" }));
		await says(1, "Aortenisthmusstenose", { type: "title" });
		await says(2, "alt");
		await says(3, "Fall 11", { type: "title" });
		await says(4, "Fall 12", { type: "title" });
		await backup().turnOn(never);
		lists({ retention: retention({ expiredSeq: 2 }) });
		expect((await (await restored()).here.get("groups", GROUP))?.title).toBe("Fall 12");
		lists({ retention: retention({ expiredSeq: 4 }) });
		expect((await (await restored()).here.get("groups", GROUP))?.title).toBeNull();
	});

	it("stays while a legal hold stands", async () => {
		const holds = [{ organisation: "A", since: "2026-03-01" }];
		await put("groups", GROUP, group({ retention: retention({ holds }) }));
		await says(1, "alt");
		await backup().turnOn(never);
		expect(await texts((await restored()).here)).toEqual(["alt"]);
	});
});
