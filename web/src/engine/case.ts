/** Cases, retention and marks as the service tells them, of which nothing is believed before it was looked at. */

import type { CaseInfo, CasePage, Kept, Recorded, Retention } from "./case-types";

export interface WireCase {
	state: string;
	organisation: { id: string; name: string };
	opened_at: string;
	closed_at: string | null;
	closed_by: string;
	outcome: string;
	has_patient: boolean;
	may_close: boolean;
}

export interface WireRetention {
	days: number;
	begins: string;
	ends_at: string | null;
	holds: { organisation: string; since: string }[];
	expired_seq: number;
}

export interface WireMark {
	message_id: string;
	own: boolean;
}

export interface WireRecorded {
	message_id: string;
	organisation: string;
	by: string;
	at: string;
	finding_id: string | null;
	examined: boolean;
}

export interface WireCasePage {
	patient: {
		id: string;
		family_name: string;
		given_name: string;
		born_on: string;
		identifier: string;
		organisation: { id: string; name: string };
	} | null;
	findings: { id: string; modality: string; description: string; study_on: string | null }[];
	marked?: {
		message_id: string;
		author: { person_id: string; name: string; organisation: { id: string; name: string } };
		at: string;
		is_patient?: boolean;
	}[];
	names_record: boolean;
	folder: boolean;
}

const OUTCOMES = ["answered", "taken-over", "not-needed", "unanswered"];

/** Raises: Error, naming the field. */
export function caseOf(wire: WireCase | null): CaseInfo | null {
	if (wire === null) return null;
	demand(wire.state === "open" || wire.state === "closed", "state");
	demand(wire.state === "open" ? wire.outcome === "" : OUTCOMES.includes(wire.outcome), "outcome");
	demand(isInstant(wire.opened_at), "opened_at");
	demand(wire.state === "open" ? wire.closed_at === null : isInstant(wire.closed_at), "closed_at");
	return {
		state: wire.state as CaseInfo["state"],
		organisation: { id: String(wire.organisation.id), name: String(wire.organisation.name) },
		openedAt: wire.opened_at,
		closedAt: wire.closed_at,
		closedBy: String(wire.closed_by),
		outcome: wire.outcome as CaseInfo["outcome"],
		hasPatient: wire.has_patient === true,
		mayClose: wire.may_close === true,
	};
}

/** What is not understood must not make this device delete anything.
 *
 *  Raises: Error, naming the field. */
export function retentionOf(wire: WireRetention): Retention {
	demand(Number.isSafeInteger(wire.days) && wire.days >= 0, "days");
	demand(wire.begins === "sent" || wire.begins === "closed", "begins");
	demand(wire.ends_at === null || isInstant(wire.ends_at), "ends_at");
	demand(Number.isSafeInteger(wire.expired_seq) && wire.expired_seq >= 0, "expired_seq");
	return {
		days: wire.days,
		begins: wire.begins as Retention["begins"],
		endsAt: wire.ends_at,
		holds: wire.holds.map(({ organisation, since }) => ({ organisation: String(organisation), since })),
		expiredSeq: wire.expired_seq,
	};
}

export function keptOf(wire: WireMark[]): Kept[] {
	return wire.map(({ message_id, own }) => ({ messageId: String(message_id), own: own === true }));
}

/** Raises: Error, naming the field. */
export function recordedOf(wire: WireRecorded[]): Recorded[] {
	return wire.map(({ message_id, organisation, by, at, finding_id, examined }) => {
		demand(isInstant(at), "at");
		return {
			messageId: String(message_id),
			hospital: String(organisation),
			by: String(by),
			at,
			findingId: finding_id === null ? null : String(finding_id),
			examined: examined === true,
		};
	});
}

export function casePageOf(wire: WireCasePage): CasePage {
	const { patient } = wire;
	return {
		patient: patient && {
			id: patient.id,
			familyName: patient.family_name,
			givenName: patient.given_name,
			bornOn: patient.born_on,
			identifier: patient.identifier,
			organisation: { id: patient.organisation.id, name: patient.organisation.name },
		},
		findings: wire.findings.map(({ id, modality, description, study_on }) => ({
			id,
			modality,
			description,
			studyOn: study_on,
		})),
		// A service of an earlier version says nothing of these.
		marked: (wire.marked ?? []).map(({ message_id, author, at, is_patient }) => ({
			messageId: message_id,
			author: {
				personId: author.person_id,
				name: author.name,
				organisation: { id: author.organisation.id, name: author.organisation.name },
				...(is_patient === true ? { isPatient: true } : {}),
			},
			at,
		})),
		namesRecord: wire.names_record,
		folder: wire.folder,
	};
}

function isInstant(at: unknown): boolean {
	return typeof at === "string" && !Number.isNaN(Date.parse(at));
}

function demand(holds: boolean, field: string): void {
	if (!holds) throw new Error(`case: ${field} is not understood`);
}
