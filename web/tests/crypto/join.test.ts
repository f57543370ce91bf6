import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromHex, hex } from "../../src/crypto/bytes";
import { type JoinKeys, joinCode, joinFingerprint, readCode } from "../../src/crypto/join";

interface Vector {
	name: string;
	person_id: string;
	organisation_id: string;
	device_id: string;
	nonce: string;
	mls_key: string;
	agreement_key: string;
	device_key: string;
	fingerprint: string;
	code: string;
}

const file = new URL("../vectors/device-join.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vector[];
const first = vectors[0] as Vector;

function keysOf(vector: Vector): JoinKeys {
	return {
		deviceId: vector.device_id,
		nonce: fromHex(vector.nonce),
		mlsKey: fromHex(vector.mls_key),
		agreementKey: fromHex(vector.agreement_key),
		deviceKey: fromHex(vector.device_key),
	};
}

function flipped(bytes: Uint8Array): Uint8Array {
	return bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
}

describe("the fingerprint of keys that ask to join", () => {
	it.each(vectors)("is what the server computes: $name", async (vector) => {
		const made = await joinFingerprint(keysOf(vector), vector.person_id, vector.organisation_id);
		expect(hex(made)).toBe(vector.fingerprint);
		expect(await joinCode(made)).toBe(vector.code);
	});

	it("differs when anything differs", async () => {
		const keys = keysOf(first);
		const { person_id: person, organisation_id: organisation } = first;
		const all = await Promise.all([
			joinFingerprint(keys, person, organisation),
			joinFingerprint(keys, organisation, person),
			joinFingerprint({ ...keys, deviceId: person }, person, organisation),
			joinFingerprint({ ...keys, nonce: flipped(keys.nonce) }, person, organisation),
			joinFingerprint({ ...keys, mlsKey: flipped(keys.mlsKey) }, person, organisation),
			joinFingerprint({ ...keys, agreementKey: flipped(keys.agreementKey) }, person, organisation),
			joinFingerprint({ ...keys, deviceKey: flipped(keys.deviceKey) }, person, organisation),
			joinFingerprint({ ...keys, deviceKey: keys.deviceKey.slice(0, -1) }, person, organisation),
		]);
		expect(new Set(all.map(hex)).size).toBe(all.length);
	});

	it("is not made of keys of another length, nor for somebody without an id", async () => {
		const keys = keysOf(first);
		const made = (changes: Partial<JoinKeys>, person = first.person_id) =>
			joinFingerprint({ ...keys, ...changes }, person, first.organisation_id);
		await expect(made({ nonce: new Uint8Array(31) })).rejects.toThrow("32 bytes");
		await expect(made({ mlsKey: new Uint8Array(33) })).rejects.toThrow("32 bytes");
		await expect(made({ agreementKey: new Uint8Array(33) })).rejects.toThrow("65 bytes");
		await expect(made({}, "Alice")).rejects.toThrow("UUID");
	});
});

describe("a code that is typed", () => {
	it.each([
		["MEB2-DEQ0-HWC6", "MEB2-DEQ0-HWC6"],
		[" meb2 deq0 hwc6 ", "MEB2-DEQ0-HWC6"],
		["MEB2DEQOHWC6", "MEB2-DEQ0-HWC6"],
		["il12-il12-il12", "1112-1112-1112"],
	])("%s is read as people mean it", (typed, code) => expect(readCode(typed)).toBe(code));

	it.each(["", "MEB2-DEQ0-HWC", "MEB2-DEQ0-HWC66", "MEB2-DEQ0-HWCU", "MEB2_DEQ0_HWC6"])(
		"%j is none",
		(typed) => expect(readCode(typed)).toBeNull(),
	);
});
