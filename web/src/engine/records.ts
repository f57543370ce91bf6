/** What the browser keeps, table by table. Everything here lies sealed in IndexedDB (`store.ts`). */

import type { AttachmentReference, Body } from "../crypto/body";
import type { Bytes } from "../crypto/bytes";
import type { CertifiedDevice } from "../crypto/chain";
import type { SaidRecord } from "./annotations";
import type { CaseInfo, Kept, Recorded, Retention } from "./case-types";
import type { ContactRecord } from "./contact";
import type { ConversationEvent, GroupKind, Passages, SendState } from "./types";
import type { Acknowledgement, RoleName, Urgent } from "./urgent-types";

/** Who this browser is in the service. */
export interface SelfRecord {
	personId: string;
	domain: string;
	deviceId: string;
	/** Base64 DER: the device's certificate and those above it. */
	chain: string[];
	registered: boolean;
	/** When the device's certificate ends. */
	expiresAt: string;
}

/** `place`: "lost" when a commit of this device was accepted but its keys did not survive a crash. */
export interface GroupRecord {
	id: string;
	kind: GroupKind;
	title: string | null;
	joinedAt: string;
	active: boolean;
	place: "held" | "lost";
	/** Sequence number of the last entry that was read and kept. */
	cursor: number;
	seen: number;
	unread: number;
	/** When this device last changed its keys, and when it last sent, in milliseconds. */
	keysAtMs: number;
	sentAtMs: number;
	members: MemberRecord[];
	/** Leaves here that are nobody's; told as an event once. */
	unknown: string[];
	/** Person → fingerprint of the identity key last seen here. */
	keys: Record<string, string>;
	/** A request to get in touch, as the server last told it. Groups of earlier versions have none. */
	contact?: ContactRecord | null;
	/** By person: when the watermarks passed. */
	passages?: Record<string, Passages> | undefined;
	/** Whom it is addressed to, as a member says in its title. */
	role?: RoleName | null;
	/** Messages that somebody has pinned. */
	pinned?: string[];
	/** How many unread messages name the person here. */
	mentioned?: number;
	/** Annotations of this device that are told already and that the stream has yet to bring. */
	ownAnnotations?: string[];
	/** As the service last told them; groups of earlier versions have none. */
	case?: CaseInfo | null;
	retention?: Retention | null;
	kept?: Kept[];
	recorded?: Recorded[];
	/** Up to here messages have expired, as far as this device has noticed. */
	expiredSeq?: number;
	/** What has been deleted here already, see `expiry.ts`. */
	forgotten?: string;
}

/** A member as the server last listed it. */
export interface MemberRecord {
	personId: string;
	owner: boolean;
	delivered: number;
	seen: number;
	/** Every device of this person here is revoked: to be removed before anything is sent. */
	ended?: boolean;
}

/** How a person is shown; names come from the service's directory. */
export interface PersonRecord {
	personId: string;
	name: string;
	function: string;
	organisation: { id: string; name: string };
	/** Who stands in for a person who has left; empty for everybody else. */
	deputy?: string;
	/** Has no valid place at the organisation any more. Known also after they are out of a group. */
	left?: boolean;
	/** Signs in for their own record, and is nobody's colleague. */
	isPatient?: boolean;
}

/** The identity key this browser first saw for a person at an organisation, and what became of it. */
export interface PinRecord {
	personId: string;
	domain: string;
	/** SHA-256 of the key, hex. */
	fingerprint: string;
	seenAt: string;
	/** Earlier keys, newest last. */
	earlier: string[];
	/** When the person here has compared the safety number of this key with its owner. */
	verifiedAt?: string;
	/** That of an earlier key was compared. */
	wasVerified?: boolean;
}

export interface MessageRecord {
	id: string;
	conversationId: string;
	seq: number | null;
	/** recalled: by its author; nothing of it is kept but that it was there. */
	type: "text" | "attachment" | "title" | "event" | "unreadable" | "recalled";
	senderPersonId: string;
	own: boolean;
	text: string;
	attachment: AttachmentReference | null;
	event: ConversationEvent | null;
	sentAt: string;
	send: SendState | null;
	/** Only of titles that address a role. */
	role?: RoleName;
	/** Who has handed it on, where it was written before this device came in. */
	handedOnBy?: string;
	/** As the service last told them. */
	urgent?: Urgent;
	acknowledgements?: Acknowledgement[];
	/** When the service took it. This and what follows are missing in records of earlier versions. */
	at?: string | null;
	replyTo?: string | null;
	/** Ids of people whom the text names. */
	mentions?: string[];
	/** The sender did not write it for this conversation. */
	forwarded?: boolean;
	/** What was said about it since. */
	said?: SaidRecord;
}

/** A message on its way. */
export interface OutboxRecord {
	id: string;
	conversationId: string;
	atMs: number;
	body: Body;
	upload: UploadRecord | null;
	failed: string | null;
}

/** How far a file was sealed under its key, and the SHA-256 of that plaintext. */
export interface SealedMark {
	chunks: number;
	sha256: Bytes;
}

/** An attachment on its way: a small one lies as ciphertext in the chunk table, a large one is read from its file. */
export interface UploadRecord {
	ciphertextBytes: number;
	/** Where the server takes it; null before the first request. */
	url: string | null;
	/** Whether all of the ciphertext lies in the chunk table; else it needs the file. */
	encrypted: boolean;
	finished: boolean;
	/** What the service has confirmed. */
	sentBytes?: number;
	paused?: boolean;
	sealed?: SealedMark;
}

/** A commit of this device, written before it is sent and deleted when it was read in the stream. */
export interface CommitRecord {
	id: string;
	conversationId: string;
	epoch: number;
	/** Base64; lets this device, and nobody else, come back after a crash. */
	groupInfo: string;
	/** Identities of the leaves; `after` is empty until the new epoch's keys are kept. */
	before: string[];
	after: string[];
}

/** A device as the server lists it. */
export interface DeviceRecord {
	id: string;
	personId: string;
	/** Base64 DER, device first. */
	chain: string[];
	revokedAt: string | null;
}

/** What a verified chain says. */
export interface VerdictRecord {
	hash: string;
	device: CertifiedDevice;
}
