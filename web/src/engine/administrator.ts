/** Where the hospital's administrators approve new devices: a browser asks with its keys, and becomes a device only once
 *  one of them has approved exactly these. */

import { fromHex } from "../crypto/bytes";
import { approvalCode, approvalFingerprint } from "../crypto/device-approval";
import { Problem, Unreachable } from "../lib/http";
import type { Api, Me } from "./api";
import { Blocked } from "./blocked";
import type { SetupPorts } from "./setup";
import type { Store } from "./store";

export interface Candidate {
	me: Me;
	keys: { deviceId: string; mlsKey: Uint8Array; deviceKey: Uint8Array };
	/** Of the identity key that certifies the device, hex. */
	identityFingerprint: string;
}

/** Until an administrator has decided. */
export class AwaitsAdministrator extends Blocked {
	constructor(
		readonly approvalId: string,
		code: string,
		expiresAt: string,
	) {
		super({ state: "awaiting-administrator", code, expiresAt });
	}
}

const ASKED = "administrator-asked";
const GOES_ON = new Set(["approved", "used", "unneeded"]);
/** What the service answers when it takes no request now. */
const NOT_NOW = new Set([409, 429]);
const POLL_MS = 3000;

/** Return once the keys are approved, or need not be. Raises: Blocked, Problem, Unreachable. */
export async function requireAdministrator(
	{ api, deviceName }: Pick<SetupPorts, "api" | "deviceName">,
	{ me, keys, identityFingerprint }: Candidate,
): Promise<void> {
	if (!me.administratorApproves) return;
	const asked = { ...keys, identityFingerprint: fromHex(identityFingerprint) };
	const answer = await api.askAdministrator(asked, deviceName).catch((error) => {
		if (!(error instanceof Problem && NOT_NOW.has(error.status))) throw error;
		throw new Blocked({ state: "not-approved", ended: error.code, reason: error.detail });
	});
	const { id, state, reason, expiresAt } = answer;
	if (GOES_ON.has(state)) return;
	if (state !== "waiting") throw new Blocked({ state: "not-approved", ended: state, reason });
	// Of the keys that this browser has, not of those that the service says it has.
	const fingerprint = await approvalFingerprint(asked, me.personId, me.organisation.id);
	throw new AwaitsAdministrator(id, approvalCode(fingerprint), expiresAt);
}

/** Resolves when the request does not wait any more, or `stopped` says so. */
export async function decided(
	api: Pick<Api, "approval">,
	approvalId: string,
	{ stopped, pause }: { stopped(): boolean; pause(ms: number): Promise<void> },
): Promise<void> {
	while (!stopped()) {
		await pause(POLL_MS);
		if (stopped()) return;
		try {
			if ((await api.approval(approvalId)).state !== "waiting") return;
		} catch (error) {
			if (!(error instanceof Unreachable)) return;
		}
	}
}

/** After a refusal only other keys can ask: forget those that were never certified. */
export async function forgetCandidate(store: Store): Promise<void> {
	const known = await store.get("self", "self");
	if (known && !known.registered) await store.write([{ table: "self", key: "self", value: null }]);
}

/** Whether this browser, which another one has to certify, waits for an administrator first. */
export async function hasAskedAdministrator(store: Store): Promise<boolean> {
	return (await store.get("secrets", ASKED)) !== null;
}

export async function rememberAsking(store: Store, asking: boolean): Promise<void> {
	await store.write([{ table: "secrets", key: ASKED, value: asking ? ASKED : null }]);
}
