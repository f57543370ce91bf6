/** The service's API as the messenger uses it: one method per request, wire names turned into ours. */

import { type Bytes, base64, fromBase64 } from "../crypto/bytes";
import type { ApprovalKeys } from "../crypto/device-approval";
import type { JoinKeys } from "../crypto/join";
import type { Http } from "../lib/http";
import { casePageOf, type WireCasePage } from "./case";
import type { CaseAct, CaseInfo, CasePage, Kept, Recorded, Retention } from "./case-types";
import type { ContactRecord } from "./contact";
import type { DeviceRecord, MemberRecord, PersonRecord } from "./records";
import type { ContactAnswer, ContactRole, GroupKind } from "./types";
import { UrgentApi } from "./urgent-api";
import {
	approvalOf,
	deviceOf,
	entryOf,
	fingerprintHex,
	groupOf,
	joinOf,
	type WireApproval,
	type WireClaims,
	type WireDevice,
	type WireEntry,
	type WireGroup,
	type WireHolder,
	type WireJoin,
	type WireMe,
	type WireWelcome,
} from "./wire";

/** The service reads the files again, up to 200 MB. */
const EXPORT_WITHIN_MS = 60_000;

export interface Me {
	personId: string;
	language: string;
	organisation: { id: string; name: string; domain: string };
	deviceId: string | null;
	/** SHA-256 of the current identity key, hex. */
	identityFingerprint: string | null;
	/** Whether the organisation's administrators approve each new device, too. */
	administratorApproves: boolean;
	/** A patient reaches fewer doors than staff. */
	isPatient: boolean;
	root: Bytes;
}

export interface Entry {
	seq: number;
	id: string;
	kind: "application" | "commit" | "proposal";
	epoch: number;
	senderDevice: string;
	senderPerson: string;
	body: Bytes;
	at: string;
	/** A message whose time is over: there is no body to decrypt. */
	expired?: boolean;
}

/** The service has a message: its place in the stream, and when it took it. */
export interface Taken {
	seq: number;
	at: string;
}

export interface GroupListing {
	id: string;
	kind: GroupKind;
	epoch: number;
	lastSeq: number;
	members: MemberRecord[];
	people: PersonRecord[];
	contact: ContactRecord | null;
	case: CaseInfo | null;
	retention: Retention | null;
	kept: Kept[];
	recorded: Recorded[];
}

export interface Claimed {
	personId: string;
	deviceId: string;
	keyPackage: Bytes;
}

export interface WelcomeListing {
	id: string;
	groupId: string;
	welcome: Bytes;
	seq: number;
}

/** A browser that asks to become a device. `state`: waiting, approved, refused, withdrawn or expired. */
export interface JoinRequest {
	id: string;
	state: string;
	keys: JoinKeys;
	expiresAt: string;
	/** Once approved: DER, device first. */
	chain: Bytes[];
	/** The key of the history backup came along. */
	hasBackupKey: boolean;
}

/** `state`: waiting, approved, refused, used, withdrawn, expired, or unneeded: nobody has to be asked any more. */
export interface ApprovalRequest {
	id: string;
	state: string;
	/** Why it was refused. */
	reason: string;
	expiresAt: string;
}

export interface CommitRequest {
	id: string;
	epoch: number;
	commit: Uint8Array;
	welcome: Uint8Array | null;
}

export const V1 = "/api/v1";

export class Api {
	readonly urgent: UrgentApi;

	constructor(protected readonly http: Http) {
		this.urgent = new UrgentApi(http);
	}

	async me(): Promise<Me> {
		const me = await this.http.get<WireMe>(`${V1}/me`);
		return {
			personId: me.person_id,
			language: me.language,
			organisation: me.organisation,
			deviceId: me.device_id,
			identityFingerprint: me.identity_key ? fingerprintHex(me.identity_key.fingerprint) : null,
			administratorApproves: me.new_devices === "administrator",
			isPatient: me.roles.includes("patient"),
			root: fromBase64(me.root_certificate),
		};
	}

	/** Returns the person's certificate and those above it, DER. */
	async certifyIdentity(request: Uint8Array): Promise<Bytes[]> {
		const made = await this.http.post<{ chain: string[] }>(`${V1}/identity-keys`, { csr: base64(request) });
		return made.chain.map(fromBase64);
	}

	/** Returns the device's certificate and those above it, DER. */
	async registerDevice(id: string, name: string, certificate: Uint8Array): Promise<Bytes[]> {
		const body = { id, name, certificate: base64(certificate) };
		return (await this.http.post<{ chain: string[] }>(`${V1}/devices`, body)).chain.map(fromBase64);
	}

	async challenge(deviceId: string): Promise<Bytes> {
		const { nonce } = await this.http.post<{ nonce: string }>(`${V1}/devices/${deviceId}/challenge`);
		return fromBase64(nonce);
	}

	async attach(deviceId: string, signature: Uint8Array): Promise<void> {
		await this.http.post(`${V1}/devices/${deviceId}/attach`, { signature: base64(signature) });
	}

	async devices(personIds: readonly string[]): Promise<DeviceRecord[]> {
		const found: DeviceRecord[] = [];
		for (let at = 0; at < personIds.length; at += 50) {
			const query = personIds.slice(at, at + 50).map((id) => `person=${id}`);
			const { devices } = await this.http.get<{ devices: WireDevice[] }>(`${V1}/devices?${query.join("&")}`);
			found.push(...devices.map(deviceOf));
		}
		return found;
	}

	/** The same keys again give the same request, whatever became of it. */
	async askAdministrator(keys: ApprovalKeys, name: string): Promise<ApprovalRequest> {
		const body = {
			device_id: keys.deviceId,
			name,
			identity_fingerprint: base64(keys.identityFingerprint),
			mls_key: base64(keys.mlsKey),
			device_key: base64(keys.deviceKey),
		};
		return approvalOf(await this.http.post<WireApproval>(`${V1}/device-approvals`, body));
	}

	async approval(id: string): Promise<ApprovalRequest> {
		const path = `${V1}/device-approvals/${id}`;
		return approvalOf(await this.http.get<WireApproval>(path, { unattended: true }));
	}

	async askToJoin(keys: JoinKeys, name: string): Promise<JoinRequest> {
		const body = {
			device_id: keys.deviceId,
			name,
			nonce: base64(keys.nonce),
			mls_key: base64(keys.mlsKey),
			agreement_key: base64(keys.agreementKey),
			device_key: base64(keys.deviceKey),
		};
		return joinOf(await this.http.post<WireJoin>(`${V1}/device-joins`, body));
	}

	async join(id: string): Promise<JoinRequest> {
		return joinOf(await this.http.get<WireJoin>(`${V1}/device-joins/${id}`));
	}

	/** `wrapped`: the key of the history backup, if it goes along. */
	async approveJoin(
		id: string,
		fingerprint: Uint8Array,
		certificate: Uint8Array,
		wrapped: Uint8Array | null,
	): Promise<void> {
		const body = { fingerprint: base64(fingerprint), certificate: base64(certificate) };
		const key = wrapped && { wrapped_backup_key: base64(wrapped) };
		await this.http.post(`${V1}/device-joins/${id}/approve`, { ...body, ...key });
	}

	/** What came with the approval of this device; given out once. Raises: Problem `no-backup-key`. */
	async takeBackupKey(joinId: string): Promise<Bytes> {
		const path = `${V1}/device-joins/${joinId}/backup-key`;
		return fromBase64((await this.http.post<{ wrapped_backup_key: string }>(path)).wrapped_backup_key);
	}

	async refuseJoin(id: string, refusal: "not-mine" | "mismatch"): Promise<void> {
		await this.http.post(`${V1}/device-joins/${id}/refuse`, { refusal });
	}

	async withdrawJoin(id: string): Promise<void> {
		await this.http.post(`${V1}/device-joins/${id}/withdraw`);
	}

	async publishKeyPackages(keyPackages: readonly Uint8Array[]): Promise<number> {
		const body = { key_packages: keyPackages.map(base64), last_resort: null };
		return (await this.http.post<{ available: number }>(`${V1}/key-packages`, body)).available;
	}

	async keyPackagesLeft(): Promise<number> {
		return (await this.http.get<{ available: number }>(`${V1}/key-packages`)).available;
	}

	/** `deviceIds`: only of these; without it, of all devices of these people. */
	async claim(
		personIds: readonly string[],
		deviceIds: readonly string[] | null = null,
	): Promise<{ claimed: Claimed[]; withoutDevice: string[] }> {
		const body = { person_ids: personIds, device_ids: deviceIds };
		const answer = await this.http.post<WireClaims>(`${V1}/key-packages/claim`, body);
		const claimed = answer.claimed.map((one) => ({
			personId: one.person_id,
			deviceId: one.device_id,
			keyPackage: fromBase64(one.key_package),
		}));
		return { claimed, withoutDevice: answer.without_device };
	}

	/** `patientId`: of kind `patient`, whose record it is about. */
	async createGroup(id: string, kind: GroupKind, patientId: string | null = null): Promise<void> {
		await this.http.post(`${V1}/groups`, { id, kind, ...(patientId ? { patient_id: patientId } : {}) });
	}

	async commit(groupId: string, { id, epoch, commit, welcome }: CommitRequest): Promise<{ seq: number }> {
		const body = { id, epoch, commit: base64(commit), welcome: welcome && base64(welcome) };
		return this.http.post(`${V1}/groups/${groupId}/commits`, body);
	}

	async groups(): Promise<GroupListing[]> {
		return (await this.http.get<{ groups: WireGroup[] }>(`${V1}/groups`)).groups.map(groupOf);
	}

	async answerContact(groupId: string, answer: ContactAnswer): Promise<GroupListing> {
		const body = answer.answer === "forward" ? { answer: answer.answer, role_id: answer.roleId } : answer;
		return groupOf(await this.http.post<WireGroup>(`${V1}/groups/${groupId}/contact`, body));
	}

	async contactRoles(groupId: string): Promise<ContactRole[]> {
		const { roles } = await this.http.get<{ roles: ContactRole[] }>(`${V1}/groups/${groupId}/contact`);
		return roles.map(({ id, name, description }) => ({ id, name, description }));
	}

	async casePage(groupId: string): Promise<CasePage> {
		return casePageOf(await this.http.get<WireCasePage>(`${V1}/groups/${groupId}/case`));
	}

	/** `objectId`: the file of a message that is marked. */
	async caseAct(groupId: string, act: CaseAct, objectId: string | null): Promise<GroupListing> {
		const [path, body] = requestOf(act, objectId);
		return groupOf(await this.http.post<WireGroup>(`${V1}/groups/${groupId}/${path}`, body));
	}

	/** Put a signed document of messages into the record. */
	async exportCase(groupId: string, bundle: string, signature: string): Promise<GroupListing> {
		const path = `${V1}/groups/${groupId}/case/exports`;
		const manner = { timeoutMs: EXPORT_WITHIN_MS };
		return groupOf(await this.http.post<WireGroup>(path, { bundle, signature }, manner));
	}

	/** Where the examination of a finding stands; `reason`: why it was refused, in words. */
	async finding(id: string): Promise<{ state: string; reason: string }> {
		const found = await this.http.get<{ state: string; reason_text: string }>(`${V1}/findings/${id}`);
		return { state: found.state, reason: found.reason_text };
	}

	/** Who holds a role now; null when nobody does. */
	async onDuty(roleId: string): Promise<{ personId: string; name: string } | null> {
		const { now } = await this.http.get<{ now: WireHolder | null }>(`${V1}/roles/${roleId}`);
		return now && { personId: now.person_id, name: now.name };
	}

	async entries(groupId: string, since: number): Promise<{ entries: Entry[]; lastSeq: number }> {
		const path = `${V1}/groups/${groupId}/entries?since=${since}&limit=1000`;
		const page = await this.http.get<{ entries: WireEntry[]; last_seq: number }>(path);
		return { entries: page.entries.map(entryOf), lastSeq: page.last_seq };
	}

	async sendMessage(groupId: string, id: string, epoch: number, body: Uint8Array): Promise<Taken> {
		return this.http.post(`${V1}/groups/${groupId}/messages`, { id, epoch, body: base64(body) });
	}

	async welcomes(): Promise<WelcomeListing[]> {
		const { welcomes } = await this.http.get<{ welcomes: WireWelcome[] }>(`${V1}/welcomes`);
		return welcomes.map(({ id, group_id, welcome, seq }) => {
			return { id, groupId: group_id, welcome: fromBase64(welcome), seq };
		});
	}

	dropWelcome(id: string): Promise<void> {
		return this.http.delete(`${V1}/welcomes/${id}`);
	}

	async receipts(groupId: string, delivered: number, seen: number): Promise<void> {
		await this.http.post(`${V1}/groups/${groupId}/receipts`, { delivered, seen });
	}

	async reportUnknownLeaf(groupId: string, epoch: number, identity: string): Promise<void> {
		await this.http.post(`${V1}/groups/${groupId}/unknown-leaf`, { epoch, identity });
	}

	attachmentPart(objectId: string, start: number, end: number): Promise<Bytes> {
		return this.http.range(`${V1}/attachments/${objectId}`, start, end);
	}
}

function requestOf(act: CaseAct, objectId: string | null): [path: string, body: Record<string, unknown>] {
	switch (act.act) {
		case "close":
			return ["case/close", { outcome: act.outcome }];
		case "reopen":
			return ["case/reopen", {}];
		case "record":
			return ["case/record", { patient_id: act.patientId }];
		case "mark":
			return ["marks", { message_id: act.messageId, object_id: objectId }];
		case "waive":
			return [`marks/${act.messageId}/waive`, { reason: act.reason }];
	}
}
