/** The certificates that a browser makes: the signing request for a person's identity key (PKCS #10, RFC 2986) and
 *  the device certificate that this key signs (RFC 5280). ECDSA on P-256 with SHA-256 throughout. */

import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { type Bytes, hex, owned, sha256, utf8 } from "./bytes";
import { THUMBPRINT_URI } from "./thumbprint";

export const P256 = { name: "ECDSA", namedCurve: "P-256" } as const;
export const ECDSA_SHA256 = { name: "ECDSA", hash: "SHA-256" } as const;
const COMMON_NAME = "2.5.4.3";
const DAY_MS = 86_400_000;
/** The service allows 90 days; the backdating against slow clocks counts too. */
const DEVICE_DAYS = 89;
const BACKDATED_MS = 5 * 60_000;
const GENERAL_NAME = { dns: 2, uri: 6 } as const;
const KEY_USAGE_DIGITAL_SIGNATURE = 0x80;

/** A P-256 key pair whose private half cannot leave the browser. */
export function newSigningKey(): Promise<CryptoKeyPair> {
	return crypto.subtle.generateKey(P256, false, ["sign", "verify"]);
}

/** An identity key to sign with, and once as PKCS #8, for a recovery kit (docs/adr/0010). */
export async function newIdentityKey(): Promise<{ keys: CryptoKeyPair; pkcs8: Bytes }> {
	const { publicKey, privateKey } = await crypto.subtle.generateKey(P256, true, ["sign", "verify"]);
	const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey));
	return { keys: { publicKey, privateKey: await signer(pkcs8, false) }, pkcs8 };
}

/** The identity key of a recovery kit; its private half cannot be read again. Raises: DOMException. */
export async function identityKeyOf(pkcs8: Uint8Array): Promise<CryptoKeyPair> {
	const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", await signer(pkcs8, true));
	const point = { kty, crv, x, y } as JsonWebKey;
	const publicKey = await crypto.subtle.importKey("jwk", point, P256, true, ["verify"]);
	return { publicKey, privateKey: await signer(pkcs8, false) };
}

function signer(pkcs8: Uint8Array, extractable: boolean): Promise<CryptoKey> {
	return crypto.subtle.importKey("pkcs8", owned(pkcs8), P256, extractable, ["sign"]);
}

/** SHA-256 of a certificate's or key's SubjectPublicKeyInfo, hex (RFC 7469 section 2.4). */
export async function keyFingerprint(spki: Uint8Array): Promise<string> {
	return hex(await sha256(spki));
}

export async function publicKeyFingerprint(publicKey: CryptoKey): Promise<string> {
	return keyFingerprint(await publicKeyInfo(publicKey));
}

/** SubjectPublicKeyInfo, DER. */
export async function publicKeyInfo(publicKey: CryptoKey): Promise<Bytes> {
	return new Uint8Array(await crypto.subtle.exportKey("spki", publicKey));
}

/** The key in a certificate as SubjectPublicKeyInfo, DER. */
export function certifiedKey(certificate: Uint8Array): Bytes {
	const { subjectPublicKeyInfo } = pkijs.Certificate.fromBER(owned(certificate));
	return new Uint8Array(subjectPublicKeyInfo.toSchema().toBER(false));
}

export function personDns(personId: string, domain: string): string {
	return `${personId}.person.${domain}`;
}

export function deviceDns(deviceId: string, personId: string, domain: string): string {
	return `${deviceId}.${personId}.device.${domain}`;
}

/** Ask for a person certificate. Returns DER. */
export async function identityRequest(keys: CryptoKeyPair, personId: string): Promise<Bytes> {
	const request = new pkijs.CertificationRequest();
	request.version = 0;
	// RFC 2986 section 4.1: the attributes may be empty, not absent; the server's parser insists.
	request.attributes = [];
	request.subject.typesAndValues.push(commonName(personId));
	await request.subjectPublicKeyInfo.importKey(keys.publicKey);
	await request.sign(keys.privateKey, "SHA-256");
	return new Uint8Array(request.toSchema(true).toBER(false));
}

export interface DeviceNames {
	deviceId: string;
	personId: string;
	domain: string;
	/** RFC 7638, of the device's MLS signature key. */
	thumbprint: string;
}

/** Make a device certificate.
 *
 *  `issuer`: the identity key of `names.personId`; `at`: the day it begins. Returns DER. */
export async function deviceCertificate(options: {
	names: DeviceNames;
	deviceKey: CryptoKey;
	issuer: CryptoKeyPair;
	at: Date;
}): Promise<Bytes> {
	const { names, deviceKey, issuer, at } = options;
	const certificate = new pkijs.Certificate();
	certificate.version = 2;
	certificate.serialNumber = serialNumber();
	certificate.issuer.typesAndValues.push(commonName(names.personId));
	certificate.subject.typesAndValues.push(commonName(names.deviceId));
	certificate.notBefore.value = new Date(at.getTime() - BACKDATED_MS);
	certificate.notAfter.value = certificateEnd(at);
	await certificate.subjectPublicKeyInfo.importKey(deviceKey);
	certificate.extensions = await deviceExtensions(names, certificate, issuer.publicKey);
	await certificate.sign(issuer.privateKey, "SHA-256");
	return new Uint8Array(certificate.toSchema(true).toBER(false));
}

/** When a device certificate made at `at` ends. */
export function certificateEnd(at: Date): Date {
	return new Date(at.getTime() + DEVICE_DAYS * DAY_MS);
}

/** The proof that this browser holds the device's key. Returns r and s, 64 bytes (IEEE P1363). */
export async function attachSignature(deviceKey: CryptoKey, nonce: Uint8Array): Promise<Bytes> {
	const signed = new Uint8Array([...utf8("medicus-attach:"), ...nonce]);
	return new Uint8Array(await crypto.subtle.sign(ECDSA_SHA256, deviceKey, signed));
}

function commonName(value: string): pkijs.AttributeTypeAndValue {
	return new pkijs.AttributeTypeAndValue({ type: COMMON_NAME, value: new asn1js.Utf8String({ value }) });
}

/** 16 random bytes, positive and without a leading zero (RFC 5280 section 4.1.2.2). */
function serialNumber(): asn1js.Integer {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
	return new asn1js.Integer({ valueHex: bytes.buffer });
}

async function deviceExtensions(
	names: DeviceNames,
	certificate: pkijs.Certificate,
	issuerKey: CryptoKey,
): Promise<pkijs.Extension[]> {
	const { deviceId, personId, domain, thumbprint } = names;
	const alternative = new pkijs.GeneralNames({
		names: [
			new pkijs.GeneralName({ type: GENERAL_NAME.dns, value: deviceDns(deviceId, personId, domain) }),
			new pkijs.GeneralName({ type: GENERAL_NAME.uri, value: THUMBPRINT_URI + thumbprint }),
		],
	});
	const usage = new asn1js.BitString({
		valueHex: Uint8Array.of(KEY_USAGE_DIGITAL_SIGNATURE).buffer,
		unusedBits: 7,
	});
	const issuerInfo = new pkijs.PublicKeyInfo();
	await issuerInfo.importKey(issuerKey);
	const own = new asn1js.OctetString({ valueHex: await keyIdentifier(certificate.subjectPublicKeyInfo) });
	const authority = new pkijs.AuthorityKeyIdentifier({
		keyIdentifier: new asn1js.OctetString({ valueHex: await keyIdentifier(issuerInfo) }),
	});
	return [
		extension(pkijs.id_BasicConstraints, true, new pkijs.BasicConstraints({ cA: false }).toSchema()),
		extension(pkijs.id_KeyUsage, true, usage),
		extension(pkijs.id_SubjectAltName, false, alternative.toSchema()),
		extension(pkijs.id_SubjectKeyIdentifier, false, own),
		extension(pkijs.id_AuthorityKeyIdentifier, false, authority.toSchema()),
	];
}

/** SHA-1 of the public key's bits, as RFC 5280 section 4.2.1.2 (1) names keys; a name, not a protection. */
async function keyIdentifier(key: pkijs.PublicKeyInfo): Promise<ArrayBuffer> {
	const bits = key.subjectPublicKey.valueBlock.valueHexView;
	return crypto.subtle.digest("SHA-1", new Uint8Array(bits));
}

function extension(
	extnID: string,
	critical: boolean,
	value: { toBER(sizeOnly?: boolean): ArrayBuffer },
): pkijs.Extension {
	return new pkijs.Extension({ extnID, critical, extnValue: value.toBER(false) });
}
