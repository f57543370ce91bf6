/** The first sign-in on this browser, and every later one: identity key → device → key packages.
 *
 *  Each step can be repeated: a browser that was closed in between goes on where it was. */

import { type Bytes, base64, equal, fromBase64 } from "../crypto/bytes";
import { deviceTag, type LeafIdentity } from "../crypto/identity";
import { newId } from "../crypto/ids";
import {
	attachSignature,
	certificateEnd,
	deviceCertificate,
	identityRequest,
	newIdentityKey,
	newSigningKey,
	publicKeyFingerprint,
	publicKeyInfo,
} from "../crypto/pki";
import { ed25519Thumbprint } from "../crypto/thumbprint";
import { Problem } from "../lib/http";
import { requireAdministrator } from "./administrator";
import type { Api, Me } from "./api";
import { Blocked } from "./blocked";
import type { MlsEngine } from "./mls";
import { keepIdentityKey, rememberIdentity } from "./own-keys";
import type { SelfRecord } from "./records";
import type { Store } from "./store";
import type { EngineState } from "./types";

export interface SetupPorts {
	api: Api;
	openStore(personId: string): Promise<Store>;
	openEngine(options: { database: string; databaseKey: Bytes; identity: LeafIdentity }): Promise<MlsEngine>;
	report(state: EngineState): void;
	/** How this device is called in the person's list of devices. */
	deviceName: string;
	now(): Date;
}

export interface Session {
	me: Me;
	self: SelfRecord;
	store: Store;
	engine: MlsEngine;
	root: Bytes;
	/** SHA-256 of the own identity key, hex. */
	identityFingerprint: string;
	/** Null in a browser that another one of the person certified. */
	identity: CryptoKeyPair | null;
}

/** Answers that say that the device is no longer one. */
const GONE = new Set([400, 404, 409]);
/** A device whose certificate is about to end makes room for a new one. */
const ENDING_MS = 86_400_000;
const KEY_PACKAGES = 50;
const KEY_PACKAGES_LOW = 25;
/** The identity key of this browser that nobody has certified yet: an administrator may have to approve it first. */
const UNCERTIFIED = "identity-uncertified";

/** Raises: Blocked, Unreachable. */
export async function enter(ports: SetupPorts): Promise<Session> {
	const me = await whoAmI(ports.api);
	const store = await ports.openStore(me.personId);
	await checkRoot(store, me);
	const known = await store.get("self", "self");
	const { pair: identity, certified } = await identityKey(ports, store, me, known);
	const identityFingerprint = identity
		? await publicKeyFingerprint(identity.publicKey)
		: (me.identityFingerprint ?? "");
	const lasts = known && Date.parse(known.expiresAt) > ports.now().getTime() + ENDING_MS;
	const current = known && lasts && (await isOf(known, identityFingerprint, store)) ? known : null;
	if (!identity && !current?.registered) throw new Blocked({ state: "needs-approval", ended: null });
	const self = current ?? (await newSelf(ports, store, me, identityFingerprint));
	const engine = await openEngine(ports, store, self);
	if (!self.registered && identity)
		await become(ports, { me, store, self, engine, identity, identityFingerprint, certified });
	else if (me.deviceId !== self.deviceId) await attachAgain(ports.api, store, self, identity !== null);
	const registered = (await store.get("self", "self")) ?? self;
	await rememberIdentity(store, registered.chain.map(fromBase64)[1], identityFingerprint);
	return { me, self: registered, store, engine, root: me.root, identityFingerprint, identity };
}

/** Put the number of key packages that wait on the server up to about fifty. */
export async function topUpKeyPackages(api: Api, engine: MlsEngine): Promise<void> {
	const left = await api.keyPackagesLeft();
	if (left >= KEY_PACKAGES_LOW) return;
	await api.publishKeyPackages(await engine.keyPackages(KEY_PACKAGES - left));
}

async function whoAmI(api: Api): Promise<Me> {
	try {
		return await api.me();
	} catch (error) {
		if (error instanceof Problem && error.code === "access-ended") {
			throw new Blocked({ state: "access-ended", detail: error.detail });
		}
		if (error instanceof Problem && error.status === 401) throw new Blocked({ state: "signed-out" });
		throw error;
	}
}

/** The root is pinned when first seen: whoever could exchange it could certify anybody. */
export async function checkRoot(store: Store, { root }: Me): Promise<void> {
	const pinned = await store.get("secrets", "root");
	if (!pinned) return store.write([{ table: "secrets", key: "root", value: base64(root) }]);
	if (!equal(fromBase64(pinned), root)) throw new Blocked({ state: "failed", reason: "root-changed" });
}

/** Null when it was made in another browser of the person. Where an administrator approves, it is not certified yet. */
async function identityKey(
	{ api, report }: SetupPorts,
	store: Store,
	me: Me,
	known: SelfRecord | null,
): Promise<{ pair: CryptoKeyPair | null; certified: boolean }> {
	const pair = await store.keyPair("identity");
	if (me.identityFingerprint) {
		await forgetUncertified(store);
		const fits = pair && (await publicKeyFingerprint(pair.publicKey)) === me.identityFingerprint;
		return { pair: fits ? pair : null, certified: true };
	}
	report({ state: "setting-up", step: "identity-key" });
	const uncertified = await store.get("secrets", UNCERTIFIED);
	const waits = pair && (await publicKeyFingerprint(pair.publicKey)) === uncertified;
	// A key that was certified before and no longer is, was reset: it must not come back.
	const fresh = pair && (waits || !known) ? pair : await keptIdentityKey(store);
	const value = await publicKeyFingerprint(fresh.publicKey);
	await store.write([{ table: "secrets", key: UNCERTIFIED, value }]);
	if (me.administratorApproves) return { pair: fresh, certified: false };
	await certify(api, store, me, fresh);
	return { pair: fresh, certified: true };
}

async function certify(api: Api, store: Store, me: Me, pair: CryptoKeyPair): Promise<void> {
	const [certificate] = await api.certifyIdentity(await identityRequest(pair, me.personId));
	await forgetUncertified(store);
	await rememberIdentity(store, certificate, await publicKeyFingerprint(pair.publicKey));
}

async function forgetUncertified(store: Store): Promise<void> {
	if (!(await store.get("secrets", UNCERTIFIED))) return;
	await store.write([{ table: "secrets", key: UNCERTIFIED, value: null }]);
}

async function keptIdentityKey(store: Store): Promise<CryptoKeyPair> {
	const { keys, pkcs8 } = await newIdentityKey();
	await keepIdentityKey(store, keys, pkcs8);
	return keys;
}

async function isOf(self: SelfRecord, identityFingerprint: string, store: Store): Promise<boolean> {
	return (await store.get("secrets", `identity-of-${self.deviceId}`)) === identityFingerprint;
}

export async function newSelf(
	{ now }: Pick<SetupPorts, "now">,
	store: Store,
	me: Me,
	identityFingerprint: string,
): Promise<SelfRecord> {
	const deviceId = newId();
	const self = {
		personId: me.personId,
		domain: me.organisation.domain,
		deviceId,
		chain: [],
		registered: false,
		expiresAt: certificateEnd(now()).toISOString(),
	};
	await store.putKeyPair(deviceId, await newSigningKey());
	await store.write([
		{ table: "self", key: "self", value: self },
		{ table: "secrets", key: `identity-of-${deviceId}`, value: identityFingerprint },
	]);
	return self;
}

export async function openEngine(
	{ openEngine }: Pick<SetupPorts, "openEngine">,
	store: Store,
	self: SelfRecord,
): Promise<MlsEngine> {
	const { personId, deviceId, domain } = self;
	return openEngine({
		database: `medicus-mls-${deviceId}`,
		databaseKey: await store.secret(`mls-${deviceId}`),
		identity: { personId, deviceTag: deviceTag(deviceId), domain },
	});
}

interface Becoming extends Pick<Session, "me" | "store" | "self" | "engine" | "identityFingerprint"> {
	identity: CryptoKeyPair;
	certified: boolean;
}

/** Where an administrator approves, nothing is certified before that. */
async function become(ports: SetupPorts, becoming: Becoming): Promise<void> {
	const { me, store, self, engine, identity, identityFingerprint, certified } = becoming;
	const deviceKey = await publicKeyInfo((await ownKey(store, self.deviceId)).publicKey);
	const keys = { deviceId: self.deviceId, mlsKey: engine.signatureKey, deviceKey };
	await requireAdministrator(ports, { me, keys, identityFingerprint });
	if (!certified) await certify(ports.api, store, me, identity);
	await register(ports, { store, self, identity, engine });
}

async function register(
	{ api, report, deviceName, now }: SetupPorts,
	{ store, self, identity, engine }: Pick<Session, "store" | "self" | "engine"> & { identity: CryptoKeyPair },
): Promise<void> {
	report({ state: "setting-up", step: "device" });
	const { deviceId, personId, domain } = self;
	const thumbprint = await ed25519Thumbprint(engine.signatureKey);
	const deviceKey = (await ownKey(store, deviceId)).publicKey;
	const names = { deviceId, personId, domain, thumbprint };
	const certificate = await deviceCertificate({ names, deviceKey, issuer: identity, at: now() });
	const chain = await registerOrAttach(api, store, { deviceId, deviceName, certificate });
	const registered = { ...self, chain: chain.map(base64), registered: true };
	await store.write([{ table: "self", key: "self", value: registered }]);
	report({ state: "setting-up", step: "key-packages" });
	await topUpKeyPackages(api, engine);
}

/** A device whose registration was accepted, but whose answer was lost, is only attached. */
async function registerOrAttach(
	api: Api,
	store: Store,
	made: { deviceId: string; deviceName: string; certificate: Bytes },
): Promise<Bytes[]> {
	try {
		return await api.registerDevice(made.deviceId, made.deviceName, made.certificate);
	} catch (error) {
		if (!(error instanceof Problem) || error.status !== 409 || error.code === "approval-needed") throw error;
		await attach(api, store, made.deviceId);
		return [made.certificate];
	}
}

/** A browser that another one certified may ask that one again, when its device was revoked. */
async function attachAgain(api: Api, store: Store, self: SelfRecord, holdsIdentity: boolean): Promise<void> {
	try {
		await attach(api, store, self.deviceId);
	} catch (error) {
		const gone = error instanceof Blocked && !holdsIdentity;
		throw gone ? new Blocked({ state: "needs-approval", ended: "revoked" }) : error;
	}
}

async function attach(api: Api, store: Store, deviceId: string): Promise<void> {
	const { privateKey } = await ownKey(store, deviceId);
	try {
		const nonce = await api.challenge(deviceId);
		await api.attach(deviceId, await attachSignature(privateKey, nonce));
	} catch (error) {
		if (error instanceof Problem && GONE.has(error.status)) {
			throw new Blocked({ state: "failed", reason: "device-revoked" });
		}
		throw error;
	}
}

export async function ownKey(store: Store, deviceId: string): Promise<CryptoKeyPair> {
	const pair = await store.keyPair(deviceId);
	if (!pair) throw new Error("the device's key is missing");
	return pair;
}
