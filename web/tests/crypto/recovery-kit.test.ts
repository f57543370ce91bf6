import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromHex, hex } from "../../src/crypto/bytes";
import {
	type KitOwner,
	kitCode,
	openKit,
	readKitCode,
	sealKit,
	WrongCode,
} from "../../src/crypto/recovery-kit";

interface Vector extends KitOwner {
	name: string;
	secret: string;
	code: string;
	identityKey: string;
	backupKey: string;
	blob: string;
	/** Of version 1. */
	first: string;
}

const file = new URL("../vectors/recovery-kit.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vector[];
const alice = vectors[1] as Vector;

function read(code: string): string | number {
	const found = readKitCode(code);
	return found instanceof Uint8Array ? hex(found) : found.wrongGroup;
}

describe("the code of a recovery kit", () => {
	it.each(vectors)("is what another implementation writes, and is read back: $name", ({ secret, code }) => {
		expect(kitCode(fromHex(secret)).join("-")).toBe(code);
		expect(read(code)).toBe(secret);
	});

	it("is read however it was typed", () => {
		const { code, secret } = alice;
		expect(read(code.toLowerCase().replaceAll("-", " "))).toBe(secret);
		expect(read(` ${code.replaceAll("-", "")}\n`)).toBe(secret);
		expect(read(code.replaceAll("0", "o").replaceAll("1", "l"))).toBe(secret);
	});

	it("names the group in which any one character is wrong", () => {
		const groups = alice.code.split("-");
		for (const [at, group] of groups.entries()) {
			for (let place = 0; place < 5; place++) {
				const other = group[place] === "7" ? "8" : "7";
				const wrong = group.slice(0, place) + other + group.slice(place + 1);
				expect(read(groups.with(at, wrong).join("-"))).toBe(at + 1);
			}
		}
	});

	it("misses groups that were left out, added, or exchanged", () => {
		const groups = alice.code.split("-");
		expect(read("")).toBe(1);
		expect(read(groups.slice(0, 12).join("-"))).toBe(13);
		expect(read(`${alice.code}-00000`)).toBe(13);
		expect(read([groups[1], groups[0], ...groups.slice(2)].join("-"))).toBe(1);
	});

	it("is made of 256 bits only", () => {
		expect(() => kitCode(new Uint8Array(31))).toThrow(TypeError);
	});
});

describe("a recovery kit", () => {
	it.each(vectors)("is sealed and opened as another implementation does: $name", async (vector) => {
		const [secret, blob] = [fromHex(vector.secret), fromHex(vector.blob)];
		const keys = { identityKey: fromHex(vector.identityKey), backupKey: fromHex(vector.backupKey) };
		expect(await openKit(secret, blob, vector)).toEqual(keys);
		expect(hex(await sealKit(secret, keys, vector, blob.slice(0, 12)))).toBe(vector.blob);
	});

	it.each(vectors)("of version 1 holds the identity key alone: $name", async (vector) => {
		const opened = await openKit(fromHex(vector.secret), fromHex(vector.first), vector);
		expect(opened).toEqual({ identityKey: fromHex(vector.identityKey), backupKey: null });
	});

	it.each([
		["another code", { secret: vectors[2]?.secret }],
		["another person", { personId: vectors[2]?.personId }],
		["another organisation", { organisationId: vectors[2]?.organisationId }],
		["another key's fingerprint", { fingerprint: vectors[2]?.fingerprint }],
		["a changed byte", { blob: alice.blob.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")) }],
		["a cut end", { blob: alice.blob.slice(0, -2) }],
		["nothing", { blob: "" }],
	])("is not opened with %s", async (_, change) => {
		const vector = { ...alice, ...change } as Vector;
		const opened = openKit(fromHex(vector.secret), fromHex(vector.blob), vector);
		await expect(opened).rejects.toThrow(WrongCode);
	});
});
