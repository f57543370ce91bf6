import { createHash } from "node:crypto";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { Service } from "../service/server";
import { World } from "../service/world";
import { launch } from "./browser";
import { Actor, Refused } from "./cast";

let browser: Browser;
let world: World;
let service: Service;
let origin: string;
let cast: Actor[];

beforeAll(async () => {
	browser = await launch();
}, 60_000);

afterAll(async () => browser?.close());

beforeEach(async () => {
	world = await World.create();
	await world.hospital("a.example", "alice", "anton");
	await world.hospital("b.example", "bob");
	await world.hospital("c.example", "charlie");
	service = new Service(world, inject("pages"));
	origin = await service.listen();
	cast = [];
});

afterEach(async () => {
	for (const actor of cast) expect(actor.problems).toEqual([]);
	for (const actor of cast) await actor.context.close();
	await service.close();
});

async function enter(name: string): Promise<Actor> {
	const actor = await Actor.enter(browser, world, origin, name);
	cast.push(actor);
	return actor.ready();
}

async function team(...names: string[]): Promise<{ group: string; actors: Actor[] }> {
	const actors: Actor[] = [];
	for (const name of names) actors.push(await enter(name));
	const [first, ...others] = actors;
	if (!first) throw new Error("nobody");
	const personIds = others.map(({ personId }) => personId);
	const group = await first.call("create", { kind: "team", title: "Station 4", personIds });
	for (const other of others) await until(async () => (await other.call("conversations")).length > 0);
	return { group, actors };
}

/** Wait for what comes by itself. */
function until(condition: () => Promise<boolean>): Promise<unknown> {
	return vi.waitUntil(() => condition().catch(() => false), { timeout: 25_000, interval: 50 });
}

function says(actor: Actor, group: string, ...texts: string[]): Promise<unknown> {
	return vi.waitFor(async () => expect(await actor.texts(group)).toEqual(texts), {
		timeout: 25_000,
		interval: 50,
	});
}

describe("the first sign-in of Alice", { timeout: 120_000 }, () => {
	it("makes identity key, device and key packages, each step told", async () => {
		const alice = await enter("alice");
		const states = (await alice.events()).flatMap((event) => (event.type === "state" ? [event.state] : []));
		expect(states.map((state) => ("step" in state ? state.step : state.state))).toEqual([
			"starting",
			"starting",
			"identity-key",
			"device",
			"key-packages",
			"ready",
			"ready",
		]);
		const [device] = world.devicesOf(alice.personId);
		expect(device?.keyPackages.length).toBe(50);
		expect(device?.chain.length).toBe(4);
	});

	it("is only once: a new session attaches the same device by its key", async () => {
		const alice = await enter("alice");
		await alice.signIn(world);
		await alice.open();
		await alice.ready();
		expect(world.devicesOf(alice.personId).length).toBe(1);
		expect(world.requests.filter((request) => request === "POST /api/v1/identity-keys").length).toBe(1);
	});

	it("in a second browser needs a reset, because the identity key is in the first", async () => {
		await enter("alice");
		const second = await Actor.enter(browser, world, origin, "alice");
		cast.push(second);
		expect(await second.state("needs-reset")).toEqual({ state: "needs-reset" });
		await expect(second.call("conversations")).rejects.toThrow("needs-reset");
	});

	it("goes on where a closed tab left it", async () => {
		world.hooks.served = (method, path) =>
			method === "POST" && path.endsWith("/devices") ? "drop" : undefined;
		const alice = await Actor.enter(browser, world, origin, "alice");
		cast.push(alice);
		await until(async () => world.devicesOf(alice.personId).length === 1);
		await alice.crash();
		world.hooks = {};
		await alice.open();
		await alice.ready();
		expect(world.devicesOf(alice.personId).length).toBe(1);
		await until(async () => (world.devicesOf(alice.personId)[0]?.keyPackages.length ?? 0) >= 50);
	});

	it("says that nobody is signed in", async () => {
		const alice = await enter("alice");
		world.sessions.clear();
		await alice.open();
		await alice.state("signed-out");
	});
});

describe("Alice and Bob of two hospitals", { timeout: 120_000 }, () => {
	it("talk under a title that only they know, and see each other verified", async () => {
		const { group, actors } = await team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		await alice.call("send", group, "Guten Morgen");
		await says(bob, group, "Guten Morgen");
		await bob.call("send", group, "Guten Tag");
		await says(alice, group, "Guten Morgen", "Guten Tag");
		await until(async () => (await bob.conversation(group)).title === "Station 4");
		const seen = await bob.conversation(group);
		expect(seen.trust).toEqual({ state: "verified" });
		expect(seen.unread).toBe(1);
		expect(seen.members.map(({ name, devices, keyChanged }) => [name, devices, keyChanged])).toEqual([
			["alice", 1, false],
			["bob", 1, false],
		]);
		expect(seen.members[0]?.fingerprint).toBe(world.person("alice").identity?.fingerprint);
		const wire = JSON.stringify([...world.groups.values()].map((one) => [...one.entries]));
		expect(wire).not.toContain("Guten");
		expect(Buffer.from(wire, "base64").toString()).not.toContain("Station 4");
	});

	it("learn when a message was delivered and seen", async () => {
		const { group, actors } = await team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		await alice.call("send", group, "Bitte ansehen");
		await says(bob, group, "Bitte ansehen");
		const seq = (await bob.messages(group)).at(-1)?.seq ?? 0;
		const receipts = async () => (await alice.conversation(group)).members.find(({ name }) => name === "bob");
		await until(async () => (await receipts())?.delivered === seq);
		expect((await receipts())?.seen).toBeLessThan(seq);
		await bob.call("markSeen", group, seq);
		await until(async () => (await receipts())?.seen === seq);
		expect((await bob.conversation(group)).unread).toBe(0);
	});

	it("leave nothing readable in their browsers: no text, title, name, file or key", async () => {
		const { group, actors } = await team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		await alice.call("send", group, "Guten Morgen");
		await alice.call("attach", group, "Befund.pdf", 3000, "%PDF-1.7 Diagnose");
		await until(async () => (await bob.messages(group)).some(({ type }) => type === "attachment"));
		const texts = [
			"Guten Morgen",
			"Station 4",
			"Befund",
			"PDF-1.7",
			"alice",
			"Klinik",
			"noncePrefix",
			"title",
		];
		expect(await alice.call("readableAtRest", texts)).toEqual([]);
		expect(await bob.call("readableAtRest", texts)).toEqual([]);
		expect(await bob.call("readableAtRest", [group])).not.toEqual([]);
	});

	it("take a direct conversation up again instead of beginning a second", async () => {
		const [alice, bob] = [await enter("alice"), await enter("bob")];
		const talk = { kind: "direct" as const, title: "", personIds: [bob.personId] };
		const first = await alice.call("create", talk);
		expect(await alice.call("create", talk)).toBe(first);
	});

	it("cannot begin with somebody who has no device yet", async () => {
		const alice = await enter("alice");
		const talk = { kind: "team" as const, title: "x", personIds: [world.person("charlie").id] };
		await expect(alice.call("create", talk)).rejects.toThrow("no-device");
		expect(await alice.call("conversations")).toEqual([]);
	});

	it("page backwards through what was written", async () => {
		const { group, actors } = await team("alice", "bob");
		const [alice] = actors as [Actor, Actor];
		for (let count = 1; count <= 6; count++) await alice.call("send", group, `Nr. ${count}`);
		await until(async () => (await alice.messages(group)).every(({ seq }) => seq !== null));
		const newest = await alice.call("messages", group, { limit: 2 });
		expect(newest.map(({ text }) => text)).toEqual(["Nr. 5", "Nr. 6"]);
		const before = await alice.call("messages", group, { limit: 2, before: newest[0]?.seq ?? 0 });
		expect(before.map(({ text }) => text)).toEqual(["Nr. 3", "Nr. 4"]);
	});
});

describe("who comes and goes", { timeout: 120_000 }, () => {
	it("Anton, added later, reads the title and what follows, nothing from before", async () => {
		const { group, actors } = await team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		await alice.call("send", group, "vorher");
		await says(bob, group, "vorher");
		const anton = await enter("anton");
		await alice.call("add", group, [anton.personId]);
		await bob.call("send", group, "nachher");
		await says(anton, group, "nachher");
		await until(async () => (await anton.conversation(group)).title === "Station 4");
		const events = (await bob.messages(group)).flatMap(({ event }) => (event ? [event] : []));
		expect(events.at(-1)).toEqual({ kind: "added", personIds: [anton.personId] });
		expect((await alice.conversation(group)).members.length).toBe(3);
	});

	it("two people, added by two others in one moment, both come in", async () => {
		const { group, actors } = await team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		const [anton, charlie] = [await enter("anton"), await enter("charlie")];
		await Promise.all([
			alice.call("add", group, [anton.personId]),
			bob.call("add", group, [charlie.personId]),
		]);
		await charlie.call("state");
		await until(async () => (await charlie.conversation(group)).members.length === 4);
		await alice.call("send", group, "alle da");
		await Promise.all([bob, anton, charlie].map((actor) => says(actor, group, "alle da")));
	});

	it("Bob, removed, keeps his history and reads and writes nothing more", async () => {
		const { group, actors } = await team("alice", "bob", "anton");
		const [alice, bob, anton] = actors as [Actor, Actor, Actor];
		await alice.call("send", group, "mit Bob");
		await says(bob, group, "mit Bob");
		await alice.call("remove", group, bob.personId);
		await until(async () => !(await bob.conversation(group)).active);
		await alice.call("send", group, "ohne Bob");
		await says(anton, group, "mit Bob", "ohne Bob");
		expect(await bob.texts(group)).toEqual(["mit Bob"]);
		await expect(bob.call("send", group, "hallo?")).rejects.toThrow("inactive");
		await alice.call("add", group, [bob.personId]);
		await until(async () => (await bob.conversation(group)).active);
		await alice.call("send", group, "wieder mit Bob");
		await says(bob, group, "mit Bob", "wieder mit Bob");
	});

	it("Charlie's revoked device is removed by whoever is there, before anything more is sent", async () => {
		const { group, actors } = await team("alice", "bob", "charlie");
		const [alice, bob, charlie] = actors as [Actor, Actor, Actor];
		const [device] = world.devicesOf(charlie.personId);
		if (device) device.revokedAt = new Date().toISOString();
		await alice.open();
		await alice.ready();
		await until(async () => (await alice.conversation(group)).members.length === 2);
		await alice.call("send", group, "ohne Charlie");
		await says(bob, group, "ohne Charlie");
		expect(await charlie.texts(group)).toEqual([]);
	});
});

describe("a network that fails", { timeout: 120_000 }, () => {
	it("loses no message, doubles none, and keeps the order", async () => {
		const { group, actors } = await team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		const written: string[] = [];
		for (let count = 0; count < 12; count++) {
			written.push(`Nachricht ${count}`);
			await alice.call("send", group, written.at(-1) ?? "");
			if (count % 4 === 1) service.cut();
		}
		await says(bob, group, ...written);
		await says(alice, group, ...written);
		expect(world.group(group).entries.filter(({ kind }) => kind === "application").length).toBe(13);
	});

	it("sends a message again as the same bytes when the answer was lost", async () => {
		const { group, actors } = await team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		service.deaf = true;
		service.cut();
		world.hooks.served = (method, path) => {
			if (method !== "POST" || !path.endsWith("/messages")) return undefined;
			world.hooks = {};
			return "drop";
		};
		await until(async () => (await alice.call("state")).state === "ready");
		await alice.call("send", group, "einmal");
		await until(async () => world.hooks.served === undefined);
		service.deaf = false;
		await says(bob, group, "einmal");
		await until(async () => (await alice.messages(group)).at(-1)?.send?.state === "sent");
	});

	it("keeps what was written in a closed tab", async () => {
		const { group, actors } = await team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		world.hooks.request = () => "drop";
		service.cut();
		const message = await alice.call("send", group, "bei Gelegenheit");
		expect(message.send).toEqual({ state: "queued" });
		await alice.crash();
		world.hooks = {};
		await alice.open();
		await says(bob, group, "bei Gelegenheit");
		await says(alice, group, "bei Gelegenheit");
	});

	it("encrypts again what was meant for an epoch that is over", async () => {
		const { group, actors } = await team("alice", "bob", "anton");
		const [alice, bob, anton] = actors as [Actor, Actor, Actor];
		world.hooks.request = (method, path) =>
			method === "POST" && path.endsWith("/messages") ? "drop" : undefined;
		service.deaf = true;
		service.cut();
		await alice.call("send", group, "neue Epoche");
		await until(async () => world.requests.includes(`POST /api/v1/groups/${group}/messages`));
		await alice.crash();
		await bob.call("remove", group, anton.personId);
		world.hooks = {};
		service.deaf = false;
		await alice.open();
		await says(bob, group, "neue Epoche");
		expect(await anton.texts(group)).toEqual([]);
	});
});

describe("a tab closed while its commit was accepted", { timeout: 120_000 }, () => {
	/** Anton is added; Alice's tab dies before she hears that it worked. */
	async function interrupted(): Promise<{ group: string; alice: Actor; bob: Actor }> {
		const { group, actors } = await team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		const anton = await enter("anton");
		let accepted = false;
		world.hooks.served = (_, path) => {
			if (!path.endsWith("/commits")) return undefined;
			accepted = true;
			return "drop";
		};
		void alice.call("add", group, [anton.personId]).catch(() => undefined);
		await until(async () => accepted);
		await alice.crash();
		world.hooks = {};
		await alice.open();
		await alice.ready();
		return { group, alice, bob };
	}

	it("comes back by itself where the service lets it", async () => {
		service.delivery.allowsExternal = true;
		const { group, alice, bob } = await interrupted();
		await until(async () => (await alice.conversation(group)).members.length === 3);
		await alice.call("send", group, "wieder da");
		await says(bob, group, "wieder da");
		await bob.call("send", group, "gut");
		await says(alice, group, "wieder da", "gut");
	});

	it("else says that the place is lost and how to get it back", async () => {
		const { group, alice, bob } = await interrupted();
		await until(async () => !(await alice.conversation(group)).active);
		const last = (await alice.messages(group)).at(-1);
		expect(last?.event?.kind).toBe("lost");
		await expect(alice.call("send", group, "?")).rejects.toThrow("inactive");
		await bob.call("remove", group, alice.personId);
		await bob.call("add", group, [alice.personId]);
		await until(async () => (await alice.conversation(group)).active);
		await alice.call("send", group, "wieder da");
		await says(bob, group, "wieder da");
	});
});

describe("a ghost", { timeout: 120_000 }, () => {
	it("in a key package is refused before anybody is added", async () => {
		const [alice, bob, charlie] = [await enter("alice"), await enter("bob"), await enter("charlie")];
		const [theirs] = world.devicesOf(charlie.personId);
		const [bobs] = world.devicesOf(bob.personId);
		if (bobs && theirs) bobs.keyPackages = [...theirs.keyPackages];
		const talk = { kind: "team" as const, title: "x", personIds: [bob.personId] };
		await expect(alice.call("create", talk)).rejects.toThrow("unknown-leaf");
	});

	it("in the group locks it: no plaintext is sent, people see it, the service is told", async () => {
		const { group, actors } = await team("alice", "bob", "charlie");
		const [alice, bob, charlie] = actors as [Actor, Actor, Actor];
		// As if the server had let in a device that nobody certified: its listing is taken away.
		const [device] = world.devicesOf(charlie.personId);
		if (device) world.devices.delete(device.id);
		await alice.open();
		await alice.ready();
		await until(async () => (await alice.conversation(group)).trust.state === "unknown-leaf");
		const before = world.group(group).entries.length;
		await expect(alice.call("send", group, "geheim")).rejects.toThrow(Refused);
		expect(world.group(group).entries.length).toBe(before);
		expect(world.reports).toContainEqual({ group, identity: expect.stringContaining(charlie.personId) });
		const kinds = (await alice.messages(group)).flatMap(({ event }) => (event ? [event.kind] : []));
		expect(kinds.filter((kind) => kind === "unknown-leaf").length).toBe(1);
		expect(bob.problems).toEqual([]);
	});

	it("is noticed also when it comes after a message was queued", async () => {
		const { group, actors } = await team("alice", "bob", "charlie");
		const [alice, , charlie] = actors as [Actor, Actor, Actor];
		world.hooks.request = () => "drop";
		service.cut();
		await alice.call("send", group, "geheim");
		const [device] = world.devicesOf(charlie.personId);
		if (device) world.devices.delete(device.id);
		await alice.crash();
		// A worker may outlive its page for a moment; without its session it can do nothing.
		world.sessions.clear();
		await alice.signIn(world);
		const before = world.group(group).entries.length;
		world.hooks = {};
		await alice.open();
		await alice.ready();
		await until(async () => (await alice.conversation(group)).trust.state === "unknown-leaf");
		await until(async () => world.reports.length > 0);
		expect(world.group(group).entries.length).toBe(before);
		expect((await alice.messages(group)).find(({ text }) => text === "geheim")?.send).toEqual({
			state: "queued",
		});
	});

	it("is not spoken for by a reset: Bob's new key shows in the conversation", async () => {
		const { group, actors } = await team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		world.reset("bob");
		await bob.context.close();
		cast = cast.filter((actor) => actor !== bob);
		const again = await enter("bob");
		await alice.open();
		await alice.ready();
		await until(async () => (await alice.conversation(group)).members.length === 1);
		await alice.call("add", group, [again.personId]);
		const member = (await alice.conversation(group)).members.find(({ name }) => name === "bob");
		expect(member?.keyChanged).toBe(true);
		const events = (await alice.messages(group)).flatMap(({ event }) => (event ? [event.kind] : []));
		expect(events).toContain("key-changed");
	});
});

describe("two tabs of one browser", { timeout: 120_000 }, () => {
	it("have one engine; the second takes it over, and gives it back", async () => {
		const { group, actors } = await team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		const second = await alice.tab();
		await second.state("locked-elsewhere");
		await second.call("takeOver");
		await second.ready();
		await alice.state("locked-elsewhere");
		await second.call("send", group, "aus dem zweiten Tab");
		await says(bob, group, "aus dem zweiten Tab");
		await second.crash();
		await alice.ready();
		await alice.call("send", group, "aus dem ersten");
		await says(bob, group, "aus dem zweiten Tab", "aus dem ersten");
	});
});

describe("an attachment", { timeout: 120_000 }, () => {
	const size = 3 * 1024 * 1024 + 17;
	const expected = () => {
		const content = new Uint8Array(size).map((_, index) => (index * 7) % 251);
		content.set(Buffer.from("%PDF-1.7"));
		return createHash("sha256").update(content).digest("hex");
	};

	it("arrives whole, and the service holds only ciphertext", async () => {
		const { group, actors } = await team("alice", "bob");
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
		const [upload] = [...world.uploads.values()];
		expect(Buffer.concat(upload?.parts ?? []).includes("%PDF")).toBe(false);
		expect(upload?.offset).toBe(size + 4 * 16);
	});

	it("is not opened when a byte was changed on the server", async () => {
		const { group, actors } = await team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		await alice.call("attach", group, "Befund.pdf", 5000, "%PDF-1.7");
		await until(async () => (await bob.messages(group)).some(({ type }) => type === "attachment"));
		const [upload] = [...world.uploads.values()];
		if (upload?.parts[0]) upload.parts[0][40] = (upload.parts[0][40] ?? 0) ^ 1;
		const message = (await bob.messages(group)).find(({ type }) => type === "attachment");
		await expect(bob.call("open", message?.id ?? "")).rejects.toThrow("corrupt");
	});

	it("goes on after the tab was closed, without the file", async () => {
		const { group, actors } = await team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		let parts = 0;
		world.hooks.request = (method) => (method === "PATCH" && ++parts > 0 ? "drop" : undefined);
		await alice.call("attach", group, "Befund.pdf", size, "%PDF-1.7");
		await until(async () => parts > 0);
		await alice.crash();
		world.hooks = {};
		await alice.open();
		await until(async () => (await bob.messages(group)).some(({ type }) => type === "attachment"));
		const message = (await bob.messages(group)).find(({ type }) => type === "attachment");
		expect((await bob.call("open", message?.id ?? "")).sha256).toBe(expected());
		expect(world.uploads.size).toBe(1);
	});

	it("that a computer would run does not travel", async () => {
		const { group, actors } = await team("alice", "bob");
		const [alice] = actors as [Actor, Actor];
		await expect(alice.call("attach", group, "Befund.pdf", 500, "MZ\u0090")).rejects.toThrow("executable");
		await expect(alice.call("attach", group, "Befund.exe", 500, "%PDF")).rejects.toThrow("executable");
	});
});
