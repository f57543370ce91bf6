/** Who is in a group, for sure: each leaf of the tree must be a device that a person certified whose identity key this
 *  browser knows. The server lists certificates but cannot make one that passes; a leaf it slips in stands alone.
 *
 *  A person's key is pinned when first seen. Another key of the same person is believed only when no valid device
 *  of the pinned one is left, as after a reset at the clinic, and it shows for good. */

import { fromBase64 } from "../crypto/bytes";
import { type CertifiedDevice, ChainExpired, ChainRefused, type ChainVerifier } from "../crypto/chain";
import { deviceTag, parseIdentity } from "../crypto/identity";
import type { Leaf } from "./mls";
import type { DeviceRecord, PinRecord } from "./records";

/** Why a leaf is nobody's. `ended`: its certificate expired or was revoked: to be removed, not to be feared. */
export type Doubt =
	| "doubled"
	| "no-identity"
	| "no-device"
	| "no-chain"
	| "other-key"
	| "two-identity-keys"
	| "ended";

export interface Certified {
	identity: string;
	device: CertifiedDevice;
}

export interface Verdict {
	certified: Certified[];
	unknown: { identity: string; doubt: Doubt }[];
	/** Identities of revoked or expired devices. */
	ended: string[];
	/** People whose identity key is not the one first seen, as found in this check. */
	changed: string[];
}

/** Where certificates and pins come from and go to. */
export interface RosterSources {
	/** `fresh`: ask the server again even if an answer is at hand. */
	devices(personIds: readonly string[], fresh: boolean): Promise<DeviceRecord[]>;
	pin(personId: string, domain: string): PinRecord | null;
	keepPin(pin: PinRecord): Promise<void>;
}

export class Roster {
	private readonly verdicts = new WeakMap<DeviceRecord, CertifiedDevice>();

	constructor(
		private readonly sources: RosterSources,
		private readonly verifier: Pick<ChainVerifier, "verify">,
		private readonly now: () => Date = () => new Date(),
	) {}

	/** Judge all leaves of a group. `fresh`: with the server's newest revocations. */
	async judge(leaves: readonly Leaf[], fresh = false): Promise<Verdict> {
		const verdict: Verdict = { certified: [], unknown: [], ended: [], changed: [] };
		const listed = new Listing(await this.listed(leaves, fresh));
		for (const leaf of leaves) {
			const found = await this.certify(leaf, listed, verdict.changed);
			if (typeof found !== "string") verdict.certified.push({ identity: leaf.identity, device: found });
			else if (found === "ended") verdict.ended.push(leaf.identity);
			else verdict.unknown.push({ identity: leaf.identity, doubt: found });
		}
		return verdict;
	}

	/** Whether a single leaf, such as a message's sender, is certified. */
	async certifies(leaf: Leaf): Promise<boolean> {
		const { certified, ended } = await this.judge([leaf]);
		return certified.length + ended.length === 1;
	}

	/** Whether a listed device is one now: certified under the pinned key, neither revoked nor expired. */
	async isValid(record: DeviceRecord): Promise<boolean> {
		const found = record.revokedAt ? null : await this.verified(record);
		if (!found || found.expired) return false;
		const { personId, domain, identityFingerprint } = found.device;
		const pin = this.sources.pin(personId, domain);
		return personId === record.personId && (!pin || pin.fingerprint === identityFingerprint);
	}

	private async listed(leaves: readonly Leaf[], fresh: boolean): Promise<DeviceRecord[]> {
		const people = new Set(leaves.map(({ identity }) => parseIdentity(identity)?.personId ?? ""));
		people.delete("");
		const known = await this.sources.devices([...people], fresh);
		if (fresh) return known;
		const listing = new Listing(known);
		const missing = new Set<string>();
		for (const { identity } of leaves) {
			const claim = parseIdentity(identity);
			if (claim && !listing.device(claim.personId, claim.deviceTag)) missing.add(claim.personId);
		}
		if (missing.size === 0) return known;
		const asked = await this.sources.devices([...missing], true);
		return [...known.filter(({ personId }) => !missing.has(personId)), ...asked];
	}

	private async certify(leaf: Leaf, listed: Listing, changed: string[]): Promise<CertifiedDevice | Doubt> {
		if (!leaf.thumbprint) return "doubled";
		const claim = parseIdentity(leaf.identity);
		if (!claim) return "no-identity";
		const record = listed.device(claim.personId, claim.deviceTag);
		if (!record) return "no-device";
		const found = await this.verified(record);
		if (!found) return "no-chain";
		const { device, expired } = found;
		const same =
			device.personId === claim.personId && device.domain === claim.domain && device.deviceId === record.id;
		if (!same) return "no-chain";
		if (device.thumbprint !== leaf.thumbprint) return "other-key";
		if (record.revokedAt || expired) return this.ended(device);
		return this.pinned(device, listed, changed);
	}

	private async verified(
		record: DeviceRecord,
	): Promise<{ device: CertifiedDevice; expired: boolean } | null> {
		const known = this.verdicts.get(record);
		if (known && known.notAfterMs > this.now().getTime()) return { device: known, expired: false };
		try {
			const device = await this.verifier.verify(record.chain.map(fromBase64));
			this.verdicts.set(record, device);
			return { device, expired: false };
		} catch (error) {
			if (error instanceof ChainExpired) return { device: error.device, expired: true };
			if (error instanceof ChainRefused) return null;
			throw error;
		}
	}

	/** A device whose time is over was real only under a key that this browser knows for its person. */
	private ended({ personId, domain, identityFingerprint }: CertifiedDevice): Doubt {
		const pin = this.sources.pin(personId, domain);
		const known = !pin || [pin.fingerprint, ...pin.earlier].includes(identityFingerprint);
		return known ? "ended" : "two-identity-keys";
	}

	private async pinned(
		device: CertifiedDevice,
		listed: Listing,
		changed: string[],
	): Promise<CertifiedDevice | Doubt> {
		const { personId, domain, identityFingerprint } = device;
		const pin = this.sources.pin(personId, domain);
		if (pin?.fingerprint === identityFingerprint) return device;
		if (pin && (await this.stillLives(pin, listed))) return "two-identity-keys";
		await this.sources.keepPin({
			personId,
			domain,
			fingerprint: identityFingerprint,
			seenAt: this.now().toISOString(),
			earlier: pin ? [...pin.earlier, pin.fingerprint] : [],
			...(pin?.verifiedAt || pin?.wasVerified ? { wasVerified: true } : {}),
		});
		if (pin) changed.push(personId);
		return device;
	}

	/** Whether a valid device under the pinned key is left. */
	private async stillLives(pin: PinRecord, listed: Listing): Promise<boolean> {
		for (const record of listed.of(pin.personId)) {
			if (record.revokedAt) continue;
			const found = await this.verified(record);
			if (found && !found.expired && found.device.identityFingerprint === pin.fingerprint) return true;
		}
		return false;
	}
}

/** The service's list, found by what a leaf says of itself. */
class Listing {
	private readonly people = new Map<string, DeviceRecord[]>();

	constructor(devices: readonly DeviceRecord[]) {
		for (const device of devices) this.people.set(device.personId, [...this.of(device.personId), device]);
	}

	of(personId: string): DeviceRecord[] {
		return this.people.get(personId) ?? [];
	}

	device(personId: string, tag: string): DeviceRecord | null {
		return this.of(personId).find(({ id }) => deviceTag(id) === tag) ?? null;
	}
}
