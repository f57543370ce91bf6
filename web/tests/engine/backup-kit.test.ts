import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Bytes } from "../../src/crypto/bytes";
import { newIdentityKey, publicKeyFingerprint } from "../../src/crypto/pki";
import { readKitCode } from "../../src/crypto/recovery-kit";
import { keepIdentityKey } from "../../src/engine/own-keys";
import { BackupKeyElsewhere, Recovery } from "../../src/engine/recovery";
import type { Store } from "../../src/engine/store";
import {
	backup,
	bare,
	begin,
	never,
	OWNER,
	restored,
	says,
	service,
	store,
	texts,
} from "../support/backup-scene";

beforeEach(begin);
afterEach(() => vi.unstubAllGlobals());

const keepKit = vi.fn(async (_: Uint8Array) => undefined);

/** Browsers of one person: all have the identity key. */
async function kits(): Promise<(at: Store) => Promise<Recovery>> {
	const { keys, pkcs8 } = await newIdentityKey();
	const me = {
		personId: OWNER.personId,
		organisation: { id: OWNER.organisationId },
		identityFingerprint: await publicKeyFingerprint(keys.publicKey),
	} as ConstructorParameters<typeof Recovery>[0]["me"];
	const fetchKit = async () => keepKit.mock.lastCall?.[0] as Bytes;
	return async (at) => {
		await keepIdentityKey(at, keys, pkcs8);
		const api = { keepKit, fetchKit, withdrawKit: async () => undefined };
		return new Recovery({ api, me, store: at, backup: backup(at) });
	};
}

describe("a new kit", () => {
	it("is not made where the backup's key is not: it would take the place of the one that opens it", async () => {
		const kit = await kits();
		await says(1, "eins");
		await (await kit(store)).make();
		await backup().turnOn(never);
		keepKit.mockClear();
		const elsewhere = await bare();
		await expect((await kit(elsewhere)).make()).rejects.toThrow(BackupKeyElsewhere);
		expect(keepKit).not.toHaveBeenCalled();
		await (await kit(store)).make();
		expect(keepKit).toHaveBeenCalledOnce();
	});

	it("is made elsewhere once the kit that is there was used there, and opens the same backup", async () => {
		const kit = await kits();
		await says(1, "eins");
		const secret = readKitCode((await (await kit(store)).make()).join("-")) as Bytes;
		await backup().turnOn(never);
		const elsewhere = await bare();
		await (await kit(elsewhere)).restore(secret);
		const second = readKitCode((await (await kit(elsewhere)).make()).join("-")) as Bytes;
		const third = await bare();
		await (await kit(third)).restore(second);
		expect(await texts((await restored(third)).here)).toEqual(["eins"]);
	});

	it("is made elsewhere once the backup is deleted, or where there never was one", async () => {
		const kit = await kits();
		await backup().turnOn(never);
		const elsewhere = await bare();
		await service.delete();
		await (await kit(elsewhere)).make();
		expect(keepKit).toHaveBeenCalled();
	});
});
