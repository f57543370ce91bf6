import { describe, expect, it } from "vitest";
import { base64, fromBase64url, text, utf8 } from "../../src/crypto/bytes";
import { signDetached } from "../../src/crypto/jws";
import { ECDSA_SHA256, newSigningKey } from "../../src/crypto/pki";

describe("a detached signature", () => {
	const chain = [Uint8Array.of(1, 2, 3), Uint8Array.of(255, 254)];
	const content = utf8('{"resourceType":"Bundle"}');

	async function signed(): Promise<{ key: CryptoKey; jws: string }> {
		const { publicKey, privateKey } = await newSigningKey();
		return { key: publicKey, jws: await signDetached(privateKey, chain, content) };
	}

	async function holds(key: CryptoKey, jws: string, over: Uint8Array): Promise<boolean> {
		const [header = "", , signature = ""] = jws.split(".");
		const payload = Buffer.from(over).toString("base64url");
		return crypto.subtle.verify(ECDSA_SHA256, key, fromBase64url(signature), utf8(`${header}.${payload}`));
	}

	it("names the algorithm and the certificates, and leaves the content out", async () => {
		const { jws } = await signed();
		const [header = "", middle, signature = ""] = jws.split(".");
		expect(middle).toBe("");
		expect(JSON.parse(text(fromBase64url(header)))).toEqual({ alg: "ES256", x5c: chain.map(base64) });
		expect(fromBase64url(signature)).toHaveLength(64);
	});

	it("holds over the content, and over no other", async () => {
		const { key, jws } = await signed();
		expect(await holds(key, jws, content)).toBe(true);
		expect(await holds(key, jws, utf8('{"resourceType":"bundle"}'))).toBe(false);
	});
});
