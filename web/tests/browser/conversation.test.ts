/** How a conversation goes when nothing goes wrong: first sign-in, talk, who comes and goes, two tabs. */

import { describe, expect, it } from "vitest";
import { Actor } from "./cast";
import { Stage, says, until } from "./stage";

const stage = new Stage();

describe("the first sign-in of Alice", { timeout: 120_000 }, () => {
	it("makes identity key, device and key packages, each step told", async () => {
		const alice = await stage.enter("alice");
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
		const [device] = stage.world.devicesOf(alice.personId);
		expect(device?.keyPackages.length).toBe(50);
		expect(device?.chain.length).toBe(4);
	});

	it("is only once: a new session attaches the same device by its key", async () => {
		const alice = await stage.enter("alice");
		await alice.signIn(stage.world);
		await alice.open();
		await alice.ready();
		expect(stage.world.devicesOf(alice.personId).length).toBe(1);
		expect(stage.world.requests.filter((request) => request === "POST /api/v1/identity-keys").length).toBe(1);
	});

	it("in a second browser needs an approval, because the identity key is in the first", async () => {
		await stage.enter("alice");
		const second = await Actor.enter(stage.browser, stage.world, stage.origin, "alice");
		stage.add(second);
		expect(await second.state("needs-approval")).toEqual({ state: "needs-approval", ended: null });
		await expect(second.call("conversations")).rejects.toThrow("needs-approval");
	});

	it("goes on where a closed tab left it", async () => {
		stage.world.hooks.served = (method, path) =>
			method === "POST" && path.endsWith("/devices") ? "drop" : undefined;
		const alice = await Actor.enter(stage.browser, stage.world, stage.origin, "alice");
		stage.add(alice);
		await until(async () => stage.world.devicesOf(alice.personId).length === 1);
		await alice.crash();
		stage.world.hooks = {};
		await alice.open();
		await alice.ready();
		expect(stage.world.devicesOf(alice.personId).length).toBe(1);
		await until(async () => (stage.world.devicesOf(alice.personId)[0]?.keyPackages.length ?? 0) >= 50);
	});

	it("says that nobody is signed in", async () => {
		const alice = await stage.enter("alice");
		stage.world.sessions.clear();
		await alice.open();
		await alice.state("signed-out");
	});
});

describe("Alice and Bob of two hospitals", { timeout: 120_000 }, () => {
	it("talk under a title that only they know, and see each other verified", async () => {
		const { group, actors } = await stage.team("alice", "bob");
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
		expect(seen.members[0]?.fingerprint).toBe(stage.world.person("alice").identity?.fingerprint);
		const wire = JSON.stringify([...stage.world.groups.values()].map((one) => [...one.entries]));
		expect(wire).not.toContain("Guten");
		expect(Buffer.from(wire, "base64").toString()).not.toContain("Station 4");
	});

	it("learn when a message was delivered and seen", async () => {
		const { group, actors } = await stage.team("alice", "bob");
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
		const { group, actors } = await stage.team("alice", "bob");
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

	it("answer, change, mark and take back what was written, and see the same", async () => {
		const { group, actors } = await stage.team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		const { id } = await alice.call("send", group, "10 mg", { mentions: [bob.personId] });
		await says(bob, group, "10 mg");
		expect((await bob.conversation(group)).mentioned).toBe(true);
		await alice.call("annotate", id, { act: "edit", text: "5 mg", mentions: [] });
		await says(bob, group, "5 mg");
		await bob.call("annotate", id, { act: "reaction", reaction: "agree", set: true });
		await bob.call("annotate", id, { act: "pin", set: true });
		const seen = async (by: Actor) => (await by.messages(group)).find((one) => one.id === id);
		await until(async () => (await alice.conversation(group)).pinned?.[0]?.id === id);
		for (const by of [alice, bob]) {
			const own = by === bob;
			expect((await seen(by))?.notes).toMatchObject({
				earlier: [{ text: "10 mg" }],
				reactions: [{ reaction: "agree", mine: own, names: own ? [] : ["bob"] }],
				pinned: true,
			});
		}
		expect((await bob.conversation(group)).unread).toBe(1);
		await expect(bob.call("annotate", id, { act: "recall" })).rejects.toThrow("not-found");
		await bob.call("send", group, "Danke", { replyTo: id });
		await says(alice, group, "5 mg", "Danke");
		expect((await alice.messages(group)).at(-1)?.replyTo).toBe(id);
		await alice.call("annotate", id, { act: "recall" });
		await says(bob, group, "Danke");
		for (const by of [alice, bob]) {
			await until(async () => (await seen(by))?.type === "recalled");
			await by.open();
			await by.ready();
			expect(await seen(by)).toMatchObject({ type: "recalled", text: "" });
			expect((await by.conversation(group)).pinned).toEqual([]);
		}
	});

	it("take a direct conversation up again instead of beginning a second", async () => {
		const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
		const talk = { kind: "direct" as const, title: "", personIds: [bob.personId] };
		const first = await alice.call("create", talk);
		expect(await alice.call("create", talk)).toBe(first);
	});

	it("cannot begin with somebody who has no device yet", async () => {
		const alice = await stage.enter("alice");
		const talk = { kind: "team" as const, title: "x", personIds: [stage.world.person("charlie").id] };
		await expect(alice.call("create", talk)).rejects.toThrow("no-device");
		expect(await alice.call("conversations")).toEqual([]);
	});

	it("page backwards through what was written", async () => {
		const { group, actors } = await stage.team("alice", "bob");
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
		const { group, actors } = await stage.team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		await alice.call("send", group, "vorher");
		await says(bob, group, "vorher");
		const anton = await stage.enter("anton");
		await alice.call("add", group, [anton.personId]);
		await bob.call("send", group, "nachher");
		await says(anton, group, "nachher");
		await until(async () => (await anton.conversation(group)).title === "Station 4");
		const events = (await bob.messages(group)).flatMap(({ event }) => (event ? [event] : []));
		expect(events.at(-1)).toEqual({ kind: "added", personIds: [anton.personId] });
		expect((await alice.conversation(group)).members.length).toBe(3);
	});

	it("two people, added by two others in one moment, both come in", async () => {
		const { group, actors } = await stage.team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		const [anton, charlie] = [await stage.enter("anton"), await stage.enter("charlie")];
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
		const { group, actors } = await stage.team("alice", "bob", "anton");
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
		const { group, actors } = await stage.team("alice", "bob", "charlie");
		const [alice, bob, charlie] = actors as [Actor, Actor, Actor];
		const [device] = stage.world.devicesOf(charlie.personId);
		if (device) device.revokedAt = new Date().toISOString();
		await alice.open();
		await alice.ready();
		await until(async () => (await alice.conversation(group)).members.length === 2);
		await alice.call("send", group, "ohne Charlie");
		await says(bob, group, "ohne Charlie");
		expect(await charlie.texts(group)).toEqual([]);
	});
});

describe("two tabs of one browser", { timeout: 120_000 }, () => {
	it("have one engine; the second takes it over, and gives it back", async () => {
		const { group, actors } = await stage.team("alice", "bob");
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
