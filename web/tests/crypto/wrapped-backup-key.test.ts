import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Bytes, fromHex, hex, owned } from "../../src/crypto/bytes";
import { newId } from "../../src/crypto/ids";
import { identityKeyOf, newSigningKey, publicKeyInfo } from "../../src/crypto/pki";
import {
	agreementPoint,
	newAgreementKey,
	unwrapBackupKey,
	type WrapPlace,
	WrapRefused,
	wrapBackupKey,
} from "../../src/crypto/wrapped-backup-key";

interface Vector {
	name: string;
	personId: string;
	organisationId: string;
	joinId: string;
	fingerprint: string;
	receiver: string;
	agreementKey: string;
	ephemeral: string;
	identityKey: string;
	identityPublicKey: string;
	nonce: string;
	backupKey: string;
	wrapped: string;
}

const file = new URL("../vectors/wrapped-backup-key.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vector[];
const [alice, bob] = vectors as [Vector, Vector];
const SIGNATURE = 64;

function placeOf({ personId, organisationId, joinId, fingerprint }: Vector): WrapPlace {
	return { personId, organisationId, joinId, fingerprint: fromHex(fingerprint) };
}

async function pairOf(pkcs8: string): Promise<CryptoKeyPair> {
	const algorithm = { name: "ECDH", namedCurve: "P-256" };
	const readable = await crypto.subtle.importKey("pkcs8", fromHex(pkcs8), algorithm, true, ["deriveBits"]);
	const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", readable);
	const point = { kty, crv, x, y } as JsonWebKey;
	const publicKey = await crypto.subtle.importKey("jwk", point, algorithm, true, []);
	return { publicKey, privateKey: readable };
}

async function opened(vector: Vector, wrapped: Uint8Array, place = placeOf(vector)): Promise<Bytes> {
	const pair = await pairOf(vector.receiver);
	return unwrapBackupKey(wrapped, { place, pair, identityKey: fromHex(vector.identityPublicKey) });
}

describe("a wrapped backup key", () => {
	it.each(vectors)("of another implementation is opened: $name", async (vector) => {
		expect(hex(await opened(vector, fromHex(vector.wrapped)))).toBe(vector.backupKey);
	});

	it.each(vectors)("is sealed to the byte as another implementation does: $name", async (vector) => {
		const identity = await identityKeyOf(fromHex(vector.identityKey));
		const once = { ephemeral: await pairOf(vector.ephemeral), nonce: fromHex(vector.nonce) };
		const agreementKey = fromHex(vector.agreementKey);
		const to = { place: placeOf(vector), agreementKey, identity };
		const made = await wrapBackupKey(fromHex(vector.backupKey), to, once);
		// The signature is another one each time.
		expect(hex(made.slice(0, -SIGNATURE))).toBe(vector.wrapped.slice(0, -2 * SIGNATURE));
		expect(hex(await opened(vector, made))).toBe(vector.backupKey);
	});

	it("goes to a fresh key and back, and is never the same twice", async () => {
		const [pair, identity] = [await newAgreementKey(), await newSigningKey()];
		const agreementKey = await agreementPoint(pair);
		const place = placeOf(alice);
		const key = fromHex(alice.backupKey);
		const made = await wrapBackupKey(key, { place, agreementKey, identity });
		const identityKey = await publicKeyInfo(identity.publicKey);
		expect(hex(await unwrapBackupKey(made, { place, pair, identityKey }))).toBe(alice.backupKey);
		expect(made).not.toEqual(await wrapBackupKey(key, { place, agreementKey, identity }));
		expect(pair.privateKey.extractable).toBe(false);
	});
});

describe("what is not the one that was sealed here is refused", () => {
	const whole = fromHex(alice.wrapped);

	it("changed in any part, cut or longer", async () => {
		// The ephemeral key's first byte and its coordinates, the nonce, the sealed key, its tag, the signature.
		for (const at of [0, 1, 64, 65, 76, 77, 108, 124, 125, 188]) {
			const changed = whole.map((byte, index) => (index === at ? byte ^ 1 : byte));
			await expect(opened(alice, changed), `byte ${at}`).rejects.toThrow(WrapRefused);
		}
		await expect(opened(alice, whole.slice(0, -1))).rejects.toThrow(WrapRefused);
		await expect(opened(alice, owned(new Uint8Array([...whole, 0])))).rejects.toThrow(WrapRefused);
		await expect(opened(alice, new Uint8Array())).rejects.toThrow(WrapRefused);
	});

	it("of another request, fingerprint, person or organisation", async () => {
		const place = placeOf(alice);
		const others: WrapPlace[] = [
			{ ...place, joinId: newId() },
			{ ...place, fingerprint: fromHex(bob.fingerprint) },
			{ ...place, personId: bob.personId },
			{ ...place, organisationId: bob.organisationId },
		];
		for (const other of others) await expect(opened(alice, whole, other)).rejects.toThrow(WrapRefused);
		await expect(opened(bob, whole)).rejects.toThrow(WrapRefused);
	});

	it("by a browser for which it was not sealed", async () => {
		const to = { place: placeOf(alice), pair: await newAgreementKey() };
		const identityKey = fromHex(alice.identityPublicKey);
		await expect(unwrapBackupKey(whole, { ...to, identityKey })).rejects.toThrow(WrapRefused);
	});

	it("sealed by whoever carries it, who knows every public key but signs with another one", async () => {
		const mallory = await newSigningKey();
		const to = { place: placeOf(alice), agreementKey: fromHex(alice.agreementKey) };
		const forged = await wrapBackupKey(fromHex(bob.backupKey), { ...to, identity: mallory });
		await expect(opened(alice, forged)).rejects.toThrow(WrapRefused);
		const spliced = new Uint8Array([...forged.slice(0, -SIGNATURE), ...whole.slice(-SIGNATURE)]);
		await expect(opened(alice, spliced)).rejects.toThrow(WrapRefused);
	});

	it("is not made for what is no point, nor of another length", async () => {
		const identity = await newSigningKey();
		const place = placeOf(alice);
		const key = fromHex(alice.backupKey);
		const agreementKey = new Uint8Array(65).fill(4, 0, 1);
		await expect(wrapBackupKey(key, { place, agreementKey, identity })).rejects.toThrow();
		const good = fromHex(alice.agreementKey);
		const short = wrapBackupKey(key.slice(1), { place, agreementKey: good, identity });
		await expect(short).rejects.toThrow("256 bits");
		const nowhere = { ...place, fingerprint: new Uint8Array(31) };
		await expect(wrapBackupKey(key, { place: nowhere, agreementKey: good, identity })).rejects.toThrow();
	});
});
