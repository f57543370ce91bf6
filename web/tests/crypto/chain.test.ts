import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { fromBase64 } from "../../src/crypto/bytes";
import { ChainRefused, ChainVerifier, verifyChain } from "../../src/crypto/chain";
import { newId } from "../../src/crypto/ids";
import { type DeviceNames, keyFingerprint, personDns, publicKeyFingerprint } from "../../src/crypto/pki";
import { AT, authority, device, Hospital, type Issued, person as issuePerson } from "../support/authority";

const THUMBPRINT = "NxqCKPJR2LDiXX3slXldgdGjreq7RDY9iu5xfAsrNXQ";
const DAY_MS = 86_400_000;
const alice = newId();
const phone = newId();

let hospital: Hospital;
let identity: Issued;
let names: DeviceNames;

beforeAll(async () => {
	hospital = await Hospital.create("a.example");
	identity = await hospital.person(alice);
	names = { deviceId: phone, personId: alice, domain: "a.example", thumbprint: THUMBPRINT };
});

const verify = (chain: Uint8Array[], at = AT) => verifyChain(chain, hospital.root.der, at);
const later = (days: number) => new Date(AT.getTime() + days * DAY_MS);

describe("a device of Alice", () => {
	it("is known by its chain: person, device, domain, MLS key and identity key", async () => {
		const made = await device(identity, names);
		expect(await verify(hospital.chain(made, identity))).toEqual({
			...names,
			identityFingerprint: await publicKeyFingerprint(identity.keys.publicKey),
			notAfterMs: later(89).getTime(),
		});
	});

	it("is known from the service's own certificates", async () => {
		const vector = JSON.parse(readFileSync(new URL("../vectors/chain.json", import.meta.url), "utf8"));
		const chain = vector.chain.map(fromBase64);
		const found = await verifyChain(chain, fromBase64(vector.root), new Date(vector.at));
		expect(found).toMatchObject(vector.device);
		expect(found.identityFingerprint).toBe(vector.identity_fingerprint);
	});

	it("is checked once and then remembered until its certificate ends", async () => {
		const chain = hospital.chain(await device(identity, names), identity);
		let now = AT.getTime();
		const verifier = new ChainVerifier(hospital.root.der, () => now);
		const first = await verifier.verify(chain);
		expect(await verifier.verify(chain)).toBe(first);
		now = later(90).getTime();
		await expect(verifier.verify(chain)).rejects.toThrow("expired");
	});
});

describe("a chain is refused", () => {
	it("when the clinic's own key issued the device", async () => {
		const forged = await device(hospital.organisation, names);
		const short = [forged.der, hospital.organisation.der, hospital.root.der];
		await expect(verify(short)).rejects.toThrow("exactly four");
		await expect(verify(hospital.chain(forged, identity))).rejects.toThrow(ChainRefused);
		const doubled = [forged.der, hospital.organisation.der, hospital.organisation.der, hospital.root.der];
		await expect(verify(doubled)).rejects.toThrow(ChainRefused);
	});

	it("when it has three or five certificates", async () => {
		const [leaf, owner, clinic, top] = hospital.chain(await device(identity, names), identity);
		if (!leaf || !owner || !clinic || !top) throw new Error("unreachable");
		await expect(verify([leaf, owner, clinic])).rejects.toThrow("exactly four");
		await expect(verify([leaf, owner, clinic, top, top])).rejects.toThrow("exactly four");
	});

	it("when it ends in another root", async () => {
		const other = await Hospital.create("a.example");
		const owner = await other.person(alice);
		await expect(verify(other.chain(await device(owner, names), owner))).rejects.toThrow("another root");
		const chain = other.chain(await device(owner, names), owner);
		chain[3] = hospital.root.der;
		await expect(verify(chain)).rejects.toThrow("signature");
	});

	it("before its time and after it", async () => {
		const chain = hospital.chain(await device(identity, names), identity);
		await expect(verify(chain, later(90))).rejects.toThrow("expired");
		await expect(verify(chain, later(-2))).rejects.toThrow("not valid yet");
		const short = await authority({
			subject: alice,
			issuer: hospital.organisation,
			pathLength: 0,
			dns: personDns(alice, "a.example"),
			days: 5,
		});
		await expect(verify(hospital.chain(await device(short, names), short), later(30))).rejects.toThrow(
			"expired",
		);
	});

	it("when the device would live longer than 90 days", async () => {
		const shape = { subject: phone, issuer: identity, pathLength: 0, ca: false, usage: 0x80 };
		const long = await authority({ ...shape, days: 91 });
		await expect(verify(hospital.chain(long, identity))).rejects.toThrow("at most 90 days");
	});

	it("when person, device or domain do not agree", async () => {
		const elsewhere = await device(identity, { ...names, domain: "b.example" });
		await expect(verify(hospital.chain(elsewhere, identity))).rejects.toThrow("do not agree");
		const another = await device(identity, { ...names, personId: newId() });
		await expect(verify(hospital.chain(another, identity))).rejects.toThrow("issuers do not line up");
		const foreigner = await issuePerson(hospital.organisation, alice, "b.example");
		await expect(verify(hospital.chain(await device(foreigner, names), foreigner))).rejects.toThrow(
			"do not agree",
		);
		const mislabelled = await issuePerson(hospital.organisation, alice, "a.example", { named: newId() });
		await expect(verify(hospital.chain(await device(mislabelled, names), mislabelled))).rejects.toThrow(
			"do not agree",
		);
	});

	it("when another hospital's person stands below this hospital", async () => {
		const neighbour = await Hospital.create("b.example", hospital.root);
		const bob = await neighbour.person(alice);
		const made = await device(bob, { ...names, domain: "b.example" });
		const mixed = [made.der, bob.der, hospital.organisation.der, hospital.root.der];
		await expect(verify(mixed)).rejects.toThrow(ChainRefused);
	});

	it("when one of its authorities may issue more than its place allows", async () => {
		const wide = await authority({
			subject: alice,
			issuer: hospital.organisation,
			pathLength: 1,
			dns: personDns(alice, "a.example"),
		});
		await expect(verify(hospital.chain(await device(wide, names), wide))).rejects.toThrow("authority");
		const mute = await authority({
			subject: alice,
			issuer: hospital.organisation,
			pathLength: 0,
			dns: personDns(alice, "a.example"),
			usage: 0x80,
		});
		await expect(verify(hospital.chain(await device(mute, names), mute))).rejects.toThrow("may not sign");
	});

	it("when a certificate authority poses as a device", async () => {
		const posing = await authority({ subject: phone, issuer: identity, pathLength: 0 });
		await expect(verify(hospital.chain(posing, identity))).rejects.toThrow(ChainRefused);
	});

	it("when the organisation is not confined to a domain", async () => {
		const free = await authority({ subject: "Hospital", issuer: hospital.root, pathLength: 1 });
		const owner = await issuePerson(free, alice, "a.example");
		const chain = [(await device(owner, names)).der, owner.der, free.der, hospital.root.der];
		await expect(verify(chain)).rejects.toThrow("confined");
	});

	it("when any single byte of it was changed, or bytes follow", async () => {
		const chain = hospital.chain(await device(identity, names), identity);
		const [leaf] = chain;
		if (!leaf) throw new Error("unreachable");
		const framing = [0, 1, 2, 3, leaf.length - 71, leaf.length - 72, leaf.length - 70, leaf.length - 73];
		for (const at of [...framing, ...leaf.keys()].filter((place, index) => index < 8 || place % 7 === 0)) {
			const tampered = leaf.slice();
			tampered[at] = (tampered[at] ?? 0) ^ 1;
			await expect(verify([tampered, ...chain.slice(1)]), `byte ${at}`).rejects.toThrow(ChainRefused);
		}
		await expect(verify([Uint8Array.from([...leaf, 0]), ...chain.slice(1)])).rejects.toThrow("one form");
		await expect(verify([leaf.slice(0, -1), ...chain.slice(1)])).rejects.toThrow(ChainRefused);
	});

	it("when it names no MLS key, or not in the one form", async () => {
		const odd = await device(identity, { ...names, thumbprint: "short" });
		await expect(verify(hospital.chain(odd, identity))).rejects.toThrow("names no MLS key");
	});
});

it("names a key by the SHA-256 of its SubjectPublicKeyInfo", async () => {
	const spki = new Uint8Array(await crypto.subtle.exportKey("spki", identity.keys.publicKey));
	expect(await keyFingerprint(spki)).toBe(await publicKeyFingerprint(identity.keys.publicKey));
});
