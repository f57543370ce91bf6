/** Urgent messages, acknowledgements and roles as recipients, as pages see them. */

import type { Message } from "./types";

export type AcknowledgementKind = "acknowledged" | "taken-over";

/** Somebody says that a message has reached them, or that they see to it. `endedAt`: handed back. */
export interface Acknowledgement {
	kind: AcknowledgementKind;
	personId: string;
	at: string;
	endedAt: string | null;
}

/** announced: the message itself is not with the service yet; waiting, escalated: somebody is asked; exhausted: nobody
 *  is left to ask; lapsed: the message did not come in time, nobody was told. */
export type UrgentState =
	| "announced"
	| "waiting"
	| "escalated"
	| "acknowledged"
	| "withdrawn"
	| "exhausted"
	| "lapsed";

export type UrgentEventKind =
	| "announced"
	| "told"
	| "escalated"
	| "skipped"
	| "handed-over"
	| "acknowledged"
	| "taken-over"
	| "handed-back"
	| "withdrawn"
	| "exhausted"
	| "lapsed";

export interface RoleName {
	id: string;
	name: string;
	/** Empty when the service does not say it. */
	hospital: string;
}

/** Whom an urgent message asks. `name` is empty while it is nobody. */
export interface UrgentStep {
	step: number;
	personId: string | null;
	name: string;
	roleName: string;
	afterMinutes: number;
	reachedAt: string | null;
	skipped: boolean;
	delivered: boolean;
	seen: boolean;
}

export interface UrgentEvent {
	at: string;
	kind: UrgentEventKind;
	step: number | null;
	personId: string | null;
	name: string;
	fromPersonId: string | null;
}

/** What became of one urgent message. */
export interface Urgent {
	state: UrgentState;
	role: RoleName | null;
	deadlineMinutes: number;
	step: number;
	/** When the next one is asked; null once it is over. */
	dueAt: string | null;
	announcedAt: string;
	startedAt: string | null;
	closedAt: string | null;
	closedBy: string | null;
	steps: UrgentStep[];
	timeline: UrgentEvent[];
}

/** A step of the chain as it would be asked now. gap: nobody, or nobody who can be reached. */
export interface ChainStep {
	step: number;
	afterMinutes: number;
	roleName: string;
	personId: string | null;
	name: string;
	gap: boolean;
}

/** Another role that somebody holds now. */
export interface Alternative {
	roleId: string;
	name: string;
	hospital: string;
	holder: string;
}

/** Who would be asked. told: false when the role does not say who is on duty, and so cannot be addressed. */
export interface RolePlan {
	role: RoleName;
	told: boolean;
	onDuty: { personId: string; name: string; until: string } | null;
	nextAt: string | null;
	chain: ChainStep[];
	alternatives: Alternative[];
}

/** An open item of the work list. `text` and `title`: what this browser has decrypted; empty when it has not. */
export interface UrgentItem {
	conversationId: string;
	messageId: string;
	senderName: string;
	role: RoleName | null;
	state: UrgentState;
	dueAt: string | null;
	announcedAt: string;
	/** false: the person is not in the conversation yet, and cannot read it. */
	member: boolean;
	title: string;
	text: string;
}

/** Who holds a role now and is not in a conversation that has open items of it. */
export interface Newcomer {
	conversationId: string;
	personId: string;
	name: string;
	roleName: string;
	relievedPersonId: string | null;
	messageIds: string[];
}

export interface OpenItems {
	/** The person was asked, and nobody has acknowledged. */
	due: UrgentItem[];
	/** Open items of the roles that the person holds. */
	roles: UrgentItem[];
	newcomers: Newcomer[];
}

/** `roleId` null: all others in the conversation at once. `withoutHolder`: begin with the next of the chain, though
 *  nobody is on duty. */
export interface UrgentOrder {
	minutes: number;
	roleId: string | null;
	withoutHolder: boolean;
}

/** What the messenger can do about them (part of `Messenger`). */
export interface UrgentMessenger {
	/** Who would be asked, were the role addressed now. Rejects with `not-found`, `offline`. */
	rolePlan(roleId: string, minutes: number): Promise<RolePlan>;
	/** Bring the chain in, announce, send. Nothing is sent when it rejects: `nobody-on-duty`, `holder-not-told`,
	 *  `no-device`, `offline`, `contact-not-accepted`. */
	sendUrgent(conversationId: string, text: string, order: UrgentOrder): Promise<Message>;
	/** Rejects with `taken-over` when somebody else has it; `detail` then names them. */
	acknowledge(messageId: string, kind: AcknowledgementKind): Promise<void>;
	handBack(messageId: string): Promise<void>;
	/** Only the sender. Rejects with `urgent-over` when somebody was faster. */
	withdrawUrgent(messageId: string): Promise<void>;
	/** The events `urgent` bring it, too. */
	openItems(): Promise<OpenItems>;
	/** Add who holds the role now, hand on the open messages, and remove who held it before. */
	bringIn(newcomer: Newcomer): Promise<void>;
}
