/** What a page may ask of the messenger, and what it hears from it. The engine itself lives in a Worker;
 *  no key ever crosses this boundary. Ids are UUID strings, times ISO 8601, sequence numbers count from 1. */

import type { Annotation, Reaction } from "../crypto/annotation";
import type { SearchAnswer, SearchQuery } from "./search-types";
import type { Acknowledgement, OpenItems, RoleName, Urgent, UrgentMessenger } from "./urgent-types";

export type { Annotation, Reaction } from "../crypto/annotation";

import type { Restored } from "./backup-restore";
import type { CaseAct, CaseInfo, CasePage, Kept, Recorded, Retention } from "./case-types";

/** patient: clinicians and one patient, from its beginning to its end; no other kind becomes one. */
export type GroupKind = "direct" | "team" | "case" | "patient";

/** starting → (setting-up) → ready; locked-elsewhere: another tab holds the engine; needs-approval: this person has an
 *  identity key, but not in this browser, `ended` says what became of the last request; joining: this browser asks, and
 *  shows `link` and `code` for ten minutes; awaiting-administrator: the hospital demands that one of its administrators
 *  approves these keys, to whom the person reads `code`; not-approved: `ended` says why, `reason` is the administrator's or
 *  the service's own; access-ended: by the organisation, in whose words `detail` is; failed: `reason`
 *  is a code: device-revoked, root-changed, offline, internal. */
export type EngineState =
	| { state: "starting" }
	| { state: "setting-up"; step: "identity-key" | "device" | "key-packages" }
	| { state: "restoring"; done: number; total: number }
	| { state: "ready"; deviceId: string; online: boolean }
	| { state: "locked-elsewhere" }
	| { state: "needs-approval"; ended: JoinEnd | null }
	| { state: "joining"; link: string; code: string; expiresAt: string }
	| { state: "awaiting-administrator"; code: string; expiresAt: string }
	| { state: "not-approved"; ended: ApprovalEnd; reason: string }
	| { state: "signed-out" }
	| { state: "access-ended"; detail: string }
	| { state: "failed"; reason: string };

/** mismatch: what was certified are not this browser's keys; anything else: the code of the service's refusal. */
export type JoinEnd = "refused" | "expired" | "withdrawn" | "mismatch" | "revoked" | (string & {});

/** withdrawn: the identity key was reset meanwhile; anything else: the code of the service's refusal. */
export type ApprovalEnd = "refused" | "expired" | "withdrawn" | (string & {});

/** ready: it can come along; off: there is no backup; elsewhere: its key is not in this browser; none: patients have none. */
export type HistoryAtHand = "ready" | "off" | "elsewhere" | "none";

/** `history`: it is to come along; where it is not at hand, it does not. */
export type ApprovalWishes = { history: boolean };

/** `history`: its key was sent along. */
export interface Approved {
	history: boolean;
}

/** restored: `whole` says whether nothing is missing, `saves` whether this browser saves from now on; off: there is no
 *  backup; none: there is one, but no key to it came; refused: what came was not for this browser, or not by the own
 *  identity key; other-key, broken: the key, or the list of the backup, does not fit; later: it is tried again at the next
 *  start. */
export type HistoryArrival =
	| { state: "restored"; restored: Restored; whole: boolean; saves: boolean }
	| { state: "off" | "none" | "refused" | "other-key" | "broken" | "later" };

/** What somebody brought from the new browser: the whole fingerprint (base64url) of the QR code, or the short code. */
export type JoinProof = { fingerprint: string } | { code: string };

export interface Member {
	personId: string;
	name: string;
	function: string;
	organisation: { id: string; name: string };
	owner: boolean;
	/** A patient, not somebody of a hospital. */
	isPatient?: boolean;
	devices: number;
	/** Highest sequence number each of this person's devices has confirmed. */
	delivered: number;
	seen: number;
	/** SHA-256 of the pinned identity key, hex; for comparing by telephone. */
	fingerprint: string | null;
	/** The pinned key differs from the one first seen, and its safety number was not compared since. */
	keyChanged: boolean;
	/** Where the identity key is of; null while it is not known. */
	domain: string | null;
	/** Since when this browser knows the pinned key, and how many there were before it. */
	keySince: string | null;
	keyResets: number;
	/** When the safety number was compared; whether that of an earlier key was. */
	verifiedAt: string | null;
	wasVerified: boolean;
	/** When each device in the conversation was made, newest first. */
	devicesSince: string[];
	/** When the watermarks passed, as far as this browser heard it; absent in large rooms. */
	passages?: Passages;
}

/** A watermark went from `after` to `upTo` (sequence numbers) at this instant, or before it. */
export interface Passage {
	after: number;
	upTo: number;
	at: string;
}

export interface Passages {
	delivered: Passage[];
	seen: Passage[];
}

/** `unknown-leaf`: a device that no pinned person certified is in the group; sending is locked. */
export type Trust = { state: "verified" } | { state: "unknown-leaf"; identities: string[] };

/** A request to get in touch: open until the other one answers, or the service ends it. Accepted ones are gone. */
export type ContactState = "open" | "declined" | "forwarded" | "expired";
export type DeclineReason = "not-responsible" | "no-capacity" | "other-way" | "none-given";

export interface Contact {
	state: ContactState;
	/** Whether the person here asked; else they are asked. */
	mine: boolean;
	/** How many messages the requester may still send. */
	left: 0 | 1;
	madeAt: string;
	expiresAt: string;
	/** Only when declined. */
	reason: DeclineReason | "";
	/** Only when forwarded: whom to turn to. */
	role: { id: string; name: string } | null;
	/** From when the requester may ask again. */
	againAt: string | null;
}

export type ContactAnswer =
	| { answer: "accept" }
	| { answer: "decline"; reason: DeclineReason }
	| { answer: "forward"; roleId: string };

/** A role of the own hospital to which a request may be forwarded. */
export interface ContactRole {
	id: string;
	name: string;
	description: string;
}

export interface Conversation {
	id: string;
	kind: GroupKind;
	title: string | null;
	members: Member[];
	trust: Trust;
	lastMessage: Message | null;
	unread: number;
	joinedAt: string;
	/** false once this person was removed: history stays readable, sending is over. */
	active: boolean;
	/** The person is in it, this device is not: it lost its place, or has the history from a backup. */
	placeLost?: boolean;
	/** A request that holds the conversation, or has closed it; null when both may write. */
	contact: Contact | null;
	/** The role it is addressed to, as one of its members says. */
	role?: RoleName | null;
	/** What somebody has pinned, in the order of the conversation. */
	pinned?: Message[];
	/** An unread message names the person here. */
	mentioned?: boolean;
	/** Only of kinds `case` and `patient`. */
	case: CaseInfo | null;
	/** null while the service has not told it. */
	retention: Retention | null;
	/** Messages that are kept for the record. */
	kept: Kept[];
	/** Messages that are in the record of a hospital. */
	recorded: Recorded[];
	/** Messages up to here have expired; 0: none. */
	expiredSeq: number;
}

export interface Attachment {
	objectId: string;
	name: string;
	mediaType: string;
	sizeBytes: number;
}

/** Why an upload does not go on: by the person's wish; the network or the service is away; the file is no longer at hand
 *  and must be chosen again; a file chosen again is compared with what was sent, which `sentBytes` then counts. */
export type UploadHeld = "paused" | "network" | "file" | "checking";

export type SendState =
	| { state: "queued" }
	| { state: "uploading"; sentBytes: number; totalBytes: number; held?: UploadHeld }
	| { state: "sent"; seq: number }
	| { state: "failed"; reason: string };

/** joined: this device came in; ended: somebody was removed because their access had ended; lost: a crash cost this
 *  device its place; unknown-leaf: an uncertified device came in. */
export type EventKind =
	| "joined"
	| "added"
	| "device-added"
	| "removed"
	| "ended"
	| "key-changed"
	| "unknown-leaf"
	| "lost";

/** What happened, for a page that words it itself; `text` of the message has the same in plain words. */
export interface ConversationEvent {
	kind: EventKind;
	personIds: string[];
}

export interface Message {
	id: string;
	conversationId: string;
	/** null while it waits in the outbox. */
	seq: number | null;
	/** event: somebody was added or removed; unreadable: says why in `text`; recalled: by its author, nothing is left. */
	type: "text" | "attachment" | "title" | "event" | "unreadable" | "recalled";
	senderPersonId: string;
	senderName: string;
	/** Written by a patient, also after they are out of it. */
	fromPatient?: boolean;
	own: boolean;
	text: string;
	attachment: Attachment | null;
	/** Only for `type: "event"`: added so that a page can word it; `text` says it plainly. */
	event?: ConversationEvent | null;
	sentAt: string;
	send: SendState | null;
	/** Only of a title that addresses a role. */
	role?: RoleName;
	/** Id of who has handed it on, where it was written before the person came in. */
	handedOnBy?: string;
	/** Who is asked for it until when, and what became of that. */
	urgent?: Urgent;
	acknowledgements?: Acknowledgement[];
	/** When the service took it. */
	at?: string | null;
	/** The message that this one answers; it may not be there. */
	replyTo?: string | null;
	/** Ids of people whom the text names. */
	mentions?: string[];
	/** The sender did not write it for this conversation. */
	forwarded?: boolean;
	/** What was said about it since; absent when nothing was. */
	notes?: MessageNotes;
}

/** `earlier`: what stood there before, oldest first; `text` of the message is always what holds now.
 *  recalling: the own recall waits to be sent, the others can still read it.   failed: what the service did not take. */
export interface MessageNotes {
	earlier: { text: string; at: string }[];
	editedAt: string | null;
	recalling: boolean;
	reactions: { reaction: Reaction; mine: boolean; names: string[] }[];
	pinned: boolean;
	failed: { act: "edit" | "recall"; reason: string } | null;
}

export interface SendOptions {
	/** The id of the message that this one answers. */
	replyTo?: string | null;
	/** Ids of people whom the text names. */
	mentions?: string[];
}

export interface MessagePage {
	before?: number;
	after?: number;
	limit?: number;
}

/** A stretch of a conversation, oldest first. `first`, `last`: nothing on this device comes before, or after it. */
export interface Stretch {
	conversationId: string;
	messages: Message[];
	first: boolean;
	last: boolean;
}

export interface NewConversation {
	kind: GroupKind;
	title: string;
	personIds: string[];
	/** Whom it is addressed to; `personIds` are who has to do with it now. */
	role?: RoleName | null;
	/** Whose record it is about; only of kind `patient`. */
	patientId?: string;
}

/** Failures carry a stable `code` (of the server's problem, or `offline`, `no-device`, `unknown-leaf`, `cancelled`,
 *  `corrupt`) and a sentence for a person. */
export interface MessengerFailure {
	code: string;
	detail: string;
}

export type MessengerEvent =
	| { type: "state"; state: EngineState }
	| { type: "conversations"; conversations: Conversation[] }
	| { type: "urgent"; items: OpenItems }
	/** Only messages that are new or changed, by id. `changed`: none of them is new, however old they are: something was
	 *  said about them. */
	| { type: "messages"; conversationId: string; messages: Message[]; changed?: true }
	| { type: "catch-up"; done: number; total: number }
	/** What became of the history that was to come along into this browser, until `historyRead`. */
	| { type: "history"; arrival: HistoryArrival };

/** The messenger as pages see it (main-thread proxy of the Worker). Every promise rejects with MessengerFailure. */
export interface Messenger extends UrgentMessenger {
	readonly state: EngineState;
	/** Subscribe; the current state and conversations are told at once. Returns the unsubscribe function. */
	listen(listener: (event: MessengerEvent) => void): () => void;
	/** Take the engine over from another tab. */
	takeOver(): void;
	conversations(): Promise<Conversation[]>;
	/** Newest last. `before`: a sequence number to page backwards from; `after`: one to page forwards from. */
	messages(conversationId: string, options?: MessagePage): Promise<Message[]>;
	/** The messages around one of them; null when it is not on this device. */
	around(messageId: string): Promise<Stretch | null>;
	/** Search what this device has. `onProgress`: of the index, which the first search makes, in messages. */
	search(query: SearchQuery, onProgress?: (done: number, total: number) => void): Promise<SearchAnswer>;
	create(conversation: NewConversation): Promise<string>;
	add(conversationId: string, personIds: string[]): Promise<void>;
	remove(conversationId: string, personId: string): Promise<void>;
	/** null: it is not in this browser. */
	message(messageId: string): Promise<Message | null>;
	send(conversationId: string, text: string, options?: SendOptions): Promise<Message>;
	attach(
		conversationId: string,
		file: File,
		caption?: string,
		options?: Pick<SendOptions, "replyTo">,
	): Promise<Message>;
	pauseUpload(messageId: string): Promise<void>;
	resumeUpload(messageId: string): Promise<void>;
	/** The file of an upload that is held for it. Rejects with `other-file` when it is not the one that was begun. */
	supplyFile(messageId: string, file: File): Promise<void>;
	/** Say something about a message. Rejects with `not-found` where nothing can be said or somebody else is the author,
	 *  `edit-late`, `inactive`, `unknown-leaf`. */
	annotate(messageId: string, annotation: Annotation): Promise<void>;
	/** Send a text or a file to another conversation; a file is encrypted and sent anew. Rejects with `forward-policy`
	 *  or `forward-patient` where the kinds of the two conversations forbid it. */
	forward(messageId: string, conversationId: string): Promise<Message>;
	/** Own messages of all conversations that the service does not have yet, in the order of writing. */
	waiting(): Promise<Message[]>;
	retry(messageId: string): Promise<void>;
	discard(messageId: string): Promise<void>;
	markSeen(conversationId: string, seq: number): Promise<void>;
	/** Only for whoever is asked. Rejects with `contact-answered` when the request is no longer open. */
	answerContact(conversationId: string, answer: ContactAnswer): Promise<void>;
	contactRoles(conversationId: string): Promise<ContactRole[]>;
	/** After `forwarded`: write the text of the own first message to whoever holds the role now. Returns the id of that
	 *  conversation. A file is not sent again. Rejects with `nobody-on-duty`. */
	resendToRole(conversationId: string): Promise<string>;
	/** Rejects with `case-closed`, `message-expired`, `not-found` for whoever may not. */
	actOnCase(conversationId: string, act: CaseAct): Promise<void>;
	/** Take marked messages and their files out of end-to-end encryption, into the findings of the case's patient, signed by
	 *  this device. `onProgress`: of the files, in bytes. Rejects with `no-folder`, `not-marked`, `not-recordable`,
	 *  `too-large-for-record`, `not-examined`; nothing is taken then, and the same can be tried again. */
	takeIntoRecord(
		conversationId: string,
		messageIds: string[],
		onProgress?: (done: number, total: number) => void,
	): Promise<void>;
	/** The patient of a case and the findings shared in it, as far as the reader may see them. */
	casePage(conversationId: string): Promise<CasePage>;
	/** Decrypted and verified bytes, in memory; `onProgress` in bytes. Rejects with `too-large-here`, `executable`. */
	open(messageId: string, onProgress?: (done: number, total: number) => void): Promise<Blob>;
	/** Decrypt into a file that the reader chose, piece by piece; it comes into being only when all of it was verified. */
	saveInto(
		messageId: string,
		handle: FileSystemFileHandle,
		onProgress?: (done: number, total: number) => void,
	): Promise<void>;
	/** End `open` and `saveInto` of a message; they reject with `cancelled`. */
	stopOpening(messageId: string): Promise<void>;
	/** Sixty digits to compare with a person: the same on both sides if nobody stands between. */
	safetyNumber(personId: string, domain: string): Promise<string>;
	/** The reader has compared this number, and it is the same there. Rejects with `number-changed` when it is not the
	 *  one of the key that is pinned now. */
	confirmSafetyNumber(personId: string, domain: string, number: string): Promise<void>;
	/** Ask the person's first device to certify this browser; the state tells how it goes. */
	askToJoin(): void;
	withdrawJoin(): void;
	/** Ask the hospital's administrators anew, with other keys: those that were refused stay refused. */
	askAdministratorAgain(): void;
	/** Whether the person's identity key is in this browser: only then it can approve another one. */
	mayApprove(): Promise<boolean>;
	/** Whether the history can come along into a browser that is approved here. */
	historyAtHand(): Promise<HistoryAtHand>;
	/** Certify the keys of a browser that asks, if `proof` fits them, and bring it into the conversations, which
	 *  `onProgress` counts. Rejects with `join-mismatch` when it does not fit, `no-identity-key`, `join-over`. */
	approve(
		joinId: string,
		proof: JoinProof,
		wishes: ApprovalWishes,
		onProgress?: (done: number, total: number) => void,
	): Promise<Approved>;
	/** What became of the own history need not be told again. */
	historyRead(): Promise<void>;
}
