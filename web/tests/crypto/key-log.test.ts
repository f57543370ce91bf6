import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromBase64, fromHex, hex, sha256, text, utf8 } from "../../src/crypto/bytes";
import { BadNote, readKey, readTreeHead } from "../../src/crypto/checkpoint";
import { type Opening, readKeyEvent } from "../../src/crypto/key-event";
import { continues, leafHash, stands } from "../../src/crypto/merkle";

interface Vectors {
	roots: Record<string, string>;
	inclusion: { index: number; size: number; path: string }[];
	consistency: { old: number; size: number; proof: string }[];
	checkpoint: { public_key: string; size: number; note: string };
	event: {
		canonical: string;
		people: { actor: { person_id: string; salt: string } };
		person_id: string;
	};
}

const file = new URL("../vectors/key-log.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;
const { checkpoint, event } = vectors;

function tree(size: number): { size: number; root: Uint8Array } {
	return { size, root: fromBase64(vectors.roots[size] ?? "") };
}

function steps(words: string): Uint8Array[] {
	return words ? words.split(" ").map(fromBase64) : [];
}

function flipped(bytes: Uint8Array): Uint8Array {
	return bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
}

describe("an inclusion proof", () => {
	it.each(vectors.inclusion)("of leaf $index in $size holds there and nowhere else", async (vector) => {
		const { index, size } = vector;
		const leaf = await leafHash(utf8(String(index)));
		const path = steps(vector.path);
		expect(await stands(leaf, index, tree(size), path)).toBe(true);
		expect(await stands(flipped(leaf), index, tree(size), path)).toBe(false);
		expect(await stands(leaf, index + 1, tree(size), path)).toBe(false);
		expect(await stands(leaf, index, tree(size), [...path, leaf])).toBe(false);
		if (path.length > 0) expect(await stands(leaf, index, tree(size), path.slice(1))).toBe(false);
		for (const [at, step] of path.entries()) {
			expect(await stands(leaf, index, tree(size), path.with(at, flipped(step)))).toBe(false);
		}
	});

	it("of a place outside the tree proves nothing", async () => {
		const leaf = await leafHash(utf8("0"));
		for (const index of [-1, 1, 0.5, Number.NaN]) expect(await stands(leaf, index, tree(1), [])).toBe(false);
	});
});

describe("a consistency proof", () => {
	it.each(vectors.consistency)("from $old to $size holds, and no other", async ({ old, size, proof }) => {
		const path = steps(proof);
		expect(await continues(tree(old), tree(size), path)).toBe(true);
		const forked = { size: old, root: flipped(tree(old).root) };
		expect(await continues(forked, tree(size), path)).toBe(false);
		expect(await continues(tree(old), { size, root: flipped(tree(size).root) }, path)).toBe(false);
		expect(await continues(tree(old), tree(size), [...path, tree(size).root])).toBe(false);
		if (path.length > 0) expect(await continues(tree(old), tree(size), path.slice(1))).toBe(false);
		for (const [at, step] of path.entries()) {
			expect(await continues(tree(old), tree(size), path.with(at, flipped(step)))).toBe(false);
		}
	});

	it("does not lead backwards", async () => {
		expect(await continues(tree(300), tree(256), [])).toBe(false);
		expect(await continues({ size: 0, root: new Uint8Array(32) }, tree(8), [])).toBe(false);
	});
});

describe("a checkpoint", () => {
	it("says what the log was, under the log's key", async () => {
		const head = await readTreeHead(checkpoint.note, await readKey(checkpoint.public_key));
		expect(head.size).toBe(checkpoint.size);
		expect(hex(head.root)).toBe(hex(tree(checkpoint.size).root));
	});

	it("may carry the words of witnesses", async () => {
		const note = `${checkpoint.note}\u2014 witness.example AAAA\n`;
		expect((await readTreeHead(note, await readKey(checkpoint.public_key))).size).toBe(300);
	});

	it.each([
		["another size", (note: string) => note.replace("300", "301")],
		["another root", (note: string) => note.replace(/\n(.)/, (_, first) => `\n${first === "A" ? "B" : "A"}`)],
		["another name", (note: string) => note.replaceAll("medicus", "medikus")],
		["no signature", (note: string) => note.slice(0, note.indexOf("\n\n") + 2)],
		["a cut signature", (note: string) => `${note.slice(0, -9)}\n`],
		["nothing", () => ""],
	])("with %s is refused", async (_, change) => {
		const key = await readKey(checkpoint.public_key);
		await expect(readTreeHead(change(checkpoint.note), key)).rejects.toThrow(BadNote);
	});

	it("under another key is refused", async () => {
		const { publicKey } = (await crypto.subtle.generateKey({ name: "Ed25519" }, true, [
			"sign",
			"verify",
		])) as CryptoKeyPair;
		const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
		const other = { ...(await readKey(checkpoint.public_key)), publicKey: raw };
		await expect(readTreeHead(checkpoint.note, other)).rejects.toThrow(BadNote);
	});

	it.each(["", "a+b+c", checkpoint.public_key.replace("+", "x+"), `${checkpoint.public_key}A`])(
		"a key that does not fit its own id is refused: %s",
		async (vkey) => {
			await expect(readKey(vkey)).rejects.toThrow(BadNote);
		},
	);
});

describe("an entry", () => {
	const canonical = fromBase64(event.canonical);
	const opened = (changes: Partial<Opening> = {}) => ({
		actor: { personId: event.person_id, salt: event.people.actor.salt, ...changes },
	});

	it("is the person's by its commitment, and names the certificate", async () => {
		expect(await readKeyEvent(canonical, opened(), event.person_id)).toEqual({
			eventId: "0197f0a0-0000-7000-8000-00000000000e",
			kind: "device:register",
			at: "2026-03-01T08:15:00.123Z",
			certificate: hex(await sha256(utf8("certificate"))),
			deviceId: "0197f0a0-0000-7000-8000-00000000000d",
		});
	});

	it("of somebody else, with a wrong salt or without an opening is not the person's", async () => {
		const other = event.person_id.replace("a", "b");
		for (const people of [opened({ personId: other }), opened({ salt: "AAAA" }), opened({ salt: "!" }), {}]) {
			expect(await readKeyEvent(canonical, people, event.person_id)).toBeNull();
		}
		expect(await readKeyEvent(canonical, opened({ personId: other }), other)).toBeNull();
	});

	it("of another kind, or that is none, is passed over", async () => {
		const changed = utf8(text(canonical).replace("device:register", "device:attach"));
		for (const wrong of [changed, utf8("null"), utf8("{"), fromHex("ff")]) {
			expect(await readKeyEvent(wrong, opened(), event.person_id)).toBeNull();
		}
	});
});
