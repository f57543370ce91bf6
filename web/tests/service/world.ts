/** What the test service knows: hospitals, people, sessions, devices, groups, uploads. In memory, no rules beyond
 *  those that the browser's engine relies on. */

import * as pkijs from "pkijs";
import { fromBase64, hex } from "../../src/crypto/bytes";
import { newId } from "../../src/crypto/ids";
import { keyFingerprint } from "../../src/crypto/pki";
import { certify, Hospital, type Issued, root } from "../support/authority";

export interface Person {
	id: string;
	name: string;
	hospital: Hospital;
	organisation: { id: string; name: string; domain: string };
	identity: { certificate: Uint8Array; fingerprint: string } | null;
}

export interface Session {
	token: string;
	person: Person;
	deviceId: string | null;
}

export interface Device {
	id: string;
	person: Person;
	chain: Uint8Array[];
	publicKey: CryptoKey;
	revokedAt: string | null;
	keyPackages: string[];
	nonce: Uint8Array | null;
}

/** A browser that asks to become a device, in the shape of the API. */
export interface Join {
	id: string;
	personId: string;
	token: string;
	state: string;
	asked: Record<string, unknown>;
	expiresAt: string;
}

export interface Entry {
	seq: number;
	id: string;
	kind: "application" | "commit" | "proposal";
	epoch: number;
	sender_device: string;
	sender_person: string;
	body: string;
	at: string;
}

export interface Group {
	id: string;
	kind: string;
	epoch: number;
	entries: Entry[];
	/** Leaf index → device, as the commits tell. */
	leaves: (string | null)[];
	/** Device → sequence number it joined at. */
	joined: Map<string, number>;
	receipts: Map<string, { delivered: number; seen: number }>;
}

export interface Welcome {
	id: string;
	deviceId: string;
	group_id: string;
	welcome: string;
	seq: number;
	epoch: number;
}

export interface Upload {
	id: string;
	group: string;
	length: number;
	parts: Uint8Array[];
	offset: number;
}

export interface Claimed {
	person_id: string;
	device_id: string;
	key_package: string;
}

export interface Hooks {
	/** Answer instead of the service; undefined lets the request through. */
	request?: (method: string, path: string) => { status: number; body?: unknown } | "drop" | undefined;
	/** Act after a request was served, before its answer is sent. */
	served?: (method: string, path: string) => "drop" | undefined;
	/** Hand out other key packages than those that were asked for. */
	claimed?: (claimed: Claimed[]) => Claimed[];
	/** Show a session another history of a group than the service keeps; undefined: the true one. */
	history?: (session: Session, group: Group) => Group | undefined;
}

export class World {
	readonly people = new Map<string, Person>();
	readonly sessions = new Map<string, Session>();
	readonly devices = new Map<string, Device>();
	readonly joins = new Map<string, Join>();
	readonly groups = new Map<string, Group>();
	readonly uploads = new Map<string, Upload>();
	welcomes: Welcome[] = [];
	readonly reports: { group: string; identity: string }[] = [];
	readonly requests: string[] = [];
	hooks: Hooks = {};

	private constructor(readonly root: Issued) {}

	static async create(): Promise<World> {
		return new World(await root(new Date(Date.now() - 86_400_000)));
	}

	/** A hospital with people. */
	async hospital(domain: string, ...names: string[]): Promise<void> {
		const hospital = await Hospital.create(domain, this.root, new Date(Date.now() - 86_400_000));
		const organisation = { id: newId(), name: `Klinik ${domain}`, domain };
		for (const name of names) {
			this.people.set(name, { id: newId(), name, hospital, organisation, identity: null });
		}
	}

	person(name: string): Person {
		const person = this.people.get(name);
		if (!person) throw new Error(`nobody is called ${name}`);
		return person;
	}

	signIn(name: string): string {
		const session = { token: newId(), person: this.person(name), deviceId: null };
		this.sessions.set(session.token, session);
		return session.token;
	}

	devicesOf(personId: string): Device[] {
		return [...this.devices.values()].filter(({ person }) => person.id === personId);
	}

	group(id: string): Group {
		const group = this.groups.get(id);
		if (!group) throw new Error("no such group");
		return group;
	}

	/** Issue the person certificate for a signing request. */
	async certify(person: Person, csr: string): Promise<Uint8Array[]> {
		const request = pkijs.CertificationRequest.fromBER(fromBase64(csr));
		if (!(await request.verify())) throw new Error("the request is not signed by its key");
		const certificate = await certify(
			person.hospital.organisation,
			person.id,
			person.hospital.domain,
			request,
		);
		const spki = new Uint8Array(request.subjectPublicKeyInfo.toSchema().toBER(false));
		person.identity = { certificate, fingerprint: await keyFingerprint(spki) };
		return [certificate, person.hospital.organisation.der, this.root.der];
	}

	/** Forget a person's identity key, as after a reset at the clinic; their devices are revoked. */
	reset(name: string): void {
		const person = this.person(name);
		person.identity = null;
		for (const device of this.devicesOf(person.id)) device.revokedAt = new Date().toISOString();
	}

	fingerprint(person: Person): string | null {
		return person.identity?.fingerprint ?? null;
	}
}

export function idOf(bytes: Uint8Array): string {
	return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
