import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Annotation } from "../../src/crypto/annotation";
import { newId } from "../../src/crypto/ids";
import { annotated } from "../../src/engine/annotations";
import { remembered } from "../../src/engine/backup-memory";
import { saveBackup } from "../../src/engine/backup-save";
import type { MessageRecord } from "../../src/engine/records";
import { Unreachable } from "../../src/lib/http";
import {
	backup,
	bare,
	begin,
	browser,
	GROUP,
	group,
	message,
	muchTalk,
	never,
	ports,
	put,
	restored,
	save,
	says,
	service,
	store,
	texts,
} from "../support/backup-scene";
import { BOB, ME } from "../support/scripted";

beforeEach(begin);
afterEach(() => vi.unstubAllGlobals());

describe("a backup", () => {
	it("brings back messages, names and keys into a new browser, which then writes it", async () => {
		await says(1, "Kalium 6,1");
		await says(2, "kontrolliert", {
			own: true,
			senderPersonId: ME.personId,
			send: { state: "sent", seq: 2 },
		});
		const attachment = { objectId: newId(), key: new Uint8Array([1, 2, 3]) } as unknown as NonNullable<
			MessageRecord["attachment"]
		>;
		const file = await says(3, "Befund", { type: "attachment", attachment });
		const person = {
			personId: BOB.personId,
			name: "Dr. Bob",
			function: "",
			organisation: { id: "", name: "" },
		};
		const pin = { personId: BOB.personId, domain: "b.example", fingerprint: "ab", seenAt: "", earlier: [] };
		await store.write([
			{ table: "people", key: BOB.personId, value: person },
			{ table: "pins", key: "pin", value: pin },
		]);
		const told: number[][] = [];
		await backup().turnOn((...progress) => told.push(progress));
		expect(told).toEqual([0, 1, 2, 3, 4].map((done) => [done, 4]));
		expect((await backup().view()).saved).toMatchObject({ messages: 3, here: true });

		const { here, result } = await restored();
		expect(result).toMatchObject({
			messages: 3,
			expired: 0,
			missing: [],
			missingConversations: false,
			older: false,
		});
		expect(result.savedAt).toBe("2026-03-10T00:00:00.000Z");
		expect(await texts(here)).toEqual(["Kalium 6,1", "kontrollie", "Befund"]);
		expect((await here.get("messages", file.id))?.attachment).toEqual(attachment);
		expect(await here.get("people", BOB.personId)).toEqual(person);
		expect(await here.get("pins", "pin")).toEqual(pin);
		expect(await here.get("groups", GROUP)).toMatchObject({
			title: "Station 3",
			place: "lost",
			cursor: 3,
			seen: 3,
		});

		const before = service.sent;
		await saveBackup(ports(here), null);
		expect([service.writer, service.sent - before]).toEqual(["second", 0]);
		service.device = "first";
		await save();
		expect((await backup().view()).trouble).toBe("other-writer");
	});

	it("sends what changed and nothing else", async () => {
		await muchTalk();
		await backup().turnOn(never);
		const [all, pieces] = [service.sent, service.pieces.size];
		expect(all).toBe(pieces);
		await save();
		expect([service.sent, service.kept?.generation]).toEqual([all, 1]);
		await says(8, "neu");
		await save();
		expect(service.sent).toBe(all + 1);
		await save();
		expect(service.sent).toBe(all + 1);
		expect(service.pieces.size).toBe(pieces);
	});

	it("leaves out what is on its way, and what was said but not taken", async () => {
		await says(1, "unterwegs", { seq: null, own: true });
		const base = message(2, "gesagt", { own: true, senderPersonId: ME.personId });
		const edit: Annotation = { act: "edit", text: "anders", mentions: [] };
		const waiting = { id: newId(), personId: ME.personId, seq: null, at: null, annotation: edit };
		await put("messages", base.id, annotated(base, waiting));
		await backup().turnOn(never);
		expect(await texts((await restored()).here)).toEqual(["gesagt"]);
	});

	it("holds nothing any more of what was recalled, changed or has expired", async () => {
		const [first, second, third] = [await says(1, "eins"), await says(2, "zwei"), await says(3, "drei")];
		await backup().turnOn(never);
		const old = [...service.pieces.keys()];
		const recall = { id: newId(), personId: BOB.personId, seq: 4, at: first.at ?? null };
		await put("messages", first.id, annotated(first, { ...recall, annotation: { act: "recall" } }));
		const edit: Annotation = { act: "edit", text: "zwei b", mentions: [] };
		await put("messages", second.id, annotated(second, { ...recall, id: newId(), annotation: edit }));
		await put("messages", third.id, null);
		await save();
		expect(old.filter((id) => service.pieces.has(id))).toHaveLength(1);
		const { here } = await restored();
		expect(await texts(here)).toEqual(["", "zwei b"]);
		expect((await here.get("messages", first.id))?.type).toBe("recalled");
	});

	it("is not begun where no kit gave a key, and does nothing where it is off", async () => {
		const other = await bare();
		expect(await backup(other).view()).toEqual({ saved: null, key: false, trouble: null });
		await expect(backup(other).turnOn(never)).rejects.toThrow("no backup key");
		await says(1, "eins");
		await save();
		expect([service.kept, service.sent]).toEqual([null, 0]);
		expect(await backup().restore(never)).toBeNull();
	});

	it("is gone when it is deleted, and says so where it was written", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		await service.delete();
		await says(2, "zwei");
		await save();
		expect((await remembered(store))?.trouble).toBe("deleted");
		expect((await backup().view()).saved).toBeNull();
		await backup().turnOn(never);
		await backup().delete();
		expect([service.kept, await remembered(store)]).toEqual([null, null]);
	});
});

describe("a break", () => {
	it("in the first save loses little: the next one goes on", async () => {
		for (let day = 1; day <= 20; day++) await says(day, `Tag ${day} ${"x".repeat(60_000)}`);
		service.breaksAfter = 19;
		await expect(backup().turnOn(never)).rejects.toThrow(Unreachable);
		const before = service.sent;
		expect([before, service.kept?.generation]).toEqual([18, 1]);
		service.breaksAfter = null;
		await backup().save(never);
		// 21 pieces, of which 16 were named; the last of these is looked at again.
		expect(service.sent - before).toBeLessThanOrEqual(6);
		expect((await restored()).result.messages).toBe(20);
	});

	it("of the answer is noticed by the number, and nothing is sent again", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		await says(2, "zwei");
		service.losesAnswer = true;
		await expect(save()).rejects.toThrow(Unreachable);
		service.losesAnswer = false;
		const before = service.sent;
		await saveBackup(ports(), null);
		expect(service.sent).toBe(before);
		await says(3, "drei");
		await save();
		expect(await texts((await restored()).here)).toEqual(["eins", "zwei", "drei"]);
	});

	it("of the restore is mended by doing it again", async () => {
		await muchTalk();
		await backup().turnOn(never);
		service.device = "second";
		const here = await browser();
		const piece = vi.spyOn(service, "piece").mockImplementationOnce(service.piece.bind(service));
		piece.mockRejectedValueOnce(new Unreachable("away"));
		await expect(backup(here).restore(never)).rejects.toThrow(Unreachable);
		piece.mockRestore();
		expect((await restored(here)).result.messages).toBe(7);
		expect(await texts(here)).toHaveLength(7);
	});
});

describe("what is here already", () => {
	it("stays as it is", async () => {
		const one = await says(1, "eins");
		await says(2, "zwei");
		await backup().turnOn(never);
		const here = await browser();
		const own = group({ title: "hier", cursor: 5 });
		await put("groups", GROUP, own, here);
		await put("messages", one.id, { ...one, text: "eins, geändert" }, here);
		expect((await restored(here)).result.messages).toBe(1);
		expect(await texts(here)).toEqual(["eins, geän", "zwei"]);
		expect(await here.get("groups", GROUP)).toEqual(own);
	});
});

describe("a kit that was withdrawn", () => {
	it("is missed by a backup that only devices open now", async () => {
		await backup().turnOn(never);
		expect((await backup().view()).trouble).toBeNull();
		service.kit = false;
		expect((await backup().view()).trouble).toBe("no-kit");
	});
});
