/** The history comes along with an approval: from the browser that approves to the one that asks, and no other way. */

import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { base64, fromBase64, hex } from "../../src/crypto/bytes";
import { newId } from "../../src/crypto/ids";
import { newSigningKey, publicKeyInfo } from "../../src/crypto/pki";
import { agreementPoint, newAgreementKey } from "../../src/crypto/wrapped-backup-key";
import {
	AGREEMENT,
	type ArrivalPorts,
	expectHistory,
	historyRead,
	takeHistory,
} from "../../src/engine/backup-arrival";
import { historyAtHand, wrappedKeyFor } from "../../src/engine/backup-handover";
import { backupKeyKept, keepBackupKey, newBackupKey, remembered } from "../../src/engine/backup-memory";
import type { Store } from "../../src/engine/store";
import { Problem, Unreachable } from "../../src/lib/http";
import { person, root } from "../support/authority";
import * as scene from "../support/backup-scene";

const JOIN = newId();
const FINGERPRINT = new Uint8Array(32).fill(7);
const PLACE = { ...scene.OWNER, joinId: JOIN, fingerprint: FINGERPRINT };

let identity: CryptoKeyPair;
/** Base64 DER: the device's, which is not looked at here, and the person's of `identity`. */
let chain: string[];
let there: Store;
/** What the service has for the new browser. */
let wrapped: Uint8Array | null;

beforeEach(async () => {
	await scene.begin();
	const alice = await person(await root(), scene.OWNER.personId, "a.example");
	identity = alice.keys;
	chain = ["", base64(alice.der)];
	await scene.says(1, "Kalium 6,1");
	await scene.says(2, "kontrolliert");
	await scene.backup().turnOn(scene.never);
	there = await scene.bare();
	scene.service.device = "second";
	wrapped = null;
});

afterEach(() => vi.unstubAllGlobals());

/** The new browser has asked, and was told of an approval. */
async function expects(offered = true): Promise<Uint8Array> {
	const pair = await newAgreementKey();
	await there.putKeyPair(AGREEMENT, pair);
	await there.write([expectHistory({ joinId: JOIN, fingerprint: base64(FINGERPRINT), offered })]);
	return agreementPoint(pair);
}

const handover = (save: () => Promise<unknown> = async () => undefined) => ({ ...scene.ports(), save });

async function handsOver(agreementKey: Uint8Array): Promise<void> {
	wrapped = await wrappedKeyFor(handover(), { place: PLACE, agreementKey, identity });
}

function ports(more: Partial<ArrivalPorts> = {}): ArrivalPorts {
	const takeBackupKey = async () => {
		const given = wrapped;
		wrapped = null;
		if (!given) throw new Problem(409, "no-backup-key", "");
		return fromBase64(base64(given));
	};
	return { api: { takeBackupKey }, backup: scene.ports(there), self: { chain }, log: scene.never, ...more };
}

const arrives = (more: Partial<ArrivalPorts> = {}) => takeHistory(ports(more), scene.never);

describe("an approved browser", () => {
	it("brings the history back with the key that came, and leaves the saving to the other one", async () => {
		await handsOver(await expects());
		const told: [number, number][] = [];
		const arrival = await takeHistory(ports(), (done, total) => told.push([done, total]));
		expect(arrival).toMatchObject({
			state: "restored",
			whole: true,
			saves: false,
			restored: { messages: 2 },
		});
		expect(told).toEqual([
			[0, 2],
			[2, 2],
		]);
		expect(await scene.texts(there)).toEqual(["Kalium 6,1", "kontrollie"]);
		expect(await backupKeyKept(there)).toEqual(await backupKeyKept(scene.store));
		expect(await remembered(there)).toMatchObject({ trouble: "other-writer", takeOver: false });
		await scene.backup(there).save(scene.never);
		expect(scene.service.writer).toBe("first");
	});

	it("is told nowhere to ask a member in: the other browser brings it into the conversations", async () => {
		await handsOver(await expects());
		await arrives();
		const all = await there.messages(scene.GROUP, null, 10);
		expect(all.map(({ event }) => event?.kind).filter(Boolean)).toEqual([]);
	});

	it("saves from now on where the one that saved is gone", async () => {
		await handsOver(await expects());
		scene.service.writerActive = false;
		expect(await arrives()).toMatchObject({ state: "restored", saves: true });
		await scene.backup(there).save(scene.never);
		expect(scene.service.writer).toBe("second");
	});

	it("says what is missing, and does not save over it", async () => {
		await handsOver(await expects());
		const [lost] = (await remembered(scene.store))?.slots.filter(({ table }) => table === "messages") ?? [];
		scene.service.pieces.delete(lost?.pieceId ?? "");
		scene.service.writerActive = false;
		const arrival = await arrives();
		expect(arrival).toMatchObject({ state: "restored", whole: false, saves: false });
		expect(arrival?.state === "restored" && arrival.restored.missing).toHaveLength(1);
		expect(await remembered(there)).toMatchObject({ trouble: "incomplete" });
	});

	it("forgets the key pair of the request, and tells until it was read", async () => {
		await handsOver(await expects());
		await arrives();
		expect(await there.keyPair(AGREEMENT)).toBeNull();
		expect(await arrives()).toMatchObject({ state: "restored" });
		await historyRead(there);
		expect(await arrives()).toBeNull();
	});

	it("that never asked is not told anything", async () => {
		expect(await arrives()).toBeNull();
	});

	it("goes on with the key when the messages could not be fetched at first", async () => {
		await handsOver(await expects());
		const away = { ...scene.ports(there), groups: { groups: () => Promise.reject(new Unreachable("away")) } };
		expect(await arrives({ backup: away })).toEqual({ state: "later" });
		expect(wrapped).toBeNull();
		expect(await backupKeyKept(there)).toBeNull();
		expect(await arrives()).toMatchObject({ state: "restored", restored: { messages: 2 } });
	});

	it("asks again when the key could not be fetched", async () => {
		await handsOver(await expects());
		const takeBackupKey = () => Promise.reject(new Unreachable("away"));
		expect(await arrives({ api: { takeBackupKey } })).toEqual({ state: "later" });
		expect(await arrives()).toMatchObject({ state: "restored" });
	});
});

describe("no history comes, and it is said", () => {
	const nothing = async () => {
		expect(await scene.texts(there)).toEqual([]);
		expect(await backupKeyKept(there)).toBeNull();
		expect(await there.keyPair(AGREEMENT)).toBeNull();
	};

	it("where the service drops the key, or says that none came", async () => {
		await expects();
		expect(await arrives()).toEqual({ state: "none" });
		await nothing();
		await handsOver(await expects(false));
		expect(await arrives()).toEqual({ state: "none" });
		await nothing();
	});

	it("where there is no backup", async () => {
		await expects(false);
		await scene.service.delete();
		expect(await arrives()).toEqual({ state: "off" });
		await nothing();
	});

	it("where the backup was deleted meanwhile", async () => {
		await handsOver(await expects());
		await scene.service.delete();
		expect(await arrives()).toEqual({ state: "off" });
		await nothing();
	});

	it("where the key was changed on the way", async () => {
		await handsOver(await expects());
		wrapped = (wrapped ?? new Uint8Array()).map((byte, at) => (at === 80 ? byte ^ 1 : byte));
		expect(await arrives()).toEqual({ state: "refused" });
		await nothing();
	});

	it("where it was sealed to another browser, or for an earlier request", async () => {
		await expects();
		await handsOver(await agreementPoint(await newAgreementKey()));
		expect(await arrives()).toEqual({ state: "refused" });
		await nothing();
		const agreementKey = await expects();
		const place = { ...PLACE, joinId: newId() };
		wrapped = await wrappedKeyFor(handover(), { place, agreementKey, identity });
		expect(await arrives()).toEqual({ state: "refused" });
		await nothing();
	});

	it("where the service makes up a key and a backup of its own", async () => {
		const agreementKey = await expects();
		const mallory = await newSigningKey();
		wrapped = await wrappedKeyFor(handover(), { place: PLACE, agreementKey, identity: mallory });
		expect(await arrives()).toEqual({ state: "refused" });
		await nothing();
	});

	it("where the key does not open the backup that is there", async () => {
		await handsOver(await expects());
		if (scene.service.kept) scene.service.kept.keyName = base64(new Uint8Array(16));
		expect(await arrives()).toEqual({ state: "other-key" });
		await nothing();
	});

	it("where the list of the backup was changed", async () => {
		await handsOver(await expects());
		const { kept } = scene.service;
		if (kept) kept.manifest = kept.manifest.map((byte, at) => (at === 40 ? byte ^ 1 : byte));
		expect(await arrives()).toEqual({ state: "broken" });
		await nothing();
	});
});

describe("the browser that approves", () => {
	it("has the history at hand where its key is that of the backup", async () => {
		expect(await historyAtHand(scene.ports())).toBe("ready");
		expect(await historyAtHand(scene.ports(there))).toBe("elsewhere");
		await keepBackupKey(there, newBackupKey());
		expect(await historyAtHand(scene.ports(there))).toBe("elsewhere");
		await scene.service.delete();
		expect(await historyAtHand(scene.ports())).toBe("off");
	});

	it("saves before it hands the key over, and hands none over that it does not have", async () => {
		const agreementKey = await expects();
		const save = vi.fn(async () => undefined);
		const to = { place: PLACE, agreementKey, identity };
		expect((await wrappedKeyFor(handover(save), to))?.length).toBe(189);
		expect(save).toHaveBeenCalledOnce();
		expect(await wrappedKeyFor({ ...scene.ports(there), save }, to)).toBeNull();
		await scene.service.delete();
		expect(await wrappedKeyFor(handover(save), to)).toBeNull();
		expect(save).toHaveBeenCalledOnce();
	});

	it("sends nothing in which the key can be read", async () => {
		await handsOver(await expects());
		const key = (await backupKeyKept(scene.store)) ?? new Uint8Array();
		expect(hex(wrapped ?? new Uint8Array())).not.toContain(hex(key));
		expect(hex(await publicKeyInfo(identity.publicKey))).not.toContain(hex(key));
	});
});
