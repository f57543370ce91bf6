/** What the messenger needs of an MLS implementation (RFC 9420), and nothing of any product's API.
 *
 *  All calls of one engine run one after another. `process` writes what it has read beside the ratchet's state, in one
 *  transaction: what the ratchet has swallowed is remembered, after a crash too, until it is `kept`. */

import type { Bytes } from "../crypto/bytes";

export interface Leaf {
	/** The basic credential's identity, as text. */
	identity: string;
	/** RFC 7638 thumbprint of the signature key; null when the engine cannot tell it for sure, which is never
	 *  trusted (two leaves with one identity, for instance). */
	thumbprint: string | null;
}

/** Stands for all leaves of a group in which at least one has an identity that the engine cannot read. */
export const UNREADABLE_IDENTITY = "?";

export interface OutgoingCommit {
	/** MLSMessage with a PublicMessage. */
	commit: Bytes;
	/** MLSMessage with a Welcome; null when nobody is added. */
	welcome: Bytes | null;
	/** The next epoch's GroupInfo. It lets anybody join: it stays, encrypted, in this browser. */
	groupInfo: Bytes;
}

/** Hands a commit to the Delivery Service; resolves when it stands in the group's stream.
 *  Rejecting rolls the commit back: only for answers that say for sure that it was not accepted. */
export type SendCommit = (commit: OutgoingCommit) => Promise<{ seq: number }>;

/** `duplicate`: was read before; `out-of-order`: of an epoch that has not begun here; `too-old`: its keys are deleted;
 *  `not-a-member`: this device has no such group; `malformed`: no MLS, a wrong signature, another key. */
export type UnreadableReason =
	| "duplicate"
	| "out-of-order"
	| "too-old"
	| "not-a-member"
	| "own"
	| "malformed";

export type Processed =
	| { kind: "message"; plaintext: Bytes; sender: Leaf }
	/** `before`/`after`: the identities of all leaves; `active`: false when this device was removed. */
	| { kind: "commit"; active: boolean; before: string[]; after: string[]; sender: string }
	| { kind: "proposal"; sender: string }
	| { kind: "unreadable"; reason: UnreadableReason };

/** One entry of a group's stream, as the Delivery Service gives it. */
export interface Sealed {
	seq: number;
	body: Uint8Array;
}

/** Group ids are UUIDs; the MLS group id is their 16 bytes. */
export interface MlsEngine {
	/** Raw Ed25519 public key, 32 bytes. */
	readonly signatureKey: Bytes;
	/** KeyPackages without the MLSMessage header, valid for 28 days. */
	keyPackages(count: number): Promise<Bytes[]>;
	create(groupId: string): Promise<void>;
	/** Raises: whatever `send` rejected with; the group is then as before. The same for remove, update and rejoin. */
	add(groupId: string, keyPackages: Uint8Array[], send: SendCommit): Promise<void>;
	/** Remove all leaves with these identities. */
	remove(groupId: string, identities: string[], send: SendCommit): Promise<void>;
	update(groupId: string, send: SendCommit): Promise<void>;
	/** Take this device's place again by an external commit (RFC 9420 section 12.4.3.2) that also removes its lost leaf. */
	rejoin(groupId: string, groupInfo: Uint8Array, send: SendCommit): Promise<void>;
	/** `welcome`: MLSMessage. Returns the group's id. Raises: WelcomeRefused. */
	join(welcome: Uint8Array): Promise<string>;
	/** Entries of a group must come in order, without gaps. behind: messages of the same epoch that follow, to be
	 *  swallowed in the same transaction as far as they can be read; asked for in their turn, they are remembered. */
	process(groupId: string, entry: Sealed, behind?: readonly Sealed[]): Promise<Processed>;
	/** Returns an MLSMessage with a PrivateMessage. */
	encrypt(groupId: string, plaintext: Uint8Array): Promise<Bytes>;
	members(groupId: string): Promise<Leaf[]>;
	/** The identities of all leaves, without their keys: cheaper than `members`. */
	identities(groupId: string): Promise<string[]>;
	epoch(groupId: string): Promise<number>;
	exists(groupId: string): Promise<boolean>;
	/** Delete all keys of a group. */
	forget(groupId: string): Promise<void>;
	/** Everything of the group up to this entry of its stream is written down elsewhere. */
	kept(groupId: string, seq: number): Promise<void>;
}

/** The Welcome is not for a key package that this device still has. */
export class WelcomeRefused extends Error {}
