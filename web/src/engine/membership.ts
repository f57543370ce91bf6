/** Making groups, adding and removing people, joining by Welcomes, and keeping the server's list of members at hand. */

import { parseIdentity } from "../crypto/identity";
import { newId } from "../crypto/ids";
import { keyPackageOwner } from "../crypto/keypackage";
import { ed25519Thumbprint } from "../crypto/thumbprint";
import type { Claimed, GroupListing, WelcomeListing } from "./api";
import type { Committer } from "./commits";
import { isClosed } from "./contact";
import type { Context } from "./context";
import { forgetExpired } from "./expiry";
import { Failure } from "./failure";
import { newGroup } from "./groups";
import type { Guard } from "./guard";
import { WelcomeRefused } from "./mls";
import { eventNote } from "./notes";
import { passagesAfter } from "./receipt-times";
import type { GroupRecord } from "./records";
import type { Streams } from "./streams";
import type { GroupKind, NewConversation } from "./types";

/** A device with the identity that its leaves carry. */
export interface OwnDevice {
	id: string;
	identity: string;
}

export class Membership {
	constructor(
		private readonly context: Context,
		private readonly guard: Guard,
		private readonly committer: Committer,
		private readonly streams: Pick<Streams, "fill">,
	) {}

	/** Make a group and bring people in. An existing direct conversation with the same person is taken up again.
	 *
	 *  Raises: Failure `no-device` when one of them has no device yet, `unknown-leaf` for a forged key package. */
	async create({ kind, personIds, patientId }: NewConversation): Promise<string> {
		const existing = kind === "direct" ? this.directWith(personIds) : null;
		if (existing) return existing;
		const keyPackages = await this.claim([...personIds, this.context.self.personId], []);
		const id = newId();
		await this.start(id, kind, patientId ?? null);
		try {
			await this.addKeyPackages(id, keyPackages);
		} catch (error) {
			await this.abandon(id);
			throw error;
		}
		await this.refresh();
		return id;
	}

	async add(groupId: string, personIds: readonly string[]): Promise<void> {
		this.context.groups.writable(groupId);
		const present = await this.context.engine.identities(groupId);
		await this.addKeyPackages(groupId, await this.claim(personIds, present));
		await this.refresh();
	}

	/** Bring in devices of the own person. Returns false while one of them has no key package to claim. */
	async addDevices(groupId: string, devices: readonly OwnDevice[]): Promise<boolean> {
		const { api, self } = this.context;
		const ids = devices.map(({ id }) => id);
		const { claimed } = await api.claim([self.personId], ids);
		const offered: { identity: string; keyPackage: Uint8Array }[] = [];
		for (const one of claimed) {
			offered.push({ identity: await this.verifiedIdentity(one), keyPackage: one.keyPackage });
		}
		let complete = true;
		await this.committer.run(groupId, async () => {
			await this.guard.demandTrust(groupId);
			const present = await this.context.engine.identities(groupId);
			const lacking = devices.flatMap(({ identity }) => (present.includes(identity) ? [] : [identity]));
			const fitting = offered.filter(({ identity }) => lacking.includes(identity));
			complete = fitting.length === lacking.length;
			if (fitting.length === 0) return null;
			const keyPackages = fitting.map(({ keyPackage }) => keyPackage);
			return (send) => this.context.engine.add(groupId, keyPackages, send);
		});
		return complete;
	}

	/** Remove all leaves that say they are this person's, certified or not. */
	async remove(groupId: string, personId: string): Promise<void> {
		await this.removeWhere(groupId, (identity) => parseIdentity(identity)?.personId === personId);
		await this.refresh();
	}

	async removeLeaves(groupId: string, identities: readonly string[]): Promise<void> {
		await this.removeWhere(groupId, (identity) => identities.includes(identity));
	}

	/** Fetch what the server says about all groups: members, owners, receipts, names. */
	async refresh(): Promise<GroupListing[]> {
		const listings = await this.context.api.groups();
		for (const listing of listings) await this.keep(listing);
		for (const { id, members } of listings) {
			if (members.some(({ ended }) => ended)) this.clearOut(id);
		}
		return listings;
	}

	/** Keep what the server says of one group, if this device is in it. That a patient reads along is never taken back. */
	async keep({
		id,
		kind: told,
		members,
		people,
		contact,
		case: about,
		retention,
		kept,
		recorded,
	}: GroupListing): Promise<void> {
		const { groups } = this.context;
		await groups.learn(people);
		const known = groups.find(id);
		if (!known) return;
		const { kept: marked, recorded: filed } = known;
		const kind = told === "patient" ? told : known.kind;
		const before = [
			known.kind,
			known.members,
			known.contact ?? null,
			known.case ?? null,
			known.retention,
			marked,
			filed,
		];
		const news = { kind, members, contact, case: about, retention, kept, recorded };
		if (JSON.stringify(before) === JSON.stringify(Object.values(news))) return;
		const passages = passagesAfter(known, members, this.context.now());
		await groups.update(id, { ...news, passages });
		// Not awaited: whoever keeps news may be in the group's lane, where this has to wait.
		void this.context.lanes
			.run(id, () => forgetExpired(this.context, id))
			.catch((error) => this.context.log("what has expired was not deleted", error));
	}

	/** Somebody's access has ended: judge the leaves by the newest revocations, and those that ended are removed. */
	private clearOut(groupId: string): void {
		const { groups, lanes, log } = this.context;
		if (!groups.follows(groupId)) return;
		void lanes
			.run(groupId, () => this.guard.check(groupId, true))
			.catch((error) => log("not judged after an end of access", error));
	}

	/** Join every group that somebody added this device to. Returns the groups' ids. */
	async joinWaiting(): Promise<string[]> {
		const welcomes = await this.context.api.welcomes();
		if (welcomes.length === 0) return [];
		const listings = await this.refresh();
		const joined: string[] = [];
		for (const welcome of welcomes) {
			const listing = listings.find(({ id }) => id === welcome.groupId);
			const joins = await this.context.lanes.run(welcome.groupId, () => this.join(welcome, listing));
			if (joins) joined.push(welcome.groupId);
			await this.context.api.dropWelcome(welcome.id);
		}
		return joined;
	}

	private directWith([personId, ...more]: readonly string[]): string | null {
		if (!personId || more.length > 0) return null;
		const found = this.context.groups
			.all()
			.find(
				({ id, kind, members, contact }) =>
					kind === "direct" &&
					!isClosed(contact) &&
					this.context.groups.follows(id) &&
					members.some((member) => member.personId === personId),
			);
		return found?.id ?? null;
	}

	private async start(id: string, kind: GroupKind, patientId: string | null): Promise<void> {
		const { api, engine, groups, self, now } = this.context;
		await engine.create(id);
		await api.createGroup(id, kind, patientId);
		const me = { personId: self.personId, owner: true, delivered: 0, seen: 0 };
		await groups.put(newGroup({ id, kind, cursor: 0, members: [me] }, now()));
	}

	/** A group that nobody could be added to is of no use. */
	private async abandon(id: string): Promise<void> {
		await this.context.engine.forget(id);
		await this.context.groups.drop(id);
	}

	/** One verified key package per device that is not in the group yet. Oneself may have no other device. */
	private async claim(personIds: readonly string[], present: readonly string[]): Promise<Uint8Array[]> {
		if (personIds.length === 0) return [];
		const { api, self } = this.context;
		const { claimed, withoutDevice: unreached } = await api.claim(personIds);
		const withoutDevice = unreached.filter((id) => id !== self.personId);
		if (withoutDevice.length > 0) {
			const names = withoutDevice.map((id) => this.context.groups.person(id).name);
			throw new Failure("no-device", names.join(", "));
		}
		const fitting: Uint8Array[] = [];
		for (const one of claimed) {
			// Somebody real, but not whom the person chose.
			if (!personIds.includes(one.personId)) throw new Failure("unknown-leaf", one.personId);
			const identity = await this.verifiedIdentity(one);
			if (!present.includes(identity)) fitting.push(one.keyPackage);
		}
		return fitting;
	}

	/** The key package is of a device that its person certified, before anybody adds it. */
	private async verifiedIdentity({ personId, keyPackage }: Claimed): Promise<string> {
		const { identity, signatureKey } = keyPackageOwner(keyPackage);
		const leaf = { identity, thumbprint: await ed25519Thumbprint(signatureKey) };
		const { certified } = await this.context.roster.judge([leaf]);
		if (parseIdentity(identity)?.personId !== personId || certified.length !== 1) {
			throw new Failure("unknown-leaf", identity);
		}
		return identity;
	}

	private async addKeyPackages(groupId: string, keyPackages: Uint8Array[]): Promise<void> {
		if (keyPackages.length === 0) return;
		const { engine } = this.context;
		await this.committer.run(groupId, async () => {
			await this.guard.demandTrust(groupId);
			return (send) => engine.add(groupId, keyPackages, send);
		});
	}

	private async removeWhere(groupId: string, chosen: (identity: string) => boolean): Promise<void> {
		const { engine } = this.context;
		await this.committer.run(groupId, async () => {
			const identities = (await engine.identities(groupId)).filter(chosen);
			return identities.length > 0 ? (send) => engine.remove(groupId, identities, send) : null;
		});
	}

	/** Returns false when this device is in already, or the Welcome is for a key package it no longer has. */
	private async join(
		{ groupId, welcome, seq }: WelcomeListing,
		listing: GroupListing | undefined,
	): Promise<boolean> {
		const { engine, groups, log } = this.context;
		// What came before the removal that this Welcome undoes is still readable now.
		if (groups.follows(groupId)) await this.streams.fill(groupId);
		const known = groups.find(groupId);
		if (known && known.cursor >= seq && groups.follows(groupId)) return false;
		// What was judged was another group, even if this one comes with the same name in the same epoch.
		this.guard.forget(groupId);
		if (known) await engine.forget(groupId);
		try {
			const joined = await engine.join(welcome);
			if (joined !== groupId) {
				await engine.forget(joined);
				return false;
			}
		} catch (error) {
			// After a crash between joining and keeping the record, the group is there and the key package spent.
			if (!(error instanceof WelcomeRefused) || !(await engine.exists(groupId))) {
				log("could not join", error);
				return false;
			}
		}
		await this.keepJoined(groupId, seq, listing, known);
		return true;
	}

	private async keepJoined(
		groupId: string,
		seq: number,
		listing: GroupListing | undefined,
		known: GroupRecord | null,
	): Promise<void> {
		const { groups, now, self } = this.context;
		const { kind: told = "team", members = [], contact = null } = listing ?? {};
		const kind = known?.kind === "patient" ? known.kind : told;
		const fresh = newGroup({ id: groupId, kind, members, contact, cursor: seq }, now());
		const group = known
			? { ...fresh, title: known.title, joinedAt: known.joinedAt, keys: known.keys }
			: fresh;
		const place = {
			conversationId: groupId,
			seq,
			at: now().toISOString(),
			personId: self.personId,
		};
		const note = eventNote(this.context, place, "joined", [self.personId]);
		await groups.put(group, [{ table: "messages", key: note.id, value: note }]);
		this.context.tell(groupId, [note]);
	}
}
