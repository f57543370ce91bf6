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

	it("that a computer would run does not travel", async () => {
		const { group, actors } = await stage.team("alice", "bob");
		const [alice] = actors as [Actor, Actor];
		await expect(alice.call("attach", group, "Befund.pdf", 500, "MZ\u0090")).rejects.toThrow("executable");
		await expect(alice.call("attach", group, "Befund.exe", 500, "%PDF")).rejects.toThrow("executable");
	});
});
