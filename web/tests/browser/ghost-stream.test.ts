/** A server that lies about the order and the extent of a conversation: replays, swaps, goes back, shows two histories,
 *  withholds. It can keep messages back; it cannot make anybody read more than they were meant to, nor hide it for long. */

import { describe, expect, it } from "vitest";
import { Played, readable } from "../service/ghost";
import type { Group, Session } from "../service/world";
import type { Actor } from "./cast";
import { Stage, says, until } from "./stage";

const stage = new Stage();

/** Alice and others in a conversation whose title has arrived. */
async function team(...names: string[]): Promise<{ group: Group; actors: Actor[] }> {
	const { group: id, actors } = await stage.team("alice", ...names);
	const group = stage.world.group(id);
	await until(async () => group.entries.at(-1)?.kind === "application");
	return { group, actors };
}

/** From now on a person is shown a history of their own, which begins as a copy. */
function fork(group: Group, personId: string): Group {
	const { entries, leaves, joined, receipts } = group;
	const own = { ...group, entries: [...entries], leaves: [...leaves] };
	own.joined = new Map(joined);
	own.receipts = new Map(receipts);
	const { history } = stage.world.hooks;
	stage.world.hooks.history = (session: Session, asked: Group) => {
		if (asked.id === group.id && session.person.id === personId) return own;
		return history?.(session, asked);
	};
	return own;
}

/** Show an entry of one history in another one. */
function relay(from: Group, to: Group, at = -1): void {
	const entry = from.entries.at(at);
	if (!entry) throw new Error("no such entry");
	stage.service.delivery.inject(to, entry.sender_device, entry.kind, entry.body, entry.epoch);
}

/** The sentences that stand where a message cannot be read. */
async function unreadable(actor: Actor, group: Group): Promise<string[]> {
	const shown = await actor.messages(group.id);
	return shown.filter(({ type }) => type === "unreadable").map(({ text }) => text);
}

async function isStopped(actor: Actor, group: Group, shown: Group): Promise<void> {
	await until(async () => !(await actor.conversation(group.id)).active);
	const before = shown.entries.length;
	await expect(actor.call("send", group.id, "geheim")).rejects.toThrow("inactive");
	expect(shown.entries.length).toBe(before);
	expect((await actor.messages(group.id)).at(-1)?.event?.kind).toBe("lost");
}

describe("a server that repeats and swaps", { timeout: 120_000 }, () => {
	it("shows no message twice, whatever id the repetition has", async () => {
		const { group, actors } = await team("bob");
		const [alice, bob] = actors as [Actor, Actor];
		await alice.call("send", group.id, "einmal");
		await says(bob, group.id, "einmal");
		relay(group, group);
		relay(group, group, -2);
		await until(async () => (await unreadable(bob, group)).length === 2);
		await alice.call("send", group.id, "danach");
		await says(bob, group.id, "einmal", "danach");
		await says(alice, group.id, "einmal", "danach");
	});

	it("hides no message by changing their order: what its keys are gone for is shown as that", async () => {
		const { group, actors } = await team("bob");
		const [alice, bob] = actors as [Actor, Actor];
		const [own, start] = [fork(group, bob.personId), group.entries.length];
		for (const text of ["eins", "zwei", "drei"]) await alice.call("send", group.id, text);
		await until(async () => group.entries.length === start + 3);
		for (const at of [-1, -3, -2]) relay(group, own, at);
		await says(bob, group.id, "drei", "zwei");
		expect(await unreadable(bob, group)).toEqual([
			expect.stringContaining("Schlüssel für diese Nachricht sind verbraucht"),
		]);
	});
});

describe("a server that goes back to an earlier stream", { timeout: 120_000 }, () => {
	it("is noticed: nothing it numbers anew is passed over in silence", async () => {
		const { group, actors } = await team("bob");
		const [alice, bob] = actors as [Actor, Actor];
		const own = fork(group, bob.personId);
		for (const text of ["eins", "zwei", "drei"]) await alice.call("send", group.id, text);
		await until(async () => group.entries.length === own.entries.length + 3);
		for (const at of [-3, -2, -1]) relay(group, own, at);
		await says(bob, group.id, "eins", "zwei", "drei");
		own.entries.splice(-2);
		await bob.open();
		await isStopped(bob, group, own);
	});
});

describe("a server that shows two histories", { timeout: 120_000 }, () => {
	it("splits a group, but what is said in one half is noise in the other, and is shown as that", async () => {
		const { group, actors } = await team("bob", "anton");
		const [alice, bob, anton] = actors as [Actor, Actor, Actor];
		const own = fork(group, bob.personId);
		// Two commits of the same epoch, both accepted.
		await alice.call("remove", group.id, anton.personId);
		await bob.call("remove", group.id, anton.personId);
		expect([group.epoch, own.epoch]).toEqual([2, 2]);
		await alice.call("send", group.id, "im ersten Zweig");
		await bob.call("send", group.id, "im zweiten Zweig");
		await until(async () => own.entries.at(-1)?.kind === "application");
		await until(async () => group.entries.at(-1)?.kind === "application");
		relay(own, group);
		relay(group, own, -2);
		await until(async () => (await unreadable(alice, group)).length === 1);
		await until(async () => (await unreadable(bob, group)).length === 1);
		expect(await alice.texts(group.id)).toEqual(["im ersten Zweig"]);
		expect(await bob.texts(group.id)).toEqual(["im zweiten Zweig"]);
	});
});

describe("a server that withholds a removal", { timeout: 120_000 }, () => {
	it("gives the removed nothing of who removed them, and is found out by the next message", async () => {
		const charlie = await Played.enter(stage.world, "charlie");
		const { group, actors } = await team("bob");
		const [alice, bob] = actors as [Actor, Actor];
		await alice.call("add", group.id, [charlie.person.id]);
		await charlie.join(stage.world);
		await until(async () => (await bob.conversation(group.id)).members.length === 3);
		await until(async () => group.entries.at(-1)?.kind === "application");
		const own = fork(group, bob.personId);
		await alice.call("remove", group.id, charlie.person.id);
		await alice.call("send", group.id, "ohne Charlie");
		await until(async () => group.entries.at(-1)?.kind === "application");
		expect((await readable(charlie.mls, group)).join()).not.toContain("ohne Charlie");
		// The message reaches Bob, the commit before it does not.
		relay(group, own);
		await isStopped(bob, group, own);
		expect((await unreadable(bob, group)).join()).toContain("setzt eine Änderung der Gruppe voraus");
	});
});
