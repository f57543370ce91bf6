/** The Delivery Service in small: claims, commits with compare-and-set, streams, Welcomes. Who is added and removed
 *  is read from the commit itself by ts-mls, an implementation of MLS that the browser's engine does not share. */

import { decodeMlsMessage, type Proposal } from "ts-mls";
import { fromBase64, text } from "../../src/crypto/bytes";
import { deviceTag, parseIdentity } from "../../src/crypto/identity";
import { newId } from "../../src/crypto/ids";
import type { Device, Entry, Group, Session, World } from "./world";

export class Refusal extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		readonly extra: Record<string, unknown> = {},
	) {
		super(code);
	}
}

export interface ClaimBody {
	person_ids: string[];
	device_ids: string[] | null;
}

export interface News {
	entries(group: Group, entry: Entry): void;
	welcome(deviceId: string): void;
	groups(personIds: string[]): void;
	receipts(group: Group, personId: string): void;
}

export class Delivery {
	/** Let a device that holds a leaf come back by an external commit. */
	allowsExternal = false;

	constructor(
		private readonly world: World,
		private readonly news: News,
	) {}

	claim(session: Session, { person_ids: personIds, device_ids: only }: ClaimBody): unknown {
		const devices = personIds.flatMap((id) =>
			this.world.devicesOf(id).filter((device) => {
				return !device.revokedAt && device.id !== session.deviceId && (only?.includes(device.id) ?? true);
			}),
		);
		const claimed = devices.flatMap((device) => {
			const keyPackage = device.keyPackages.shift();
			return keyPackage
				? [{ person_id: device.person.id, device_id: device.id, key_package: keyPackage }]
				: [];
		});
		const without = personIds.filter((id) => !claimed.some(({ person_id }) => person_id === id));
		return { claimed: this.world.hooks.claimed?.(claimed) ?? claimed, without_device: without };
	}

	create(session: Session, { id, kind }: { id: string; kind: string }): unknown {
		const deviceId = demandDevice(session);
		if (!this.world.groups.has(id)) {
			const receipts = new Map();
			const joined = new Map([[deviceId, 0]]);
			this.world.groups.set(id, { id, kind, epoch: 0, entries: [], leaves: [deviceId], joined, receipts });
		}
		return this.view(session, this.world.group(id));
	}

	commit(session: Session, group: Group, request: CommitBody): { seq: number; epoch: number } {
		const deviceId = demandDevice(session);
		const known = group.entries.find(({ id }) => id === request.id);
		if (known?.body === request.commit) return { seq: known.seq, epoch: known.epoch + 1 };
		if (request.epoch !== group.epoch) throw new Refusal(409, "stale-epoch", { epoch: group.epoch });
		const { proposals, external } = parseCommit(request.commit);
		if (external && !this.allowsExternal) throw new Refusal(400, "envelope-refused", { reason: "sender" });
		if (!group.leaves.includes(deviceId)) throw new Refusal(404, "not-found");
		if (this.keepsRevoked(group, proposals)) {
			throw new Refusal(400, "commit-refused", { reason: "revoked-leaf-stays" });
		}
		const before = this.people(group);
		group.epoch += 1;
		const entry = this.append(session, group, "commit", { ...request, body: request.commit });
		this.apply(group, proposals, request.welcome, entry);
		if (external) group.leaves[group.leaves.indexOf(null)] = deviceId;
		this.news.groups([...new Set([...before, ...this.people(group)])]);
		return { seq: entry.seq, epoch: group.epoch };
	}

	send(session: Session, group: Group, request: MessageBody): { seq: number; at: string } {
		const deviceId = demandDevice(session);
		const known = group.entries.find(({ id }) => id === request.id);
		if (known && known.body !== request.body) throw new Refusal(409, "id-reused");
		if (known) return { seq: known.seq, at: known.at };
		if (!group.leaves.includes(deviceId)) throw new Refusal(404, "not-found");
		if (request.epoch !== group.epoch) throw new Refusal(409, "stale-epoch", { epoch: group.epoch });
		const entry = this.append(session, group, "application", request);
		return { seq: entry.seq, at: entry.at };
	}

	/** Put a commit or message into a stream that no session sent: for attacks. */
	inject(group: Group, deviceId: string, kind: Entry["kind"], body: string, epoch = group.epoch): Entry {
		const device = this.world.devices.get(deviceId);
		const personId = device?.person.id ?? newId();
		const entry = makeEntry(group, kind, { id: newId(), epoch, body }, deviceId, personId);
		if (kind === "commit") group.epoch += 1;
		this.news.entries(group, entry);
		return entry;
	}

	/** Hand a device a Welcome that nobody sent: for attacks. */
	welcome(group: Group, deviceId: string, welcome: string, seq: number, epoch: number): void {
		this.world.welcomes.push({ id: newId(), deviceId, group_id: group.id, welcome, seq, epoch });
		this.news.welcome(deviceId);
	}

	entries(session: Session, group: Group, since: number): unknown {
		const joined = group.joined.get(demandDevice(session));
		if (joined === undefined) throw new Refusal(404, "not-found");
		const entries = group.entries.filter(({ seq }) => seq > since && seq > joined).slice(0, 1000);
		return { entries, last_seq: group.entries.length };
	}

	views(session: Session): unknown {
		const mine = [...this.world.groups.values()].filter((group) =>
			this.people(group).includes(session.person.id),
		);
		return { groups: mine.map((group) => this.view(session, group)) };
	}

	receipt(session: Session, group: Group, told: { delivered: number; seen: number }): void {
		group.receipts.set(session.person.id, { delivered: told.delivered, seen: told.seen });
		this.news.receipts(group, session.person.id);
	}

	people(group: Group): string[] {
		const ids = group.leaves.flatMap((leaf) => (leaf ? (this.world.devices.get(leaf)?.person.id ?? []) : []));
		return [...new Set(ids)];
	}

	private view(session: Session, group: Group): unknown {
		const members = this.people(group).map((id) => {
			const person = [...this.world.people.values()].find((one) => one.id === id);
			return {
				person_id: id,
				name: person?.name,
				function: "Ärztin",
				organisation: person?.organisation,
				owner: true,
				receipts: group.receipts.get(id) ?? { delivered: 0, seen: 0 },
			};
		});
		const first = (group.joined.get(session.deviceId ?? "") ?? 0) + 1;
		const { id, kind, epoch } = group;
		return { id, kind, epoch, members, last_seq: group.entries.length, first_seq: first, created_at: "" };
	}

	/** Whether a commit leaves the leaf of a revoked device in the group. */
	private keepsRevoked(group: Group, proposals: Proposal[]): boolean {
		const removed = proposals.flatMap((one) => (one.proposalType === "remove" ? [one.remove.removed] : []));
		return group.leaves.some(
			(leaf, index) => leaf && !removed.includes(index) && this.world.devices.get(leaf)?.revokedAt,
		);
	}

	private append(session: Session, group: Group, kind: Entry["kind"], request: MessageBody): Entry {
		const entry = makeEntry(group, kind, request, session.deviceId ?? "", session.person.id);
		this.news.entries(group, entry);
		return entry;
	}

	private apply(group: Group, proposals: Proposal[], welcome: string | null, entry: Entry): void {
		for (const proposal of proposals) {
			if (proposal.proposalType === "remove") group.leaves[proposal.remove.removed] = null;
		}
		for (const proposal of proposals) {
			if (proposal.proposalType !== "add") continue;
			const { credential } = proposal.add.keyPackage.leafNode;
			const identity = credential.credentialType === "basic" ? text(credential.identity) : "";
			const device = this.deviceOf(identity);
			const free = group.leaves.indexOf(null);
			if (free < 0) group.leaves.push(device.id);
			else group.leaves[free] = device.id;
			group.joined.set(device.id, entry.seq);
			const { seq, epoch } = entry;
			const delivery = {
				id: newId(),
				deviceId: device.id,
				group_id: group.id,
				welcome: welcome ?? "",
				seq,
				epoch,
			};
			this.world.welcomes.push(delivery);
			this.news.welcome(device.id);
		}
	}

	private deviceOf(identity: string): Device {
		const claim = parseIdentity(identity);
		const found = [...this.world.devices.values()].find(
			(device) => device.person.id === claim?.personId && deviceTag(device.id) === claim.deviceTag,
		);
		if (!found) throw new Refusal(400, "commit-refused", { reason: "no-such-device" });
		return found;
	}
}

export interface CommitBody {
	id: string;
	epoch: number;
	commit: string;
	welcome: string | null;
}

export interface MessageBody {
	id: string;
	epoch: number;
	body: string;
}

export function demandDevice(session: Session): string {
	if (!session.deviceId) throw new Refusal(409, "device-needed");
	return session.deviceId;
}

function makeEntry(
	group: Group,
	kind: Entry["kind"],
	{ id, epoch, body }: MessageBody,
	deviceId: string,
	personId: string,
): Entry {
	const entry: Entry = {
		seq: group.entries.length + 1,
		id,
		kind,
		epoch,
		sender_device: deviceId,
		sender_person: personId,
		body,
		at: new Date().toISOString(),
	};
	group.entries.push(entry);
	return entry;
}

function parseCommit(commit: string): { proposals: Proposal[]; external: boolean } {
	const [message] = decodeMlsMessage(fromBase64(commit), 0) ?? [];
	if (message?.wireformat !== "mls_public_message") throw new Refusal(400, "envelope-refused");
	const { content } = message.publicMessage;
	if (content.contentType !== "commit") throw new Refusal(400, "envelope-refused");
	const proposals = content.commit.proposals.flatMap((one) =>
		one.proposalOrRefType === "proposal" ? [one.proposal] : [],
	);
	return { proposals, external: content.sender.senderType !== "member" };
}
