/** The key of the history backup on its way to a new device of the same person: sealed by the one that approves it, to a
 *  key that the new one has made for this request, and signed by the person's identity key.
 *
 *      head    = "medicus-wrapped-backup-key/1" ‖ 0x0a ‖ person ‖ organisation ‖ request ‖ fingerprint of the request
 *                ‖ SHA-256 of the identity key ‖ ephemeral key ‖ agreement key
 *      key     = HKDF-SHA-256(ECDH(ephemeral, agreement), no salt, head), 32 bytes
 *      sealed  = AES-256-GCM(key, nonce, backup key, additional data = head)
 *      wrapped = ephemeral key ‖ nonce ‖ sealed ‖ ECDSA-SHA-256(identity key, head ‖ nonce ‖ sealed)
 *
 *  Ids are the 16 bytes of their UUIDs; ephemeral and agreement key are points of P-256, uncompressed (65 bytes), each made
 *  for one request; the identity key is hashed as SubjectPublicKeyInfo; the signature is r ‖ s. 189 bytes in all.
 *
 *  The request's fingerprint covers the agreement key and was compared by the person, so nobody else can open it. Without the
 *  signature whoever carries it could seal a key of their own, and hand out a history that they have invented.
 *  Vectors: `web/tests/vectors/wrapped-backup-key.json`. */

import { type Bytes, concat, fromHex, owned, utf8 } from "./bytes";
import { BACKUP_KEY_BYTES } from "./history-backup";
import { uuidBytes } from "./ids";
import { ECDSA_SHA256, keyFingerprint, P256, publicKeyInfo } from "./pki";

const LABEL = "medicus-wrapped-backup-key/1\n";
const ECDH_P256 = { name: "ECDH", namedCurve: "P-256" } as const;
const POINT_BYTES = 65;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SIGNATURE_BYTES = 64;
const SEALED_AT = POINT_BYTES + NONCE_BYTES;
const SIGNED_TO = SEALED_AT + BACKUP_KEY_BYTES + TAG_BYTES;

/** For which request, of whom. */
export interface WrapPlace {
	personId: string;
	organisationId: string;
	joinId: string;
	/** Of the request, 32 bytes, as both browsers compute it. */
	fingerprint: Uint8Array;
}

/** It was changed, is of another request or person, or was sealed to or signed by another key. */
export class WrapRefused extends Error {}

/** A key pair for one request; its private half cannot leave the browser. */
export function newAgreementKey(): Promise<CryptoKeyPair> {
	return crypto.subtle.generateKey(ECDH_P256, false, ["deriveBits"]);
}

/** The public half, 65 bytes. */
export async function agreementPoint({ publicKey }: Pick<CryptoKeyPair, "publicKey">): Promise<Bytes> {
	return new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
}

/** `agreementKey`: 65 bytes, of the browser that asks.   once: what must never be used twice.
 *
 *  Raises: DOMException when it is no point of the curve. */
export async function wrapBackupKey(
	backupKey: Uint8Array,
	{ place, agreementKey, identity }: { place: WrapPlace; agreementKey: Uint8Array; identity: CryptoKeyPair },
	once?: { ephemeral: CryptoKeyPair; nonce: Uint8Array },
): Promise<Bytes> {
	if (backupKey.length !== BACKUP_KEY_BYTES) throw new TypeError("a backup key has 256 bits");
	const ephemeral = once?.ephemeral ?? (await newAgreementKey());
	const nonce = owned(once?.nonce ?? crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));
	const point = await agreementPoint(ephemeral);
	const head = concat(await context(place, identity.publicKey), point, agreementKey);
	const key = await sealingKey(ephemeral.privateKey, agreementKey, head);
	const parameters = { name: "AES-GCM", iv: nonce, additionalData: head };
	const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters, key, owned(backupKey)));
	const signed = concat(head, nonce, sealed);
	const signature = await crypto.subtle.sign(ECDSA_SHA256, identity.privateKey, signed);
	return concat(point, nonce, sealed, new Uint8Array(signature));
}

/** `identityKey`: SubjectPublicKeyInfo of the key that certified this device.   Raises: WrapRefused. */
export async function unwrapBackupKey(
	wrapped: Uint8Array,
	{ place, pair, identityKey }: { place: WrapPlace; pair: CryptoKeyPair; identityKey: Uint8Array },
): Promise<Bytes> {
	if (wrapped.length !== SIGNED_TO + SIGNATURE_BYTES) throw new WrapRefused();
	const identity = await crypto.subtle.importKey("spki", owned(identityKey), P256, true, ["verify"]);
	const [point, nonce] = [wrapped.slice(0, POINT_BYTES), owned(wrapped.slice(POINT_BYTES, SEALED_AT))];
	const sealed = owned(wrapped.slice(SEALED_AT, SIGNED_TO));
	const head = concat(await context(place, identity), point, await agreementPoint(pair));
	const signature = owned(wrapped.slice(SIGNED_TO));
	const signed = concat(head, nonce, sealed);
	if (!(await crypto.subtle.verify(ECDSA_SHA256, identity, signature, signed))) throw new WrapRefused();
	try {
		const key = await sealingKey(pair.privateKey, point, head);
		const parameters = { name: "AES-GCM", iv: nonce, additionalData: head };
		return new Uint8Array(await crypto.subtle.decrypt(parameters, key, sealed));
	} catch {
		throw new WrapRefused();
	}
}

async function context(
	{ personId, organisationId, joinId, fingerprint }: WrapPlace,
	identity: CryptoKey,
): Promise<Bytes> {
	if (fingerprint.length !== 32) throw new TypeError("a fingerprint has 32 bytes");
	const ids = [personId, organisationId, joinId].map(uuidBytes);
	const identityFingerprint = fromHex(await keyFingerprint(await publicKeyInfo(identity)));
	return concat(utf8(LABEL), ...ids, fingerprint, identityFingerprint);
}

async function sealingKey(own: CryptoKey, other: Uint8Array, info: Bytes): Promise<CryptoKey> {
	const point = await crypto.subtle.importKey("raw", owned(other), ECDH_P256, true, []);
	const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: point }, own, 256);
	const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
	const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
	const aes = { name: "AES-GCM", length: 256 };
	return crypto.subtle.deriveKey(hkdf, material, aes, false, ["encrypt", "decrypt"]);
}
