import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromHex, hex } from "../../src/crypto/bytes";
import { type ApprovalKeys, approvalCode, approvalFingerprint } from "../../src/crypto/device-approval";

interface Vector {
	name: string;
	person_id: string;
	organisation_id: string;
	device_id: string;
	identity_fingerprint: string;
	mls_key: string;
	device_key: string;
	fingerprint: string;
	code: string;
}

const file = new URL("../vectors/device-approval.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vector[];
const first = vectors[0] as Vector;

function keysOf(vector: Vector): ApprovalKeys {
	return {
		deviceId: vector.device_id,
		identityFingerprint: fromHex(vector.identity_fingerprint),
		mlsKey: fromHex(vector.mls_key),
		deviceKey: fromHex(vector.device_key),
	};
}

function flipped(bytes: Uint8Array): Uint8Array {
	return bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
}

describe("the fingerprint that an administrator approves", () => {
	it.each(vectors)("is what the server computes: $name", async (vector) => {
		const made = await approvalFingerprint(keysOf(vector), vector.person_id, vector.organisation_id);
		expect(hex(made)).toBe(vector.fingerprint);
		expect(approvalCode(made)).toBe(vector.code);
	});

	it("differs when anything differs", async () => {
		const keys = keysOf(first);
		const { person_id: person, organisation_id: organisation } = first;
		const all = await Promise.all([
			approvalFingerprint(keys, person, organisation),
			approvalFingerprint(keys, organisation, person),
			approvalFingerprint({ ...keys, deviceId: person }, person, organisation),
			approvalFingerprint(
				{ ...keys, identityFingerprint: flipped(keys.identityFingerprint) },
				person,
				organisation,
			),
			approvalFingerprint({ ...keys, mlsKey: flipped(keys.mlsKey) }, person, organisation),
			approvalFingerprint({ ...keys, deviceKey: flipped(keys.deviceKey) }, person, organisation),
			approvalFingerprint({ ...keys, deviceKey: keys.deviceKey.slice(0, -1) }, person, organisation),
		]);
		expect(new Set(all.map(hex)).size).toBe(all.length);
	});

	it("is not made of keys of another length, nor for somebody without an id", async () => {
		const keys = keysOf(first);
		const made = (changes: Partial<ApprovalKeys>, person = first.person_id) =>
			approvalFingerprint({ ...keys, ...changes }, person, first.organisation_id);
		await expect(made({ identityFingerprint: new Uint8Array(31) })).rejects.toThrow("32 bytes");
		await expect(made({ mlsKey: new Uint8Array(33) })).rejects.toThrow("32 bytes");
		await expect(made({}, "Alice")).rejects.toThrow("UUID");
	});
});
