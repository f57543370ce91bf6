/** What the service says, name by name as it stands on the wire, and how that becomes ours. */

import { fromBase64 } from "../crypto/bytes";
import type { ApprovalRequest, Entry, GroupListing, JoinRequest } from "./api";
import {
	caseOf,
	keptOf,
	recordedOf,
	retentionOf,
	type WireCase,
	type WireMark,
	type WireRecorded,
	type WireRetention,
} from "./case";
import { contactOf, type WireContact } from "./contact";
import type { DeviceRecord } from "./records";
import type { GroupKind } from "./types";

export interface WireMe {
	person_id: string;
	language: string;
	organisation: { id: string; name: string; domain: string };
	device_id: string | null;
	identity_key: { id: string; fingerprint: string } | null;
	new_devices: string;
	roles: string[];
	root_certificate: string;
}

export interface WireApproval {
	id: string;
	state: string;
	reason: string;
	expires_at: string;
}

export interface WireDevice {
	id: string;
	person_id: string;
	organisation_id: string;
	name: string;
	chain: string[];
	revoked_at: string | null;
}

export interface WireJoin {
	id: string;
	state: string;
	device_id: string;
	nonce: string;
	mls_key: string;
	agreement_key: string;
	device_key: string;
	expires_at: string;
	chain: string[];
	has_backup_key: boolean;
}

export interface WireClaims {
	claimed: { person_id: string; device_id: string; key_package: string }[];
	without_device: string[];
}

export interface WireHolder {
	person_id: string;
	name: string;
}

export interface WireGroup {
	id: string;
	kind: GroupKind;
	epoch: number;
	last_seq: number;
	members: {
		person_id: string;
		name: string;
		function: string;
		organisation: { id: string; name: string };
		owner: boolean;
		ended: boolean;
		deputy: string;
		left: boolean;
		is_patient?: boolean;
		receipts: { delivered: number; seen: number };
	}[];
	contact: WireContact | null;
	case?: WireCase | null;
	retention?: WireRetention;
	marks?: WireMark[];
	recorded?: WireRecorded[];
}

export interface WireEntry {
	seq: number;
	id: string;
	kind: Entry["kind"];
	epoch: number;
	sender_device: string;
	sender_person: string;
	body: string;
	at: string;
	expired?: boolean;
}

export interface WireWelcome {
	id: string;
	group_id: string;
	welcome: string;
	seq: number;
}

export function entryOf(entry: WireEntry): Entry {
	const { seq, id, kind, epoch, at } = entry;
	const body = fromBase64(entry.body);
	return {
		seq,
		id,
		kind,
		epoch,
		at,
		body,
		senderDevice: entry.sender_device,
		senderPerson: entry.sender_person,
		...(entry.expired === true ? { expired: true } : {}),
	};
}

export function deviceOf(device: WireDevice): DeviceRecord {
	return {
		id: device.id,
		personId: device.person_id,
		chain: device.chain,
		revokedAt: device.revoked_at,
	};
}

export function joinOf(join: WireJoin): JoinRequest {
	return {
		id: join.id,
		state: join.state,
		keys: {
			deviceId: join.device_id,
			nonce: fromBase64(join.nonce),
			mlsKey: fromBase64(join.mls_key),
			agreementKey: fromBase64(join.agreement_key),
			deviceKey: fromBase64(join.device_key),
		},
		expiresAt: join.expires_at,
		chain: join.chain.map(fromBase64),
		hasBackupKey: join.has_backup_key,
	};
}

export function approvalOf({ id, state, reason, expires_at }: WireApproval): ApprovalRequest {
	return { id, state, reason, expiresAt: expires_at };
}

export function groupOf({ id, kind, epoch, last_seq, members, contact, ...wire }: WireGroup): GroupListing {
	return {
		id,
		kind,
		epoch,
		lastSeq: last_seq,
		members: members.map(({ person_id, owner, ended, receipts }) => ({
			personId: person_id,
			owner,
			...receipts,
			...(ended ? { ended } : {}),
		})),
		people: members.map((member) => ({
			personId: member.person_id,
			name: member.name,
			function: member.function,
			organisation: { id: member.organisation.id, name: member.organisation.name },
			...(member.deputy ? { deputy: member.deputy } : {}),
			...(member.left ? { left: member.left } : {}),
			...(member.is_patient === true ? { isPatient: true } : {}),
		})),
		// A service of an earlier version says nothing of requests.
		contact: contactOf(contact ?? null),
		// Nor of cases and retention.
		case: caseOf(wire.case ?? null),
		retention: wire.retention ? retentionOf(wire.retention) : null,
		kept: keptOf(wire.marks ?? []),
		recorded: recordedOf(wire.recorded ?? []),
	};
}

export function fingerprintHex(encoded: string): string {
	return Array.from(fromBase64(encoded), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
