/** The person's first browser certifies another one that asks, if its keys are those that the person saw there. */

import { type Bytes, equal, fromBase64url } from "../crypto/bytes";
import { joinCode, joinFingerprint, readCode } from "../crypto/join";
import { deviceCertificate, P256 } from "../crypto/pki";
import { ed25519Thumbprint } from "../crypto/thumbprint";
import { Problem, Unreachable } from "../lib/http";
import type { Api, JoinRequest } from "./api";
import { type HandoverPorts, wrappedKeyFor } from "./backup-handover";
import { Failure } from "./failure";
import { rememberApproved } from "./own-keys";
import type { Session } from "./setup";
import type { Approved, JoinProof } from "./types";

export type ApprovalSession = Pick<Session, "me" | "identity" | "store">;

/** `handover`: null where the history is not to come along.   Raises: Failure `no-identity-key`, `join-over`, `join-mismatch`, Problem, Unreachable. */
export async function approve(
	api: Pick<Api, "join" | "approveJoin" | "refuseJoin">,
	{ me, identity, store }: ApprovalSession,
	{
		joinId,
		proof,
		handover,
		at,
	}: {
		joinId: string;
		proof: JoinProof;
		handover: HandoverPorts | null;
		at: Date;
	},
): Promise<Approved> {
	if (!identity) throw new Failure("no-identity-key");
	const request = await api.join(joinId);
	if (request.state !== "waiting") throw new Failure("join-over");
	// Of whom it is, this browser knows by itself; the server only says with which keys.
	const fingerprint = await joinFingerprint(request.keys, me.personId, me.organisation.id);
	if (!(await fits(fingerprint, proof))) return mismatch(api, request, proof);
	const { deviceId, deviceKey, mlsKey, agreementKey } = request.keys;
	const names = {
		deviceId,
		personId: me.personId,
		domain: me.organisation.domain,
		thumbprint: await ed25519Thumbprint(mlsKey),
	};
	const key = await crypto.subtle.importKey("spki", new Uint8Array(deviceKey), P256, true, ["verify"]);
	const certificate = await deviceCertificate({ names, deviceKey: key, issuer: identity, at });
	const place = { personId: me.personId, organisationId: me.organisation.id, joinId, fingerprint };
	const wrapped =
		handover && (await wrappedKeyFor(handover, { place, agreementKey, identity }).catch(without));
	// Before the log can tell of it.
	await rememberApproved(store, deviceId, certificate);
	await api.approveJoin(joinId, fingerprint, certificate, wrapped);
	return { history: wrapped !== null };
}

/** A device that is approved without its history is better than none. */
function without(error: unknown): null {
	if (error instanceof Problem || error instanceof Unreachable) return null;
	throw error;
}

async function fits(fingerprint: Bytes, proof: JoinProof): Promise<boolean> {
	if ("code" in proof) return readCode(proof.code) === (await joinCode(fingerprint));
	try {
		return equal(fingerprint, fromBase64url(proof.fingerprint));
	} catch {
		return false;
	}
}

/** A code may be mistyped. A scanned fingerprint is not: somebody has exchanged the keys, so the request ends here. */
async function mismatch(api: Pick<Api, "refuseJoin">, { id }: JoinRequest, proof: JoinProof): Promise<never> {
	if ("fingerprint" in proof) await api.refuseJoin(id, "mismatch");
	throw new Failure("join-mismatch");
}
