import { createPrivateKey, createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { base64, base64url, concat, fromBase64, fromHex, hex } from "../../src/crypto/bytes";
import { deviceTag, formatIdentity, parseIdentity } from "../../src/crypto/identity";
import { newId, uuid7, uuidBytes, uuidOf } from "../../src/crypto/ids";
import { newSealKey, SealBroken, sealJson, unsealJson } from "../../src/crypto/sealed";
import { ed25519Thumbprint } from "../../src/crypto/thumbprint";

describe("bytes", () => {
	it("have their spellings", () => {
		const bytes = fromHex("00fbff3e");
		expect([hex(bytes), base64(bytes), base64url(bytes)]).toEqual(["00fbff3e", "APv/Pg==", "APv_Pg"]);
		expect(fromBase64("APv/Pg==")).toEqual(bytes);
		expect(() => fromHex("0g")).toThrow(TypeError);
	});

	it("are encoded in any number", () => {
		const large = new Uint8Array(100_000).map((_, index) => index);
		expect(fromBase64(base64(large))).toEqual(large);
	});
});

describe("an id", () => {
	it("has its time first, version 7 and the variant of RFC 9562", () => {
		const id = uuid7(0x0195a0000000, new Uint8Array(10).fill(0xff));
		expect(id).toBe("0195a000-0000-7fff-bfff-ffffffffffff");
		expect(uuidOf(uuidBytes(id))).toBe(id);
		expect(new Set([newId(), newId(), newId()]).size).toBe(3);
	});
});

describe("a leaf's identity", () => {
	const personId = "0195a000-0000-7000-8000-000000000001";
	const device = "0195a000-0000-7000-9000-0000000000d1";

	it("names person, device and domain", () => {
		const identity = formatIdentity({ personId, deviceTag: deviceTag(device), domain: "a.example" });
		expect(identity).toBe(`${personId}:90000000000000d1@a.example`);
		expect(parseIdentity(identity)).toEqual({ personId, deviceTag: "90000000000000d1", domain: "a.example" });
	});

	it.each([
		"",
		"eve",
		`${personId}:x@a.example`,
		`${personId}:90000000000000d1@`,
		`${personId}:90000000000000d1@A.b`,
	])("is nobody's when it reads %j", (identity) => expect(parseIdentity(identity)).toBeNull());
});

it("names an Ed25519 key as RFC 8037 appendix A.3 does", async () => {
	const d = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
	const x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
	const key = createPublicKey(createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", d, x }, format: "jwk" }));
	const raw = Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");
	expect(await ed25519Thumbprint(raw)).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
});

describe("a sealed record", () => {
	it("opens in its own place under its own key, and nowhere else", async () => {
		const key = await newSealKey();
		const sealed = await sealJson(key, "messages/1", { text: "Diagnose" });
		expect(await unsealJson(key, "messages/1", sealed)).toEqual({ text: "Diagnose" });
		await expect(unsealJson(key, "messages/2", sealed)).rejects.toThrow(SealBroken);
		await expect(unsealJson(await newSealKey(), "messages/1", sealed)).rejects.toThrow(SealBroken);
		const tampered = concat(
			sealed.subarray(0, 20),
			Uint8Array.of((sealed[20] ?? 0) ^ 1),
			sealed.subarray(21),
		);
		await expect(unsealJson(key, "messages/1", tampered)).rejects.toThrow(SealBroken);
		await expect(unsealJson(key, "messages/1", sealed.subarray(0, 15))).rejects.toThrow(SealBroken);
	});

	it("shows none of its text and never looks the same twice", async () => {
		const key = await newSealKey();
		const [one, two] = [await sealJson(key, "x", "Diagnose"), await sealJson(key, "x", "Diagnose")];
		expect(Buffer.from(one).includes("Diagnose")).toBe(false);
		expect(hex(one)).not.toBe(hex(two));
	});

	it("has a key that cannot leave the browser", async () => {
		await expect(crypto.subtle.exportKey("raw", await newSealKey())).rejects.toThrow();
	});
});
