import { beforeEach, describe, expect, it } from "vitest";
import { ChainVerifier } from "../../src/crypto/chain";
import { publicKeyFingerprint } from "../../src/crypto/pki";
import type { DeviceRecord, PinRecord } from "../../src/engine/records";
import { Roster } from "../../src/engine/roster";
import { AT, Hospital } from "../support/authority";
import { type Device, deviceOf, type Person, personOf, root } from "../support/people";

let hospital: Hospital;
let alice: Person;
let bob: Person;
let phone: Device;
let desk: Device;
let listed: DeviceRecord[];
let pins: Map<string, PinRecord>;
let asked: string[][];
let roster: Roster;

beforeEach(async () => {
	hospital = await Hospital.create("a.example");
	[alice, bob] = [await personOf(hospital), await personOf(hospital)];
	[phone, desk] = [await deviceOf(alice), await deviceOf(bob)];
	listed = [phone.record, desk.record];
	pins = new Map();
	asked = [];
	roster = rosterAt(AT);
});

function rosterAt(at: Date): Roster {
	const sources = {
		devices: async (personIds: readonly string[], fresh: boolean) => {
			if (fresh) asked.push([...personIds]);
			return listed.filter(({ personId }) => personIds.includes(personId));
		},
		pin: (personId: string, domain: string) => pins.get(`${personId}@${domain}`) ?? null,
		keepPin: async (pin: PinRecord) => void pins.set(`${pin.personId}@${pin.domain}`, pin),
	};
	return new Roster(sources, new ChainVerifier(root(hospital), () => at.getTime()), () => at);
}

describe("a group of Alice and Bob", () => {
	it("is verified when each leaf is a device that its person certified", async () => {
		const verdict = await roster.judge([phone.leaf, desk.leaf]);
		expect(verdict.certified.map(({ identity }) => identity)).toEqual([
			phone.leaf.identity,
			desk.leaf.identity,
		]);
		expect([verdict.unknown, verdict.ended, verdict.changed]).toEqual([[], [], []]);
	});

	it("pins each person's identity key when it is first seen", async () => {
		await roster.judge([phone.leaf]);
		expect(pins.get(`${alice.id}@a.example`)).toEqual({
			personId: alice.id,
			domain: "a.example",
			fingerprint: await publicKeyFingerprint(alice.identity.keys.publicKey),
			seenAt: AT.toISOString(),
			earlier: [],
		});
	});

	it("asks the server again only for people whose device is not at hand", async () => {
		const tablet = await deviceOf(bob);
		await roster.judge([phone.leaf, desk.leaf]);
		expect(asked).toEqual([]);
		await roster.judge([phone.leaf, tablet.leaf]);
		expect(asked).toEqual([[bob.id]]);
	});
});

describe("a ghost is found", () => {
	const doubt = async (leaf: Device["leaf"]) => (await roster.judge([phone.leaf, leaf])).unknown[0]?.doubt;

	it("when nobody certified it", async () => {
		const ghost = { ...desk.leaf, identity: desk.leaf.identity.replace(/:.{16}@/, ":0123456789abcdef@") };
		expect(await doubt(ghost)).toBe("no-device");
		expect(await doubt({ identity: "eve", thumbprint: desk.leaf.thumbprint })).toBe("no-identity");
	});

	it("when it has the identity of a device, but another MLS key", async () => {
		expect(await doubt({ ...desk.leaf, thumbprint: phone.leaf.thumbprint })).toBe("other-key");
	});

	it("when it doubles a device's identity", async () => {
		expect(await doubt({ ...desk.leaf, thumbprint: null })).toBe("doubled");
	});

	it("when the clinic's key certified it directly", async () => {
		const ghost = await deviceOf(bob, { signer: hospital.organisation });
		listed.push(ghost.record);
		expect(await doubt(ghost.leaf)).toBe("no-chain");
	});

	it("when the server lists it with another device's chain", async () => {
		const ghost = await deviceOf(bob);
		listed.push({ ...ghost.record, chain: desk.record.chain });
		expect(await doubt(ghost.leaf)).toBe("no-chain");
	});

	it("when its chain ends in another root", async () => {
		const elsewhere = await personOf(await Hospital.create("a.example"));
		const ghost = await deviceOf({ ...elsewhere, id: elsewhere.id });
		listed.push(ghost.record);
		expect(await doubt(ghost.leaf)).toBe("no-chain");
	});

	it("when a second identity key was made for Bob while his devices live", async () => {
		await roster.judge([desk.leaf]);
		const forged = { ...bob, identity: await hospital.person(bob.id) };
		const ghost = await deviceOf(forged);
		listed.push(ghost.record);
		expect(await doubt(ghost.leaf)).toBe("two-identity-keys");
		listed[listed.length - 1] = { ...ghost.record, revokedAt: AT.toISOString() };
		expect(await doubt(ghost.leaf)).toBe("two-identity-keys");
		expect(await roster.certifies(ghost.leaf)).toBe(false);
	});
});

describe("Bob's new identity key after a reset", () => {
	it("is believed once his old devices are gone, and stays visible", async () => {
		await roster.judge([desk.leaf]);
		const renewed = { ...bob, identity: await hospital.person(bob.id) };
		const fresh = await deviceOf(renewed);
		listed = [phone.record, { ...desk.record, revokedAt: AT.toISOString() }, fresh.record];
		const verdict = await roster.judge([phone.leaf, fresh.leaf]);
		expect([verdict.unknown, verdict.changed]).toEqual([[], [bob.id]]);
		const pin = pins.get(`${bob.id}@a.example`);
		expect(pin?.fingerprint).toBe(await publicKeyFingerprint(renewed.identity.keys.publicKey));
		expect(pin?.earlier).toEqual([await publicKeyFingerprint(bob.identity.keys.publicKey)]);
		expect((await roster.judge([fresh.leaf])).changed).toEqual([]);
	});

	it("ends that its safety number was compared, and keeps that it once was", async () => {
		await roster.judge([desk.leaf]);
		for (const [key, pin] of pins) pins.set(key, { ...pin, verifiedAt: AT.toISOString() });
		for (let times = 0; times < 2; times++) {
			const fresh = await deviceOf({ ...bob, identity: await hospital.person(bob.id) });
			listed = [fresh.record];
			await roster.judge([fresh.leaf]);
			const pin = pins.get(`${bob.id}@a.example`);
			expect([pin?.verifiedAt, pin?.wasVerified, pin?.earlier.length]).toEqual([undefined, true, times + 1]);
		}
	});
});

describe("a device whose time is over", () => {
	it("is to be removed when it was revoked", async () => {
		listed = [phone.record, { ...desk.record, revokedAt: AT.toISOString() }];
		const verdict = await roster.judge([phone.leaf, desk.leaf]);
		expect([verdict.ended, verdict.unknown]).toEqual([[desk.leaf.identity], []]);
		expect(await roster.certifies(desk.leaf)).toBe(true);
	});

	it("is to be removed when its certificate expired, but only if it was the device", async () => {
		const later = rosterAt(new Date(AT.getTime() + 90 * 86_400_000));
		expect((await later.judge([desk.leaf])).ended).toEqual([desk.leaf.identity]);
		const posing = await later.judge([{ ...desk.leaf, thumbprint: phone.leaf.thumbprint }]);
		expect(posing.unknown[0]?.doubt).toBe("other-key");
	});
});
