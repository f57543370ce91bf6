/** A server that lets in somebody who does not belong: by a key package, a commit, a proposal or a Welcome. Whatever it
 *  does, nobody uninvited reads a word, sending is locked or the forgery ignored, and the person sees why. */

import { describe, expect, it } from "vitest";
import { base64, fromBase64 } from "../../src/crypto/bytes";
import { ENDED, type End, FORGERIES, type Forgery, Played, readable } from "../service/ghost";
import type { Group } from "../service/world";
import type { TsMember } from "../support/ts-mls";
import type { Actor } from "./cast";
import { Stage, until } from "./stage";

const stage = new Stage();
const SECRET = "Befund von Frau Beispiel";

/** Alice, in a browser, has made a conversation with Charlie, who is played. Charlie, where a test needs it, is in
 *  league with the server. */
async function pair(): Promise<{ alice: Actor; charlie: Played; group: Group }> {
	const charlie = await Played.enter(stage.world, "charlie");
	const alice = await stage.enter("alice");
	const talk = { kind: "team" as const, title: "Station 4", personIds: [charlie.person.id] };
	const group = stage.world.group(await alice.call("create", talk));
	await until(async () => messages(group).length === 1);
	await charlie.join(stage.world);
	return { alice, charlie, group };
}

/** Charlie's next key package is the ghost's. */
function offer(charlie: Played, ghost: TsMember): void {
	for (const device of stage.world.devicesOf(charlie.person.id)) device.keyPackages = [];
	charlie.device.keyPackages = [base64(ghost.keyPackage())];
}

/** Charlie brings the ghost in by a commit that the server takes. */
async function letIn(charlie: Played, ghost: TsMember, group: Group): Promise<void> {
	const { commit, welcome } = await charlie.mls.add(ghost.keyPackage());
	await ghost.join(welcome ?? new Uint8Array());
	stage.service.delivery.inject(group, charlie.device.id, "commit", base64(commit));
}

async function isLocked(alice: Actor, group: Group): Promise<void> {
	await until(async () => (await alice.conversation(group.id)).trust.state === "unknown-leaf");
	const before = group.entries.length;
	await expect(alice.call("send", group.id, SECRET)).rejects.toThrow("unknown-leaf");
	expect(group.entries.length).toBe(before);
	expect(await events(alice, group)).toContain("unknown-leaf");
	await until(async () => stage.world.reports.some((report) => report.group === group.id));
}

async function events(alice: Actor, group: Group): Promise<string[]> {
	return (await alice.messages(group.id)).flatMap(({ event }) => (event ? [event.kind] : []));
}

function messages(group: Group): unknown[] {
	return group.entries.filter(({ kind }) => kind === "application");
}

describe("a device that no person certified", { timeout: 120_000 }, () => {
	it.each(Object.keys(FORGERIES) as Forgery[])(
		"with %s is not added, and locks a group it is in",
		async (how) => {
			const { alice, charlie, group } = await pair();
			const ghost = await charlie.ghost(stage.world, how);
			offer(charlie, ghost);
			await expect(alice.call("add", group.id, [charlie.person.id])).rejects.toThrow("unknown-leaf");
			expect([group.epoch, stage.world.welcomes.length]).toEqual([1, 1]);
			await letIn(charlie, ghost, group);
			await isLocked(alice, group);
			expect(await readable(ghost, group)).toEqual([]);
		},
	);

	it.each(Object.keys(ENDED) as End[])(
		"any more, being %s, is not added, and removed before anything is said",
		async (how) => {
			const { alice, charlie, group } = await pair();
			const ghost = await charlie.ghost(stage.world, how);
			offer(charlie, ghost);
			await expect(alice.call("add", group.id, [charlie.person.id])).rejects.toThrow("unknown-leaf");
			await letIn(charlie, ghost, group);
			await until(async () => alice.call("send", group.id, SECRET).then(() => true));
			await until(async () => (await alice.messages(group.id)).at(-1)?.send?.state === "sent");
			expect(group.leaves[2] ?? null).toBeNull();
			expect(group.epoch).toBe(3);
			expect(await readable(ghost, group)).toEqual([]);
		},
	);

	it("would be seen reading: Charlie's own device does", async () => {
		const { alice, charlie, group } = await pair();
		await alice.call("send", group.id, SECRET);
		await until(async () => messages(group).length === 2);
		expect((await readable(charlie.mls, group)).join()).toContain(SECRET);
	});

	it("by an external commit locks the group, also when a member gave the GroupInfo away", async () => {
		const { alice, charlie, group } = await pair();
		const ghost = await charlie.ghost(stage.world, "an authority of the server's own");
		const commit = await ghost.joinExternally(await charlie.mls.groupInfo());
		stage.service.delivery.inject(group, charlie.device.id, "commit", base64(commit));
		await isLocked(alice, group);
		expect(await readable(ghost, group)).toEqual([]);
	});

	it("is not brought in by an Add that it proposes itself from outside", async () => {
		const { alice, charlie, group } = await pair();
		const ghost = await charlie.ghost(stage.world, "no certificate at all");
		const proposal = await ghost.proposeItself(group.id, group.epoch);
		stage.service.delivery.inject(group, charlie.device.id, "proposal", base64(proposal));
		await alice.call("send", group.id, SECRET);
		await until(async () => (await alice.messages(group.id)).at(-1)?.send?.state === "sent");
		expect([group.epoch, group.leaves.length]).toEqual([1, 2]);
		expect((await alice.conversation(group.id)).members.length).toBe(2);
	});
});

describe("somebody real", { timeout: 120_000 }, () => {
	it("who was not asked for is not added, though the server hands out their key package", async () => {
		const [charlie, bob] = [
			await Played.enter(stage.world, "charlie"),
			await Played.enter(stage.world, "bob"),
		];
		const alice = await stage.enter("alice");
		stage.world.hooks.claimed = (claimed) => [
			...claimed,
			{
				person_id: bob.person.id,
				device_id: bob.device.id,
				key_package: base64(bob.mls.keyPackage()),
			},
		];
		const talk = { kind: "team" as const, title: SECRET, personIds: [charlie.person.id] };
		await expect(alice.call("create", talk)).rejects.toThrow("unknown-leaf");
		expect(stage.world.welcomes).toEqual([]);
	});
});

describe("a Welcome to another group under the same name", { timeout: 120_000 }, () => {
	it("does not get what is said before its members are checked", async () => {
		const { alice, charlie, group } = await pair();
		await alice.call("send", group.id, "Guten Morgen");
		await until(async () => messages(group).length === 2);
		const ghost = await charlie.ghost(stage.world, "no certificate at all");
		await ghost.create(group.id);
		const [device] = stage.world.devicesOf(alice.personId);
		const { welcome } = await ghost.add(fromBase64(device?.keyPackages[0] ?? ""));
		let asked = false;
		stage.world.hooks.request = (method, path) => {
			// The service does not answer that the Welcome is gone, so that what follows has to wait.
			if (method !== "DELETE" || !path.includes("/welcomes/")) return undefined;
			asked = true;
			return "drop";
		};
		const bytes = base64(welcome ?? new Uint8Array());
		stage.service.delivery.welcome(group, device?.id ?? "", bytes, group.entries.length + 1, 1);
		await until(async () => asked);
		await alice.call("send", group.id, SECRET).catch(() => undefined);
		const locked = async () => (await alice.conversation(group.id)).trust.state === "unknown-leaf";
		await until(async () => messages(group).length === 3 || (await locked()));
		expect(await readable(ghost, group)).toEqual([]);
		await isLocked(alice, group);
	});
});
