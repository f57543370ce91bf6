/** Is this device the person it says it is? Checks one chain of exactly four certificates
 *  (root, organisation, person, device) against a pinned root: RFC 5280 section 6 for a path that is known
 *  beforehand, plus the rules of names that RFC 5280 does not know.
 *
 *  Exactly four, because the organisation's key could issue a device directly and every path rule would hold. */

import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { type Bytes, concat, equal, hex, sha256 } from "./bytes";
import { isUuid } from "./ids";
import { deviceDns, keyFingerprint, P256, personDns } from "./pki";
import { isSignedBy, type Signed, signedParts } from "./signed";
import { THUMBPRINT_URI } from "./thumbprint";

export interface CertifiedDevice {
	deviceId: string;
	personId: string;
	domain: string;
	/** RFC 7638 thumbprint of the only MLS signature key this certificate speaks for. */
	thumbprint: string;
	/** SHA-256 of the person's key (SubjectPublicKeyInfo), hex: what gets pinned. */
	identityFingerprint: string;
	/** Milliseconds since 1970; the earliest end of the four. */
	notAfterMs: number;
}

/** The chain proves nothing; the message names the first rule it breaks, in plain English. */
export class ChainRefused extends Error {}

/** Every rule holds, but time has ended one of the certificates. */
export class ChainExpired extends ChainRefused {
	constructor(readonly device: CertifiedDevice) {
		super("a certificate has expired");
	}
}

const MAXIMUM_DER_BYTES = 8192;
const MAXIMUM_DEVICE_MS = 90 * 86_400_000;
const SKEW_MS = 5 * 60_000;
const ECDSA_SHA256_OID = "1.2.840.10045.4.3.2";
const EC_PUBLIC_KEY_OID = "1.2.840.10045.2.1";
const P256_OID = "1.2.840.10045.3.1.7";
const USAGE = { digitalSignature: 0x80, keyCertSign: 0x04 } as const;
const KNOWN_EXTENSIONS = new Set([
	pkijs.id_BasicConstraints,
	pkijs.id_KeyUsage,
	pkijs.id_ExtKeyUsage,
	pkijs.id_SubjectAltName,
	pkijs.id_NameConstraints,
	pkijs.id_SubjectKeyIdentifier,
	pkijs.id_AuthorityKeyIdentifier,
]);

interface Certificate {
	fields: pkijs.Certificate;
	signed: Signed;
	/** SHA-256 of the DER, hex. */
	hash: string;
	/** DER of the SubjectPublicKeyInfo. */
	spki: Bytes;
}

interface Chain {
	device: Certificate;
	person: Certificate;
	organisation: Certificate;
	root: Certificate;
}

/** What was read and checked before and does not change: parsed certificates, and pairs whose signature fits. */
export class ChainMemory {
	readonly parsed = new Map<string, Certificate>();
	readonly fitting = new Set<string>();
}

/** Verify a chain, device first.
 *
 *  `root`: DER of the pinned root. Raises: ChainRefused. */
export async function verifyChain(
	chain: readonly Uint8Array[],
	root: Uint8Array,
	at: Date,
	memory = new ChainMemory(),
): Promise<CertifiedDevice> {
	const [deviceDer, personDer, organisationDer, rootDer] = chain;
	if (chain.length !== 4 || !deviceDer || !personDer || !organisationDer || !rootDer) {
		throw new ChainRefused("a chain has exactly four certificates");
	}
	if (!equal(rootDer, root)) throw new ChainRefused("the chain ends in another root");
	const certificates = {
		device: await parse(deviceDer, memory),
		person: await parse(personDer, memory),
		organisation: await parse(organisationDer, memory),
		root: await parse(rootDer, memory),
	};
	checkProfiles(certificates);
	await checkSignatures(certificates, memory);
	const device = await names(certificates);
	checkValidity(certificates, device, at);
	return device;
}

/** Where verdicts outlive a page: a chain that was verified once need not be again. */
export interface VerdictStore {
	all(): Promise<[hash: string, device: CertifiedDevice][]>;
	keep(hash: string, device: CertifiedDevice): Promise<void>;
}

/** Remembers verified chains by hash; a verdict ends with the earliest certificate. */
export class ChainVerifier {
	private readonly known = new Map<string, CertifiedDevice>();
	private readonly memory = new ChainMemory();

	constructor(
		private readonly root: Uint8Array,
		private readonly now: () => number = Date.now,
		private readonly verdicts: VerdictStore | null = null,
	) {}

	/** Take up the verdicts of earlier pages. */
	async load(): Promise<void> {
		for (const [hash, device] of (await this.verdicts?.all()) ?? []) this.known.set(hash, device);
	}

	/** Raises: ChainRefused. */
	async verify(chain: readonly Uint8Array[]): Promise<CertifiedDevice> {
		const hash = hex(await sha256(concat(...chain, this.root, Uint8Array.of(chain.length))));
		const known = this.known.get(hash);
		if (known && known.notAfterMs > this.now()) return known;
		const device = await verifyChain(chain, this.root, new Date(this.now()), this.memory);
		this.known.set(hash, device);
		await this.verdicts?.keep(hash, device);
		return device;
	}
}

async function parse(der: Uint8Array, memory: ChainMemory): Promise<Certificate> {
	if (der.length > MAXIMUM_DER_BYTES) throw new ChainRefused("a certificate is too long");
	const hash = hex(await sha256(der));
	const known = memory.parsed.get(hash);
	if (known) return known;
	const signed = signedParts(der);
	if (!signed)
		throw new ChainRefused("this is not one certificate in its one form, signed by ECDSA with SHA-256");
	try {
		const fields = new pkijs.Certificate({ schema: asn1js.fromBER(new Uint8Array(der)).result });
		const spki = new Uint8Array(fields.subjectPublicKeyInfo.toSchema().toBER(false));
		const certificate = { fields, signed, hash, spki };
		memory.parsed.set(hash, certificate);
		return certificate;
	} catch {
		throw new ChainRefused("this is not a certificate (X.509, DER)");
	}
}

function checkProfiles(chain: Chain): void {
	const { device, person, organisation, root } = fieldsOf(chain);
	for (const certificate of [device, person, organisation, root]) {
		checkAlgorithms(certificate);
		checkExtensions(certificate);
	}
	checkAuthority(root, 2);
	checkAuthority(organisation, 1);
	checkAuthority(person, 0);
	checkDeviceProfile(device);
	for (const [subject, issuer] of [[device, person] as const, [person, organisation] as const]) {
		if (!subject.issuer.isEqual(issuer.subject)) throw new ChainRefused("the issuers do not line up");
	}
	if (!organisation.issuer.isEqual(root.subject) || !root.issuer.isEqual(root.subject)) {
		throw new ChainRefused("the issuers do not line up");
	}
}

function fieldsOf({ device, person, organisation, root }: Chain): Record<keyof Chain, pkijs.Certificate> {
	return {
		device: device.fields,
		person: person.fields,
		organisation: organisation.fields,
		root: root.fields,
	};
}

function checkAlgorithms(certificate: pkijs.Certificate): void {
	const { algorithm } = certificate.subjectPublicKeyInfo;
	const curve = algorithm.algorithmParams as asn1js.ObjectIdentifier | undefined;
	if (certificate.version !== 2 || certificate.signature.algorithmId !== ECDSA_SHA256_OID) {
		throw new ChainRefused("a certificate is not X.509 v3 signed by ECDSA with SHA-256");
	}
	if (algorithm.algorithmId !== EC_PUBLIC_KEY_OID || curve?.getValue?.() !== P256_OID) {
		throw new ChainRefused("a key is not on P-256");
	}
}

function checkValidity(chain: Chain, device: CertifiedDevice, at: Date): void {
	const starts = Object.values(fieldsOf(chain)).map(({ notBefore }) => notBefore.value.getTime());
	const begins = Math.max(...starts);
	if (!(begins <= at.getTime() + SKEW_MS)) throw new ChainRefused("a certificate is not valid yet");
	// Last of all checks, so that "expired" means: expired, and otherwise right.
	if (!(device.notAfterMs > at.getTime())) throw new ChainExpired(device);
}

function checkExtensions(certificate: pkijs.Certificate): void {
	const seen = new Set<string>();
	for (const { extnID, critical } of certificate.extensions ?? []) {
		if (seen.has(extnID)) throw new ChainRefused("an extension stands twice");
		seen.add(extnID);
		if (critical && !KNOWN_EXTENSIONS.has(extnID)) throw new ChainRefused("an unknown extension is critical");
	}
}

function checkAuthority(certificate: pkijs.Certificate, pathLength: number): void {
	const constraints = parsed(certificate, pkijs.id_BasicConstraints) as pkijs.BasicConstraints | null;
	const limit = constraints?.pathLenConstraint;
	const stated = typeof limit === "object" ? limit.valueBlock.valueDec : limit;
	if (!constraints?.cA || stated !== pathLength) {
		throw new ChainRefused("an issuer is no authority of its place in the chain");
	}
	if (!(keyUsage(certificate) & USAGE.keyCertSign))
		throw new ChainRefused("an issuer may not sign certificates");
}

function checkDeviceProfile(device: pkijs.Certificate): void {
	const constraints = parsed(device, pkijs.id_BasicConstraints) as pkijs.BasicConstraints | null;
	const usage = keyUsage(device);
	if (constraints?.cA || usage & USAGE.keyCertSign || !(usage & USAGE.digitalSignature)) {
		throw new ChainRefused("a device certificate signs messages, never certificates");
	}
	const lifetimeMs = device.notAfter.value.getTime() - device.notBefore.value.getTime();
	if (!(lifetimeMs <= MAXIMUM_DEVICE_MS)) {
		throw new ChainRefused("a device certificate is valid for at most 90 days");
	}
}

function keyUsage(certificate: pkijs.Certificate): number {
	const bits = parsed(certificate, pkijs.id_KeyUsage) as asn1js.BitString | null;
	return bits?.valueBlock.valueHexView[0] ?? 0;
}

function parsed(certificate: pkijs.Certificate, oid: string): unknown {
	return certificate.extensions?.find(({ extnID }) => extnID === oid)?.parsedValue ?? null;
}

async function checkSignatures(
	{ device, person, organisation, root }: Chain,
	memory: ChainMemory,
): Promise<void> {
	const pairs = [
		[device, person],
		[person, organisation],
		[organisation, root],
		[root, root],
	] as const;
	for (const [subject, issuer] of pairs) {
		const pair = `${subject.hash}<${issuer.hash}`;
		if (memory.fitting.has(pair)) continue;
		if (!(await fits(subject, issuer))) throw new ChainRefused("a signature does not fit its issuer");
		memory.fitting.add(pair);
	}
}

async function fits(subject: Certificate, issuer: Certificate): Promise<boolean> {
	try {
		const key = await crypto.subtle.importKey("spki", issuer.spki, P256, false, ["verify"]);
		return await isSignedBy(subject.signed, key);
	} catch {
		return false;
	}
}

async function names(chain: Chain): Promise<CertifiedDevice> {
	const { device, person, organisation, root } = fieldsOf(chain);
	const domain = permittedDomain(organisation);
	const personId = commonNameOf(person);
	const deviceNames = alternativeNames(device);
	const deviceId = deviceNames.dns[0]?.split(".")[0] ?? "";
	if (!isUuid(personId) || !isUuid(deviceId)) throw new ChainRefused("a name is not an id");
	const personNames = alternativeNames(person);
	if (personNames.other || personNames.uri.length || !only(personNames.dns, personDns(personId, domain))) {
		throw new ChainRefused("the person's names do not agree");
	}
	if (deviceNames.other || !only(deviceNames.dns, deviceDns(deviceId, personId, domain))) {
		throw new ChainRefused("the device's names do not agree");
	}
	const ends = [device, person, organisation, root].map(({ notAfter }) => notAfter.value.getTime());
	return {
		deviceId,
		personId,
		domain,
		thumbprint: thumbprintOf(deviceNames.uri),
		identityFingerprint: await keyFingerprint(chain.person.spki),
		notAfterMs: Math.min(...ends),
	};
}

/** The one domain below which the organisation may name anything (RFC 5280 section 4.2.1.10). */
function permittedDomain(organisation: pkijs.Certificate): string {
	const constraints = parsed(organisation, pkijs.id_NameConstraints) as pkijs.NameConstraints | null;
	const [permitted, ...more] = constraints?.permittedSubtrees ?? [];
	const domain: unknown = permitted?.base.value;
	if (permitted?.base.type !== 2 || more.length || typeof domain !== "string" || !domain) {
		throw new ChainRefused("the organisation is not confined to one domain");
	}
	return domain;
}

function commonNameOf(certificate: pkijs.Certificate): string {
	const [only, ...more] = certificate.subject.typesAndValues;
	if (!only || more.length || only.type !== "2.5.4.3")
		throw new ChainRefused("a subject is not one common name");
	return String(only.value.valueBlock.value);
}

function alternativeNames(certificate: pkijs.Certificate): { dns: string[]; uri: string[]; other: boolean } {
	const extension = parsed(certificate, pkijs.id_SubjectAltName) as pkijs.AltName | null;
	const all = extension?.altNames ?? [];
	const values = (type: number) => all.filter((name) => name.type === type).map(({ value }) => String(value));
	return { dns: values(2), uri: values(6), other: all.some(({ type }) => type !== 2 && type !== 6) };
}

function only(values: string[], expected: string): boolean {
	return values.length === 1 && values[0] === expected;
}

function thumbprintOf(uris: string[]): string {
	const [uri = "", ...more] = uris;
	const thumbprint = uri.slice(THUMBPRINT_URI.length);
	if (more.length || !uri.startsWith(THUMBPRINT_URI) || !/^[A-Za-z0-9_-]{43}$/.test(thumbprint)) {
		throw new ChainRefused("the device names no MLS key");
	}
	return thumbprint;
}
