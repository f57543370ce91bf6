/** A certificate authority for tests: it makes the four certificates of a chain, and every wrong one a test asks for. */

import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { type DeviceNames, deviceCertificate, newSigningKey, personDns } from "../../src/crypto/pki";

export const AT = new Date("2026-03-01T12:00:00Z");
const DAY_MS = 86_400_000;

export interface Issued {
	der: Uint8Array;
	keys: CryptoKeyPair;
}

export interface Profile {
	subject: string;
	issuer: Issued | null;
	pathLength: number;
	permitted?: string;
	dns?: string;
	from?: Date;
	days?: number;
	usage?: number;
	ca?: boolean;
}

/** Issue an authority of any shape. */
export async function authority(profile: Profile): Promise<Issued> {
	const keys = await newSigningKey();
	return { keys, der: await issue(profile, keys.publicKey, profile.issuer?.keys ?? keys) };
}

async function issue(profile: Profile, publicKey: CryptoKey, signer: CryptoKeyPair): Promise<Uint8Array> {
	const certificate = new pkijs.Certificate();
	certificate.version = 2;
	certificate.serialNumber = new asn1js.Integer({ value: Math.floor(Math.random() * 2 ** 30) + 1 });
	const parent = profile.issuer ? pkijs.Certificate.fromBER(new Uint8Array(profile.issuer.der)) : null;
	certificate.subject.typesAndValues.push(commonName(profile.subject));
	certificate.issuer = parent ? parent.subject : certificate.subject;
	const from = profile.from ?? new Date(AT.getTime() - DAY_MS);
	certificate.notBefore.value = from;
	certificate.notAfter.value = new Date(from.getTime() + (profile.days ?? 365) * DAY_MS);
	await certificate.subjectPublicKeyInfo.importKey(publicKey);
	certificate.extensions = extensions(profile);
	await certificate.sign(signer.privateKey, "SHA-256");
	return new Uint8Array(certificate.toSchema(true).toBER(false));
}

/** Issue a person certificate for the key of a signing request. */
export async function certify(
	issuer: Issued,
	personId: string,
	domain: string,
	request: pkijs.CertificationRequest,
): Promise<Uint8Array> {
	const dns = personDns(personId, domain);
	const from = new Date(Date.now() - DAY_MS);
	return issue(
		{ subject: personId, issuer, pathLength: 0, dns, from },
		await request.getPublicKey(),
		issuer.keys,
	);
}

function extensions(profile: Profile): pkijs.Extension[] {
	const constraints = new pkijs.BasicConstraints({
		cA: profile.ca ?? true,
		pathLenConstraint: profile.pathLength,
	});
	const usage = new asn1js.BitString({
		valueHex: Uint8Array.of(profile.usage ?? 0x06).buffer,
		unusedBits: 1,
	});
	const all = [
		extension(pkijs.id_BasicConstraints, constraints.toSchema()),
		extension(pkijs.id_KeyUsage, usage),
	];
	if (profile.permitted) {
		const base = new pkijs.GeneralName({ type: 2, value: profile.permitted });
		const names = new pkijs.NameConstraints({ permittedSubtrees: [new pkijs.GeneralSubtree({ base })] });
		all.push(extension(pkijs.id_NameConstraints, names.toSchema()));
	}
	if (profile.dns) {
		const names = new pkijs.GeneralNames({ names: [new pkijs.GeneralName({ type: 2, value: profile.dns })] });
		all.push(extension(pkijs.id_SubjectAltName, names.toSchema(), false));
	}
	return all;
}

function extension(
	extnID: string,
	value: { toBER(sizeOnly?: boolean): ArrayBuffer },
	critical = true,
): pkijs.Extension {
	return new pkijs.Extension({ extnID, critical, extnValue: value.toBER(false) });
}

function commonName(value: string): pkijs.AttributeTypeAndValue {
	return new pkijs.AttributeTypeAndValue({ type: "2.5.4.3", value: new asn1js.Utf8String({ value }) });
}

const EARLIER = new Date(AT.getTime() - DAY_MS);

export function root(from = EARLIER): Promise<Issued> {
	return authority({ subject: "Medicus Root", issuer: null, pathLength: 2, from });
}

export function organisation(issuer: Issued, domain: string, from = EARLIER): Promise<Issued> {
	return authority({ subject: "Hospital", issuer, pathLength: 1, permitted: domain, from });
}

/** `named`: another person in the DNS name than in the subject, for a forgery. */
export function person(
	issuer: Issued,
	personId: string,
	domain: string,
	{ named = personId, from = EARLIER } = {},
): Promise<Issued> {
	return authority({ subject: personId, issuer, pathLength: 0, dns: personDns(named, domain), from });
}

/** Issue a device certificate by any issuer. */
export async function device(issuer: Issued, names: DeviceNames, at: Date = AT): Promise<Issued> {
	const keys = await newSigningKey();
	const der = await deviceCertificate({ names, deviceKey: keys.publicKey, issuer: issuer.keys, at });
	return { der, keys };
}

/** A hospital with its root: issues people and their devices. */
export class Hospital {
	private constructor(
		readonly domain: string,
		readonly root: Issued,
		readonly organisation: Issued,
	) {}

	static async create(domain: string, rootCertificate?: Issued, from?: Date): Promise<Hospital> {
		const top = rootCertificate ?? (await root(from));
		return new Hospital(domain, top, await organisation(top, domain, from));
	}

	person(personId: string, from?: Date): Promise<Issued> {
		return person(this.organisation, personId, this.domain, from ? { from } : {});
	}

	/** Device first. */
	chain(device: Issued, person: Issued): Uint8Array[] {
		return [device.der, person.der, this.organisation.der, this.root.der];
	}
}
