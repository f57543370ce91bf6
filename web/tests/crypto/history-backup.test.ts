import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromHex, hex } from "../../src/crypto/bytes";
import {
	type BackupOwner,
	backupKeyName,
	backupKeyOf,
	openPiece,
	PieceBroken,
	sealPiece,
} from "../../src/crypto/history-backup";

interface Vector extends BackupOwner {
	name: string;
	backupId: string;
	pieceId: string | null;
	generation: number;
	backupKey: string;
	keyName: string;
	content: unknown;
	piece: string;
}

const file = new URL("../vectors/history-backup.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vector[];
const [manifest, short] = vectors as [Vector, Vector];

const keyOf = (vector: Vector) => backupKeyOf(fromHex(vector.backupKey), vector, vector.backupId);
const open = async (vector: Vector) => openPiece(await keyOf(vector), vector, fromHex(vector.piece));

describe("a piece of a history backup", () => {
	it.each(vectors)("is sealed and opened as another implementation does: $name", async (vector) => {
		expect(await open(vector)).toEqual(vector.content);
		const nonce = fromHex(vector.piece).slice(0, 12);
		expect(hex(await sealPiece(await keyOf(vector), vector, vector.content, nonce))).toBe(vector.piece);
		expect(hex(await backupKeyName(fromHex(vector.backupKey), vector))).toBe(vector.keyName);
	});

	it("tells by its size only how many blocks of 4,096 bytes it has", () => {
		const sizes = vectors.map(({ piece }) => piece.length / 2 - 12 - 16);
		expect(sizes).toEqual([4096, 4096, 4096, 8192]);
	});

	it("is never sealed twice alike", async () => {
		const key = await keyOf(short);
		const [one, other] = [await sealPiece(key, short, []), await sealPiece(key, short, [])];
		expect(hex(one)).not.toBe(hex(other));
	});

	it.each([
		["another key", { backupKey: manifest.backupKey }],
		["another person", { personId: manifest.personId }],
		["another organisation", { organisationId: manifest.organisationId }],
		["another backup", { backupId: manifest.backupId }],
		["another piece's number", { pieceId: manifest.backupId }],
		["the manifest's place", { pieceId: null }],
		["an earlier generation", { generation: short.generation - 1 }],
		["a changed byte", { piece: short.piece.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")) }],
		["a cut end", { piece: short.piece.slice(0, -2) }],
		["nothing", { piece: "" }],
	])("is not opened with %s", async (_, change) => {
		await expect(open({ ...short, ...change })).rejects.toThrow(PieceBroken);
	});
});
