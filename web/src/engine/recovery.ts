/** The recovery kit of a person's identity key: made, tested and withdrawn where the key is; used in a new browser. */

import type { Bytes } from "../crypto/bytes";
import { identityKeyOf, publicKeyFingerprint } from "../crypto/pki";
import {
	CODE_BYTES,
	type KitOwner,
	kitCode,
	type OpenedKeys,
	openKit,
	sealKit,
	WrongCode,
} from "../crypto/recovery-kit";
import type { Me } from "./api";
import type { Backup } from "./backup";
import { backupKeyKept, keepBackupKey, newBackupKey } from "./backup-memory";
import type { Restored } from "./backup-restore";
import type { KeyApi } from "./key-api";
import { identityKeyKept, keepIdentityKey } from "./own-keys";
import type { Store } from "./store";

/** This browser has nothing to make a kit of. */
export class NoIdentityKey extends Error {}

/** The backup is under a key that this browser does not have: the kit that opens it must not be replaced by one that does
 *  not. */
export class BackupKeyElsewhere extends Error {}

export interface RecoveryPorts {
	api: Pick<KeyApi, "keepKit" | "withdrawKit" | "fetchKit">;
	me: Pick<Me, "personId" | "organisation" | "identityFingerprint">;
	store: Store;
	/** The history that the kit opens with the identity key. */
	backup?: Pick<Backup, "restore" | "view">;
}

export class Recovery {
	/** Fetched once: a mistyped code does not ask the service again. */
	private blob: Promise<Bytes> | null = null;

	constructor(private readonly ports: RecoveryPorts) {}

	async canMake(): Promise<boolean> {
		return (await this.identityKey()) !== null;
	}

	/** Make a kit, give it to the service, and return its code, which is nowhere else. Raises: NoIdentityKey,
	 *  BackupKeyElsewhere, Problem. */
	async make(): Promise<string[]> {
		const identityKey = await this.identityKey();
		if (!identityKey) throw new NoIdentityKey();
		await this.requireBackupKey();
		const secret = crypto.getRandomValues(new Uint8Array(CODE_BYTES));
		const nonce = crypto.getRandomValues(new Uint8Array(12));
		const backupKey = (await backupKeyKept(this.ports.store)) ?? newBackupKey();
		await this.ports.api.keepKit(await sealKit(secret, { identityKey, backupKey }, this.owner, nonce));
		await keepBackupKey(this.ports.store, backupKey);
		this.blob = null;
		return kitCode(secret);
	}

	/** Whether the code opens the kit that the service has. Raises: WrongCode, Problem, Unreachable. */
	async test(secret: Uint8Array): Promise<void> {
		await this.opened(secret);
	}

	withdraw(): Promise<void> {
		return this.ports.api.withdrawKit();
	}

	/** Bring the keys into this browser; it then certifies itself as a device. Raises: WrongCode, Problem. */
	async restore(secret: Uint8Array): Promise<void> {
		const { identityKey, backupKey } = await this.opened(secret);
		if (backupKey) await keepBackupKey(this.ports.store, backupKey);
		await keepIdentityKey(this.ports.store, await identityKeyOf(identityKey), identityKey);
	}

	/** After `restore`. Null: there is no backup, or the kit opens none. */
	async restoreHistory(progress: (done: number, total: number) => void): Promise<Restored | null> {
		return (await this.ports.backup?.restore(progress)) ?? null;
	}

	private async opened(secret: Uint8Array): Promise<OpenedKeys> {
		this.blob ??= this.ports.api.fetchKit();
		this.blob.catch(() => {
			this.blob = null;
		});
		const keys = await openKit(secret, await this.blob, this.owner);
		if (!(await this.isCurrent(keys.identityKey))) throw new WrongCode();
		return keys;
	}

	private async requireBackupKey(): Promise<void> {
		const view = await this.ports.backup?.view();
		if (view?.saved && !view.key) throw new BackupKeyElsewhere();
	}

	private async identityKey(): Promise<Bytes | null> {
		const kept = await identityKeyKept(this.ports.store);
		return kept && (await this.isCurrent(kept)) ? kept : null;
	}

	/** Of a key that was reset there is no use any more. */
	private async isCurrent(identityKey: Uint8Array): Promise<boolean> {
		const { publicKey } = await identityKeyOf(identityKey);
		return (await publicKeyFingerprint(publicKey)) === this.ports.me.identityFingerprint;
	}

	private get owner(): KitOwner {
		const { personId, organisation, identityFingerprint } = this.ports.me;
		return { personId, organisationId: organisation.id, fingerprint: identityFingerprint ?? "" };
	}
}
