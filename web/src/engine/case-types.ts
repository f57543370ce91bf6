/** Cases, until when messages are kept, and what is kept for the record: as pages see them. */

export type CaseState = "open" | "closed";
export type CaseOutcome = "answered" | "taken-over" | "not-needed" | "unanswered";
export type WaiverReason = "documented" | "duplicate" | "mistake";

/** What everybody in the conversation sees of its case. */
export interface CaseInfo {
	state: CaseState;
	/** Whose case it is: their clinicians close it. */
	organisation: { id: string; name: string };
	openedAt: string;
	closedAt: string | null;
	closedBy: string;
	/** Only when closed. */
	outcome: CaseOutcome | "";
	/** Whether it names a patient's record; whose that is `casePage` tells those who may see it. */
	hasPatient: boolean;
	mayClose: boolean;
}

/** `days` after `begins` messages expire: each by its own time, or all together after the closing of the case. */
export interface Retention {
	days: number;
	begins: "sent" | "closed";
	/** When all of a closed case expire. */
	endsAt: string | null;
	/** Legal holds; while there is one, nothing expires. */
	holds: { organisation: string; since: string }[];
	/** Messages up to here have expired on the server, but for those that are kept. */
	expiredSeq: number;
}

/** A message that is kept for the record. `own`: by the reader's hospital, which may waive it. */
export interface Kept {
	messageId: string;
	own: boolean;
}

/** A message that is in the record of a hospital. `findingId`: where it is read; only for its own people. `examined`: whether it was
 *  found sound; until then it may be refused, and is marked again. */
export interface Recorded {
	messageId: string;
	hospital: string;
	by: string;
	at: string;
	findingId: string | null;
	examined: boolean;
}

/** By whom, for which hospital, and when the service took it. */
export interface MarkedMessage {
	messageId: string;
	author: {
		personId: string;
		name: string;
		organisation: { id: string; name: string };
		isPatient?: boolean;
	};
	at: string;
}

export interface CasePage {
	patient: {
		id: string;
		familyName: string;
		givenName: string;
		bornOn: string;
		identifier: string;
		organisation: { id: string; name: string };
	} | null;
	findings: { id: string; modality: string; description: string; studyOn: string | null }[];
	/** What the reader's hospital has marked, as the service knows it; for who opens the whole folder. */
	marked: MarkedMessage[];
	/** Whether the reader says which record the case is about. */
	namesRecord: boolean;
	/** Whether the reader opens the patient's whole folder. */
	folder: boolean;
}

export type CaseAct =
	| { act: "close"; outcome: CaseOutcome }
	| { act: "reopen" }
	| { act: "record"; patientId: string | null }
	| { act: "mark"; messageId: string }
	| { act: "waive"; messageId: string; reason: WaiverReason };
