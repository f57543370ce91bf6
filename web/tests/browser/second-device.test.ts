/** A second browser of Alice becomes a device: by the code or the link, and by nothing else. */

import { describe, expect, it } from "vitest";
import { base64 } from "../../src/crypto/bytes";
import { newSigningKey, publicKeyInfo } from "../../src/crypto/pki";
import { agreementPoint, newAgreementKey } from "../../src/crypto/wrapped-backup-key";
import { Actor } from "./cast";
import { Stage, says, until } from "./stage";

const stage = new Stage();

interface Shown {
	joinId: string;
	fingerprint: string;
	code: string;
}

/** Alice in another browser, which asks. */
async function asks(): Promise<{ second: Actor; shown: Shown }> {
	const second = await Actor.enter(stage.browser, stage.world, stage.origin, "alice");
	stage.add(second);
	await second.state("needs-approval");
	await second.call("askToJoin");
	return { second, shown: await shownBy(second) };
}

async function shownBy(second: Actor): Promise<Shown> {
	const state = await second.state("joining");
	if (state.state !== "joining") throw new Error(state.state);
	const { pathname, hash } = new URL(state.link);
	return { joinId: pathname.split("/").at(-2) ?? "", fingerprint: hash.slice(1), code: state.code };
}

describe("a second browser of Alice", { timeout: 120_000 }, () => {
	it("joins by the code, comes into her conversations, and Bob sees it", async () => {
		const { group, actors } = await stage.team("alice", "bob");
		const [alice, bob] = actors as [Actor, Actor];
		await bob.call("send", group, "Vorher");
		await says(alice, group, "Vorher");
		const { second, shown } = await asks();
		expect(await alice.call("mayApprove")).toBe(true);
		expect(await alice.call("historyAtHand")).toBe("off");
		const proof = { code: shown.code.toLowerCase().replaceAll("-", " ") };
		expect(await alice.call("approve", shown.joinId, proof)).toEqual({ history: false });
		await second.ready();
		expect(await second.events()).toContainEqual({ type: "history", arrival: { state: "off" } });
		expect(await second.call("mayApprove")).toBe(false);
		await until(async () => (await second.call("conversations")).length === 1);
		await bob.call("send", group, "Nachher");
		await says(second, group, "Nachher");
		await says(alice, group, "Vorher", "Nachher");
		await until(async () => (await second.conversation(group)).title === "Station 4");
		const member = (await bob.conversation(group)).members.find(({ name }) => name === "alice");
		expect([member?.devices, member?.keyChanged]).toEqual([2, false]);
		const events = (await bob.messages(group)).flatMap(({ event }) => (event ? [event.kind] : []));
		expect(events).toContain("device-added");
		await second.call("send", group, "Vom zweiten Gerät");
		await says(bob, group, "Vorher", "Nachher", "Vom zweiten Gerät");
		await says(alice, group, "Vorher", "Nachher", "Vom zweiten Gerät");
	});

	it("joins by the link of the QR code, and takes part in what either of them begins later", async () => {
		const alice = await stage.enter("alice");
		const bob = await stage.enter("bob");
		const { second, shown } = await asks();
		await alice.call("approve", shown.joinId, { fingerprint: shown.fingerprint });
		await second.ready();
		await until(async () => stage.world.devicesOf(alice.personId).every((one) => one.keyPackages.length > 0));
		const group = await second.call("create", { kind: "team", title: "Neu", personIds: [bob.personId] });
		await until(async () => (await alice.call("conversations")).length === 1);
		await bob.call("send", group, "An beide");
		await says(alice, group, "An beide");
		await says(second, group, "An beide");
	});

	it("goes on with the same request and code after the page was closed", async () => {
		const alice = await stage.enter("alice");
		const { second, shown } = await asks();
		await second.crash();
		await second.open();
		expect(await shownBy(second)).toEqual(shown);
		await alice.call("approve", shown.joinId, { code: shown.code });
		await second.ready();
		await second.open();
		await second.ready();
		expect(stage.world.devicesOf(alice.personId).length).toBe(2);
		expect(stage.world.joins.size).toBe(1);
	});

	it("is told when it was refused, or takes its request back", async () => {
		await stage.enter("alice");
		const { second, shown } = await asks();
		const join = stage.world.joins.get(shown.joinId);
		if (join) join.state = "refused";
		expect(await second.state("needs-approval")).toEqual({ state: "needs-approval", ended: "refused" });
		await second.call("askToJoin");
		expect((await shownBy(second)).joinId).not.toBe(shown.joinId);
		await second.call("withdrawJoin");
		expect(await second.state("needs-approval")).toEqual({ state: "needs-approval", ended: "withdrawn" });
	});
});

describe("a server that exchanges keys", { timeout: 120_000 }, () => {
	async function exchanges(name: string): Promise<void> {
		const keys: Record<string, Uint8Array> = {
			device_key: await publicKeyInfo((await newSigningKey()).publicKey),
			agreement_key: await agreementPoint(await newAgreementKey()),
		};
		const other = base64(keys[name] ?? new Uint8Array());
		stage.service.joins.tamper = (asked) => ({ ...asked, [name]: other });
	}

	it.each(["device_key", "agreement_key"])(
		"gets no certificate for another %s: neither by the code nor by the link, which also ends the request",
		async (name) => {
			const alice = await stage.enter("alice");
			const { second, shown } = await asks();
			await exchanges(name);
			await expect(alice.call("approve", shown.joinId, { code: shown.code })).rejects.toThrow(
				"join-mismatch",
			);
			expect(stage.world.joins.get(shown.joinId)?.state).toBe("waiting");
			const link = alice.call("approve", shown.joinId, { fingerprint: shown.fingerprint });
			await expect(link).rejects.toThrow("join-mismatch");
			expect(await second.state("needs-approval")).toEqual({ state: "needs-approval", ended: "refused" });
			expect(stage.world.devicesOf(alice.personId).length).toBe(1);
		},
	);

	it("cannot make the new browser accept a certificate of another device", async () => {
		const alice = await stage.enter("alice");
		const { second, shown } = await asks();
		const [first] = stage.world.devicesOf(alice.personId);
		const join = stage.world.joins.get(shown.joinId);
		if (!first || !join) throw new Error("nobody asks");
		stage.world.devices.set(String(join.asked.device_id), { ...first, id: String(join.asked.device_id) });
		join.state = "approved";
		expect(await second.state("needs-approval")).toEqual({ state: "needs-approval", ended: "mismatch" });
	});
});

describe("a browser that was itself approved", { timeout: 120_000 }, () => {
	it("approves no other: the identity key is not there", async () => {
		const alice = await stage.enter("alice");
		const { second, shown } = await asks();
		await alice.call("approve", shown.joinId, { code: shown.code });
		await second.ready();
		const third = await asks();
		const approval = second.call("approve", third.shown.joinId, { code: third.shown.code });
		await expect(approval).rejects.toThrow("no-identity-key");
		expect(stage.world.joins.get(third.shown.joinId)?.state).toBe("waiting");
	});

	it("asks again as another device after it was revoked", async () => {
		const alice = await stage.enter("alice");
		const { second, shown } = await asks();
		await alice.call("approve", shown.joinId, { code: shown.code });
		await second.ready();
		const joined = stage.world.devicesOf(alice.personId)[1];
		if (joined) joined.revokedAt = new Date().toISOString();
		await second.signIn(stage.world);
		await second.open();
		expect(await second.state("needs-approval")).toEqual({ state: "needs-approval", ended: "revoked" });
		await second.call("askToJoin");
		const again = await shownBy(second);
		await alice.call("approve", again.joinId, { code: again.code });
		await second.ready();
		expect(stage.world.devicesOf(alice.personId).length).toBe(3);
	});
});
