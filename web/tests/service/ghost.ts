/** Devices that ts-mls plays and the service lists: one that is really its person's, and every forgery that a server,
 *  or a clinic's authority, could put in its place. Nothing of them runs in a browser. */

import { base64, fromBase64 } from "../../src/crypto/bytes";
import { deviceTag, formatIdentity } from "../../src/crypto/identity";
import { newId } from "../../src/crypto/ids";
import { certifiedKey, keyFingerprint } from "../../src/crypto/pki";
import { ed25519Thumbprint } from "../../src/crypto/thumbprint";
import { device, Hospital, type Issued } from "../support/authority";
import { TsMember } from "../support/ts-mls";
import type { Device, Group, Person, World } from "./world";

const DAY_MS = 86_400_000;

/** How a ghost comes by its certificate. */
export const FORGERIES = {
	"an authority of the server's own": forgedAuthority,
	"an authority of its own, with the true root behind it": forgedBelowTrueRoot,
	"a stolen certificate, which speaks for another key": stolen,
	"no certificate at all": async () => null,
	"the clinic's authority without the person: three certificates": direct,
	"the clinic's authority, made up to four certificates": padded,
	"a new identity key from the clinic's authority, beside the true one": secondKey,
} as const;
export type Forgery = keyof typeof FORGERIES;

/** Devices that were real once. */
export const ENDED = { expired, revoked } as const;
export type End = keyof typeof ENDED;

interface Made {
	world: World;
	person: Person;
	deviceId: string;
	/** The person's true identity key, which only the person has. */
	identity: Issued;
	/** Of the ghost's own MLS key. */
	thumbprint: string;
	now: Date;
}

type Chain = { chain: Uint8Array[]; revokedAt?: string } | null;

/** A person whose only device is played here. */
export class Played {
	private constructor(
		readonly person: Person,
		readonly identity: Issued,
		readonly device: Device,
		readonly mls: TsMember,
	) {}

	/** A person of the world with a device as the rules want it. */
	static async enter(world: World, name: string): Promise<Played> {
		const person = world.person(name);
		const identity = await person.hospital.person(person.id, new Date(Date.now() - 200 * DAY_MS));
		const fingerprint = await keyFingerprint(certifiedKey(identity.der));
		person.identity = { certificate: identity.der, fingerprint };
		const [played, mls] = await list(world, person, identity, async (made) => ({
			chain: chainOf(made, identity, await certified(made)),
		}));
		if (!played) throw new Error("unreachable");
		return new Played(person, identity, played, mls);
	}

	/** Another device that says it is this person's. */
	async ghost(world: World, how: Forgery | End): Promise<TsMember> {
		const make: (made: Made) => Promise<Chain> = { ...FORGERIES, ...ENDED }[how];
		const [, mls] = await list(world, this.person, this.identity, make);
		return mls;
	}

	/** Take up the Welcome that waits for the device. */
	async join(world: World): Promise<void> {
		const welcome = world.welcomes.find(({ deviceId }) => deviceId === this.device.id);
		if (!welcome) throw new Error("no Welcome");
		await this.mls.join(fromBase64(welcome.welcome));
	}
}

/** What of a stream this member can read, given all its ciphertexts. */
export async function readable(member: TsMember, group: Group): Promise<string[]> {
	const texts: string[] = [];
	for (const { body } of group.entries) {
		const read = await member.read(fromBase64(body)).catch(() => null);
		if (read !== null) texts.push(read);
	}
	return texts;
}

async function list(
	world: World,
	person: Person,
	identity: Issued,
	make: (made: Made) => Promise<Chain>,
): Promise<[Device | null, TsMember]> {
	const deviceId = newId();
	const { domain } = person.hospital;
	const mls = await TsMember.create(
		formatIdentity({ personId: person.id, deviceTag: deviceTag(deviceId), domain }),
	);
	const thumbprint = await ed25519Thumbprint(mls.signatureKey);
	const made = await make({ world, person, deviceId, identity, thumbprint, now: new Date() });
	if (!made) return [null, mls];
	const { publicKey } = identity.keys;
	const keyPackages = [base64(mls.keyPackage())];
	const { chain, revokedAt = null } = made;
	const listed: Device = { id: deviceId, person, chain, publicKey, revokedAt, keyPackages, nonce: null };
	world.devices.set(deviceId, listed);
	return [listed, mls];
}

function certified(
	made: Made,
	{ issuer = made.identity, at = made.now, thumbprint = "" } = {},
): Promise<Issued> {
	const { deviceId, person } = made;
	const names = { deviceId, personId: person.id, domain: person.hospital.domain };
	return device(issuer, { ...names, thumbprint: thumbprint || made.thumbprint }, at);
}

function chainOf({ person }: Made, identity: Issued, issued: Issued): Uint8Array[] {
	return person.hospital.chain(issued, identity);
}

async function forgedAuthority(made: Made): Promise<Chain> {
	const hospital = await Hospital.create(made.person.hospital.domain, undefined, daysBefore(made.now, 1));
	const identity = await hospital.person(made.person.id, daysBefore(made.now, 1));
	return { chain: hospital.chain(await certified(made, { issuer: identity }), identity) };
}

async function forgedBelowTrueRoot(made: Made): Promise<Chain> {
	const forged = await forgedAuthority(made);
	return { chain: [...(forged?.chain.slice(0, 3) ?? []), made.world.root.der] };
}

async function stolen(made: Made): Promise<Chain> {
	const thumbprint = await ed25519Thumbprint((await TsMember.create()).signatureKey);
	return { chain: chainOf(made, made.identity, await certified(made, { thumbprint })) };
}

async function direct(made: Made): Promise<Chain> {
	const { hospital } = made.person;
	const issued = await certified(made, { issuer: hospital.organisation });
	return { chain: [issued.der, hospital.organisation.der, made.world.root.der] };
}

async function padded(made: Made): Promise<Chain> {
	const issued = await certified(made, { issuer: made.person.hospital.organisation });
	return { chain: chainOf(made, made.identity, issued) };
}

async function secondKey(made: Made): Promise<Chain> {
	const identity = await made.person.hospital.person(made.person.id, daysBefore(made.now, 1));
	return { chain: chainOf(made, identity, await certified(made, { issuer: identity })) };
}

async function expired(made: Made): Promise<Chain> {
	return { chain: chainOf(made, made.identity, await certified(made, { at: daysBefore(made.now, 100) })) };
}

async function revoked(made: Made): Promise<Chain> {
	const chain = chainOf(made, made.identity, await certified(made));
	return { chain, revokedAt: made.now.toISOString() };
}

function daysBefore(at: Date, days: number): Date {
	return new Date(at.getTime() - days * DAY_MS);
}
