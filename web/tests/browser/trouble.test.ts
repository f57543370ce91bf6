/** What the engine does when the network, a tab or a member cannot be relied on. */

import { describe, expect, it } from "vitest";
import { type Actor, Refused } from "./cast";
import { Stage, says, until } from "./stage";

const stage = new Stage();

describe("a network that fails", { timeout: 120_000 }, () => {
	it("loses no message, doubles none, and keeps the order", async () => {
		const { group, actors } = await stage.team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		const written: string[] = [];
		for (let count = 0; count < 12; count++) {
			written.push(`Nachricht ${count}`);
			await alice.call("send", group, written.at(-1) ?? "");
			if (count % 4 === 1) stage.service.cut();
		}
		await says(bob, group, ...written);
		await says(alice, group, ...written);
		expect(stage.world.group(group).entries.filter(({ kind }) => kind === "application").length).toBe(13);
	});

	it("sends a message again as the same bytes when the answer was lost", async () => {
		const { group, actors } = await stage.team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		stage.service.deaf = true;
		stage.service.cut();
		stage.world.hooks.served = (method, path) => {
			if (method !== "POST" || !path.endsWith("/messages")) return undefined;
			stage.world.hooks = {};
			return "drop";
		};
		await until(async () => (await alice.call("state")).state === "ready");
		await alice.call("send", group, "einmal");
		await until(async () => stage.world.hooks.served === undefined);
		stage.service.deaf = false;
		await says(bob, group, "einmal");
		await until(async () => (await alice.messages(group)).at(-1)?.send?.state === "sent");
	});

	it("keeps what was written in a closed tab", async () => {
		const { group, actors } = await stage.team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		stage.world.hooks.request = () => "drop";
		stage.service.cut();
		const message = await alice.call("send", group, "bei Gelegenheit");
		expect(message.send).toEqual({ state: "queued" });
		await alice.crash();
		stage.world.hooks = {};
		await alice.open();
		await says(bob, group, "bei Gelegenheit");
		await says(alice, group, "bei Gelegenheit");
	});

	it("encrypts again what was meant for an epoch that is over", async () => {
		const { group, actors } = await stage.team("alice", "bob", "anton");
		const [alice, bob, anton] = actors as [Actor, Actor, Actor];
		stage.world.hooks.request = (method, path) =>
			method === "POST" && path.endsWith("/messages") ? "drop" : undefined;
		stage.service.deaf = true;
		stage.service.cut();
		await alice.call("send", group, "neue Epoche");
		await until(async () => stage.world.requests.includes(`POST /api/v1/groups/${group}/messages`));
		await alice.crash();
		await bob.call("remove", group, anton.personId);
		stage.world.hooks = {};
		stage.service.deaf = false;
		await alice.open();
		await says(bob, group, "neue Epoche");
		expect(await anton.texts(group)).toEqual([]);
	});
});

describe("a tab closed while its commit was accepted", { timeout: 120_000 }, () => {
	/** Anton is added; Alice's tab dies before she hears that it worked. */
	async function interrupted(): Promise<{ group: string; alice: Actor; bob: Actor }> {
		const { group, actors } = await stage.team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		const anton = await stage.enter("anton");
		let accepted = false;
		stage.world.hooks.served = (_, path) => {
			if (!path.endsWith("/commits")) return undefined;
			accepted = true;
			return "drop";
		};
		void alice.call("add", group, [anton.personId]).catch(() => undefined);
		await until(async () => accepted);
		await alice.crash();
		stage.world.hooks = {};
		await alice.open();
		await alice.ready();
		return { group, alice, bob };
	}

	it("comes back by itself where the stage.service lets it", async () => {
		stage.service.delivery.allowsExternal = true;
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
		const [alice, bob, charlie] = [
			await stage.enter("alice"),
			await stage.enter("bob"),
			await stage.enter("charlie"),
		];
		const [theirs] = stage.world.devicesOf(charlie.personId);
		const [bobs] = stage.world.devicesOf(bob.personId);
		if (bobs && theirs) bobs.keyPackages = [...theirs.keyPackages];
		const talk = { kind: "team" as const, title: "x", personIds: [bob.personId] };
		await expect(alice.call("create", talk)).rejects.toThrow("unknown-leaf");
	});

	it("in the group locks it: no plaintext is sent, people see it, the stage.service is told", async () => {
		const { group, actors } = await stage.team("alice", "bob", "charlie");
		const [alice, bob, charlie] = actors as [Actor, Actor, Actor];
		// As if the server had let in a device that nobody certified: its listing is taken away.
		const [device] = stage.world.devicesOf(charlie.personId);
		if (device) stage.world.devices.delete(device.id);
		await alice.open();
		await alice.ready();
		await until(async () => (await alice.conversation(group)).trust.state === "unknown-leaf");
		const before = stage.world.group(group).entries.length;
		await expect(alice.call("send", group, "geheim")).rejects.toThrow(Refused);
		expect(stage.world.group(group).entries.length).toBe(before);
		expect(stage.world.reports).toContainEqual({
			group,
			identity: expect.stringContaining(charlie.personId),
		});
		const kinds = (await alice.messages(group)).flatMap(({ event }) => (event ? [event.kind] : []));
		expect(kinds.filter((kind) => kind === "unknown-leaf").length).toBe(1);
		expect(bob.problems).toEqual([]);
	});

	it("is noticed also when it comes after a message was queued", async () => {
		const { group, actors } = await stage.team("alice", "bob", "charlie");
		const [alice, , charlie] = actors as [Actor, Actor, Actor];
		stage.world.hooks.request = () => "drop";
		stage.service.cut();
		await alice.call("send", group, "geheim");
		const [device] = stage.world.devicesOf(charlie.personId);
		if (device) stage.world.devices.delete(device.id);
		await alice.crash();
		// A worker may outlive its page for a moment; without its session it can do nothing.
		stage.world.sessions.clear();
		await alice.signIn(stage.world);
		const before = stage.world.group(group).entries.length;
		stage.world.hooks = {};
		await alice.open();
		await alice.ready();
		await until(async () => (await alice.conversation(group)).trust.state === "unknown-leaf");
		await until(async () => stage.world.reports.length > 0);
		expect(stage.world.group(group).entries.length).toBe(before);
		expect((await alice.messages(group)).find(({ text }) => text === "geheim")?.send).toEqual({
			state: "queued",
		});
	});

	it("is not spoken for by a reset: Bob's new key shows in the conversation", async () => {
		const { group, actors } = await stage.team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		stage.world.reset("bob");
		await bob.context.close();
		stage.dismiss(bob);
		const again = await stage.enter("bob");
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
