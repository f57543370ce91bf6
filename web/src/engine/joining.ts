/** A browser without the person's identity key becomes a device: it makes its keys, asks, shows their fingerprint, and
 *  takes the certificate that the first browser makes, if it is for these very keys.
 *
 *  A page that is closed in between goes on: the keys and the request are kept. */

import { type Bytes, base64, base64url, equal, fromBase64 } from "../crypto/bytes";
import { ChainRefused, verifyChain } from "../crypto/chain";
import { type JoinKeys, joinCode, joinFingerprint } from "../crypto/join";
import { certifiedKey, publicKeyInfo } from "../crypto/pki";
import { ed25519Thumbprint } from "../crypto/thumbprint";
import { agreementPoint, newAgreementKey } from "../crypto/wrapped-backup-key";
import { Problem, Unreachable } from "../lib/http";
import { hasAskedAdministrator, rememberAsking, requireAdministrator } from "./administrator";
import type { JoinRequest, Me } from "./api";
import { AGREEMENT, expectHistory } from "./backup-arrival";
import type { SelfRecord } from "./records";
import { checkRoot, newSelf, openEngine, ownKey, type SetupPorts } from "./setup";
import type { Store } from "./store";
import type { JoinEnd } from "./types";

export interface JoiningPorts extends SetupPorts {
	/** Of the links in QR codes. */
	origin: string;
	pause(ms: number): Promise<void>;
}

interface Pending {
	id: string;
	deviceId: string;
	nonce: Uint8Array;
	expiresAt: string;
}

const POLL_MS = 2000;
const PENDING = "join";

export class Joining {
	private stopped = false;
	private asked: string | null = null;

	constructor(private readonly ports: JoiningPorts) {}

	/** Ask, or go on with what was asked before. Resolves "approved" once this browser holds its certificate.
	 *
	 *  `again`: only go on; null when nothing is open. Raises: Blocked (an administrator has to approve first, too), Problem, Unreachable. */
	async run({ again }: { again: boolean }): Promise<"approved" | JoinEnd | null> {
		const { api, openStore } = this.ports;
		const me = await api.me();
		const store = await openStore(me.personId);
		await checkRoot(store, me);
		const pending = await this.pending(store);
		if (again && !pending && !(await hasAskedAdministrator(store))) return null;
		const self = await this.candidate(store, me);
		const keys = await this.keys(store, self, pending);
		const open = pending?.deviceId === self.deviceId ? pending : await this.ask(store, keys, me);
		this.asked = open.id;
		await this.show(open, keys, me);
		const answer = await this.answer(open.id);
		if (!answer) return null;
		await store.write([{ table: "secrets", key: PENDING, value: null }]);
		if (answer.state !== "approved") return answer.state;
		return (await this.take(answer, { store, self, keys, me })) ? "approved" : "mismatch";
	}

	/** Take the request back; `run` then ends. */
	async withdraw(): Promise<void> {
		if (this.asked) await this.ports.api.withdrawJoin(this.asked);
	}

	/** End waiting, but leave the request open: another tab goes on with it. */
	stop(): void {
		this.stopped = true;
	}

	/** What was asked before. The nonce is this browser's own memory: a server that chose it could look for two sets of
	 *  keys with one code, which is far easier than finding one that fits a code. */
	private async pending(store: Store): Promise<Pending | null> {
		const kept = await store.get("secrets", PENDING);
		if (!kept) return null;
		const { id, deviceId, nonce } = JSON.parse(kept) as { id: string; deviceId: string; nonce: string };
		try {
			const { state, expiresAt } = await this.ports.api.join(id);
			const open = ["waiting", "approved"].includes(state);
			return open ? { id, deviceId, expiresAt, nonce: fromBase64(nonce) } : null;
		} catch (error) {
			if (error instanceof Problem) return null;
			throw error;
		}
	}

	/** The device that this browser wants to be: keys that were never certified are used on. */
	private async candidate(store: Store, me: Me): Promise<SelfRecord> {
		const known = await store.get("self", "self");
		if (known && !known.registered && known.domain === me.organisation.domain) return known;
		return newSelf(this.ports, store, me, me.identityFingerprint ?? "");
	}

	private async keys(store: Store, self: SelfRecord, pending: Pending | null): Promise<JoinKeys> {
		const engine = await openEngine(this.ports, store, self);
		return {
			deviceId: self.deviceId,
			nonce: pending?.nonce ?? crypto.getRandomValues(new Uint8Array(32)),
			mlsKey: engine.signatureKey,
			agreementKey: await this.agreementKey(store, pending),
			deviceKey: await publicKeyInfo((await ownKey(store, self.deviceId)).publicKey),
		};
	}

	/** As fresh as the nonce. */
	private async agreementKey(store: Store, pending: Pending | null): Promise<Bytes> {
		const known = pending && (await store.keyPair(AGREEMENT));
		if (known) return agreementPoint(known);
		const fresh = await newAgreementKey();
		await store.putKeyPair(AGREEMENT, fresh);
		return agreementPoint(fresh);
	}

	private async ask(store: Store, keys: JoinKeys, me: Me): Promise<Pending> {
		await this.administrator(store, keys, me);
		const { deviceId, nonce } = keys;
		const { id, expiresAt } = await this.ports.api.askToJoin(keys, this.ports.deviceName);
		const value = JSON.stringify({ id, deviceId, nonce: base64(nonce) });
		await store.write([{ table: "secrets", key: PENDING, value }]);
		return { id, deviceId, expiresAt, nonce };
	}

	/** First the hospital's administrators, whose answer may take days; then the person's own device, within minutes. */
	private async administrator(store: Store, keys: JoinKeys, me: Me): Promise<void> {
		if (!me.administratorApproves) return;
		await rememberAsking(store, true);
		await requireAdministrator(this.ports, { me, keys, identityFingerprint: me.identityFingerprint ?? "" });
		await rememberAsking(store, false);
	}

	/** The fingerprint is of the keys that this browser has, not of those that the server says it has. */
	private async show(open: Pending, keys: JoinKeys, me: Me): Promise<void> {
		const fingerprint = await joinFingerprint(keys, me.personId, me.organisation.id);
		this.ports.report({
			state: "joining",
			link: `${this.ports.origin}/account/devices/join/${open.id}/#${base64url(fingerprint)}`,
			code: await joinCode(fingerprint),
			expiresAt: open.expiresAt,
		});
	}

	/** Null when waiting was stopped. */
	private async answer(id: string): Promise<JoinRequest | null> {
		while (!this.stopped) {
			try {
				const request = await this.ports.api.join(id);
				if (request.state !== "waiting") return request;
			} catch (error) {
				if (!(error instanceof Unreachable)) throw error;
			}
			await this.ports.pause(POLL_MS);
		}
		return null;
	}

	/** Keep the certificate if it is under the pinned root, of this person, and for exactly these keys. */
	private async take(
		{ id, chain, hasBackupKey }: JoinRequest,
		{ store, self, keys, me }: { store: Store; self: SelfRecord; keys: JoinKeys; me: Me },
	): Promise<boolean> {
		const root = fromBase64((await store.get("secrets", "root")) ?? "");
		const device = await verifyChain(chain, root, this.ports.now()).catch((error) => {
			if (error instanceof ChainRefused) return null;
			throw error;
		});
		const [certificate] = chain;
		if (!device || !certificate || !equal(certifiedKey(certificate), keys.deviceKey)) return false;
		const expected = {
			deviceId: self.deviceId,
			personId: me.personId,
			domain: me.organisation.domain,
			thumbprint: await ed25519Thumbprint(keys.mlsKey),
			identityFingerprint: me.identityFingerprint,
		};
		if (Object.entries(expected).some(([name, value]) => device[name as keyof typeof device] !== value)) {
			return false;
		}
		const expiresAt = new Date(device.notAfterMs).toISOString();
		const fingerprint = await joinFingerprint(keys, me.personId, me.organisation.id);
		const registered = { ...self, chain: chain.map(base64), registered: true, expiresAt };
		await store.write([
			{ table: "self", key: "self", value: registered },
			{ table: "secrets", key: `identity-of-${self.deviceId}`, value: device.identityFingerprint },
			expectHistory({ joinId: id, fingerprint: base64(fingerprint), offered: hasBackupKey }),
		]);
		return true;
	}
}
