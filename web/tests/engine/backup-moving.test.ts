import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { remembered } from "../../src/engine/backup-memory";
import { saveBackup } from "../../src/engine/backup-save";
import { Problem, Unreachable } from "../../src/lib/http";
import {
	backup,
	begin,
	browser,
	GROUP,
	group,
	message,
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

beforeEach(begin);
afterEach(() => vi.unstubAllGlobals());

describe("a second browser that is to save", () => {
	it("reads what it lacks first, and nothing is lost", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		service.device = "second";
		const here = await browser();
		await put("groups", GROUP, group(), here);
		const own = message(2, "zwei");
		await put("messages", own.id, own, here);
		await backup(here).moveHere(never);
		expect((await backup(here).view()).saved).toMatchObject({ here: true, messages: 2 });
		expect(await texts((await restored()).here)).toEqual(["eins", "zwei"]);
	});
});

describe("taking over", () => {
	it("is proposed when the device that wrote is gone for good", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		service.device = "second";
		service.writerActive = false;
		const here = await browser();
		expect(await backup(here).view()).toMatchObject({ saved: { here: false }, trouble: "no-writer" });
		service.writerActive = true;
		await backup(here).moveHere(never);
		expect(await backup(here).view()).toMatchObject({ saved: { here: true }, trouble: null });
	});

	it("waits until it has read what another device saved meanwhile", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		const { here } = await restored();
		service.device = "first";
		await says(2, "zwei");
		await save();
		service.device = "second";
		const own = message(3, "drei");
		await put("messages", own.id, own, here);
		await saveBackup(ports(here), null);
		expect([service.writer, service.kept?.generation]).toEqual(["first", 2]);
		expect((await backup(here).view()).trouble).toBe("other-writer");
		await backup(here).moveHere(never);
		expect(service.writer).toBe("second");
		expect(await texts((await restored()).here)).toEqual(["eins", "zwei", "drei"]);
	});

	it("is given up when somebody saves between the question and the answer", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		const { here } = await restored();
		vi.spyOn(service, "move").mockRejectedValueOnce(new Problem(409, "stale-backup", ""));
		await saveBackup(ports(here), null);
		expect(service.writer).toBe("first");
		expect((await remembered(here))?.trouble).toBe("other-writer");
	});

	it("is not asked of a browser whose device was renewed", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		service.device = "renewed";
		await says(2, "zwei");
		await save();
		expect([service.writer, service.kept?.generation]).toEqual(["renewed", 2]);
		expect(await backup().view()).toMatchObject({ saved: { here: true }, trouble: null });
	});

	it("is asked of a renewed one when another saved since", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		await saveBackup(ports((await restored()).here), null);
		service.device = "renewed";
		await says(2, "zwei");
		await save();
		expect([service.writer, service.kept?.generation]).toEqual(["second", 2]);
		expect((await remembered(store))?.trouble).toBe("other-writer");
	});

	it("is asked of a renewed one that cannot tell whose the next number is", async () => {
		await says(1, "eins");
		await backup().turnOn(never);
		await says(2, "zwei");
		service.losesAnswer = true;
		await expect(save()).rejects.toThrow(Unreachable);
		service.losesAnswer = false;
		service.device = "renewed";
		await save();
		expect([service.writer, (await remembered(store))?.trouble]).toEqual(["first", "other-writer"]);
		await backup().moveHere(never);
		expect([service.writer, (await remembered(store))?.trouble]).toEqual(["renewed", null]);
	});
});
