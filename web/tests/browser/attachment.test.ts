/** Files between two browsers. */

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Actor } from "./cast";
import { Stage, until } from "./stage";

const stage = new Stage();

describe("an attachment", { timeout: 120_000 }, () => {
	const size = 3 * 1024 * 1024 + 17;
	const expected = () => {
		const content = new Uint8Array(size).map((_, index) => (index * 7) % 251);
		content.set(Buffer.from("%PDF-1.7"));
		return createHash("sha256").update(content).digest("hex");
	};

	it("arrives whole, and the stage.service holds only ciphertext", async () => {
		const { group, actors } = await stage.team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		await alice.call("attach", group, "Befund.pdf", size, "%PDF-1.7");
		await until(async () => (await bob.messages(group)).some(({ type }) => type === "attachment"));
		const message = (await bob.messages(group)).find(({ type }) => type === "attachment");
		expect(message?.attachment).toMatchObject({
			name: "Befund.pdf",
			mediaType: "application/pdf",
			sizeBytes: size,
		});
		expect(await bob.call("open", message?.id ?? "")).toEqual({
			type: "application/pdf",
			size,
			sha256: expected(),
		});
		const [upload] = [...stage.world.uploads.values()];
		expect(Buffer.concat(upload?.parts ?? []).includes("%PDF")).toBe(false);
		expect(upload?.offset).toBe(size + 4 * 16);
	});

	it("that is passed on can be opened by whoever could not open it before", async () => {
		const { group, actors } = await stage.team("alice", "bob");
		const [alice] = actors as [Actor, Actor];
		const anton = await stage.enter("anton");
		const { id } = await alice.call("attach", group, "Befund.pdf", 5000, "%PDF-1.7");
		const file = async (by: Actor, where: string) =>
			(await by.messages(where)).find(({ attachment }) => attachment);
		await until(async () => (await file(alice, group))?.send?.state === "sent");
		const original = await alice.call("open", id);
		const talk = { kind: "team" as const, title: "Visite", personIds: [anton.personId] };
		const other = await alice.call("create", talk);
		await alice.call("forward", id, other);
		await until(async () => (await file(anton, other)) !== undefined);
		const passed = await file(anton, other);
		expect(passed).toMatchObject({ forwarded: true, attachment: { name: "Befund.pdf", sizeBytes: 5000 } });
		expect(passed?.attachment?.objectId).not.toBe((await file(alice, group))?.attachment?.objectId);
		expect(await anton.call("open", passed?.id ?? "")).toEqual(original);
		await alice.call("annotate", id, { act: "recall" });
		await until(async () => (await file(alice, group)) === undefined);
		await expect(alice.call("open", id)).rejects.toThrow("not-found");
	});

	it("is not opened when a byte was changed on the server", async () => {
		const { group, actors } = await stage.team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		await alice.call("attach", group, "Befund.pdf", 5000, "%PDF-1.7");
		await until(async () => (await bob.messages(group)).some(({ type }) => type === "attachment"));
		const [upload] = [...stage.world.uploads.values()];
		if (upload?.parts[0]) upload.parts[0][40] = (upload.parts[0][40] ?? 0) ^ 1;
		const message = (await bob.messages(group)).find(({ type }) => type === "attachment");
		await expect(bob.call("open", message?.id ?? "")).rejects.toThrow("corrupt");
	});

	it("goes on after the tab was closed, without the file", async () => {
		const { group, actors } = await stage.team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		let parts = 0;
		stage.world.hooks.request = (method) => (method === "PATCH" && ++parts > 0 ? "drop" : undefined);
		await alice.call("attach", group, "Befund.pdf", size, "%PDF-1.7");
		await until(async () => parts > 0);
		await alice.crash();
		stage.world.hooks = {};
		await alice.open();
		await until(async () => (await bob.messages(group)).some(({ type }) => type === "attachment"));
		const message = (await bob.messages(group)).find(({ type }) => type === "attachment");
		expect((await bob.call("open", message?.id ?? "")).sha256).toBe(expected());
		expect(stage.world.uploads.size).toBe(1);
	});

	it("of many megabytes is paused, survives a killed tab, and wants the very same file again", async () => {
		const { group, actors } = await stage.team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		const sending = async () => (await alice.messages(group)).find(({ type }) => type === "attachment");
		const held = (what?: string) =>
			until(async () => {
				const send = (await sending())?.send;
				return send?.state === "uploading" && send.held === what;
			});
		let parts = 0;
		stage.world.hooks.request = (method) => {
			if (method === "PATCH") parts += 1;
			return method === "PATCH" && parts > 2 ? "drop" : undefined;
		};
		const { id } = await alice.call("attachLarge", group, "CT.dat", 40);
		await until(async () => parts > 2);
		await alice.call("pauseUpload", id);
		await held("paused");
		await alice.crash();
		const [upload] = [...stage.world.uploads.values()];
		const before = upload?.offset ?? 0;
		expect(before).toBeGreaterThan(0);
		stage.world.hooks = {};
		await alice.open();
		await held("paused");
		await alice.call("resumeUpload", id);
		await held("file");
		await expect(alice.call("supplyLarge", id, 39, null)).rejects.toThrow("other-file");
		await expect(alice.call("supplyLarge", id, 40, 3_000_000)).rejects.toThrow("other-file");
		expect(upload?.offset).toBe(before);
		await alice.call("supplyLarge", id, 40, null);
		await until(async () => (await bob.messages(group)).some(({ type }) => type === "attachment"));
		expect(stage.world.uploads.size).toBe(1);
		expect(await bob.call("saveInto", id)).toBe(await bob.call("digestOfLarge", 40));
		// What is cancelled is gone at the service, too.
		parts = 0;
		stage.world.hooks.request = (method) => {
			if (method === "PATCH") parts += 1;
			return method === "PATCH" && parts > 1 ? "drop" : undefined;
		};
		const cancelled = await alice.call("attachLarge", group, "MR.dat", 40);
		await until(async () => parts > 1);
		expect(stage.world.uploads.size).toBe(2);
		await alice.call("discard", cancelled.id);
		expect([...stage.world.uploads.values()]).toEqual([upload]);
		expect((await alice.messages(group)).some((one) => one.id === cancelled.id)).toBe(false);
	});

	it("waits while the network is away, and goes on by itself", async () => {
		const { group, actors } = await stage.team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		await alice.context.setOffline(true);
		stage.service.cut();
		const { id } = await alice.call("attach", group, "Befund.pdf", size, "%PDF-1.7");
		await until(async () => {
			const send = (await alice.messages(group)).find((one) => one.id === id)?.send;
			return send?.state === "uploading" && send.held === "network";
		});
		await alice.context.setOffline(false);
		await until(async () => (await bob.messages(group)).some((one) => one.id === id));
		expect((await bob.call("open", id)).sha256).toBe(expected());
	});

	it("that a computer would run does not travel", async () => {
		const { group, actors } = await stage.team("alice", "bob");
		const [alice] = actors as [Actor, Actor];
		await expect(alice.call("attach", group, "Befund.pdf", 500, "MZ\u0090")).rejects.toThrow("executable");
		await expect(alice.call("attach", group, "Befund.exe", 500, "%PDF")).rejects.toThrow("executable");
	});
});
