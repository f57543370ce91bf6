import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Identity, safetyNumber } from "../../src/crypto/safety-number";

const file = new URL("../vectors/safety-number.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as {
	one: Identity;
	other: Identity;
	number: string;
}[];
const first = vectors[0] as (typeof vectors)[number];

describe("a safety number", () => {
	it.each(vectors)("is what another implementation computes, from both sides: $number", async (vector) => {
		expect(await safetyNumber(vector.one, vector.other)).toBe(vector.number);
		expect(await safetyNumber(vector.other, vector.one)).toBe(vector.number);
	});

	it("is another one when a key, a person or an organisation is another", async () => {
		const { fingerprint, personId } = first.one;
		for (const change of [
			{ fingerprint: fingerprint.replace(/^./, (digit) => (digit === "0" ? "1" : "0")) },
			{ personId: personId.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")) },
			{ domain: "c.example" },
		]) {
			const number = await safetyNumber({ ...first.one, ...change }, first.other);
			expect(number).toMatch(/^\d{60}$/);
			expect(number).not.toBe(first.number);
		}
	});

	it("is not made of what is no key", async () => {
		await expect(safetyNumber({ ...first.one, fingerprint: "x" }, first.other)).rejects.toThrow(TypeError);
	});
});
