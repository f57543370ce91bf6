/** Urgent messages and acknowledgements as they stand on the wire. Nothing is believed before it was looked at: a state
 *  that is not understood must not look like calm. */

import type {
	Acknowledgement,
	AcknowledgementKind,
	RoleName,
	RolePlan,
	Urgent,
	UrgentEvent,
	UrgentEventKind,
	UrgentState,
	UrgentStep,
} from "./urgent-types";

export interface WireAcknowledgement {
	message_id: string;
	seq: number;
	kind: string;
	person_id: string;
	at: string;
	ended_at: string | null;
}

/** The same in a frame of the socket. */
export interface WireAcknowledgementRow {
	id: string;
	seq: number;
	kind: string;
	person: string;
	at: string;
	ended_at: string | null;
}

interface WireRole {
	id: string;
	name: string;
	organisation_name?: string;
}

export interface WireUrgent {
	message_id: string;
	seq: number | null;
	sender_id: string;
	role: WireRole | null;
	deadline_minutes: number;
	state: string;
	step: number;
	due_at: string | null;
	announced_at: string;
	started_at: string | null;
	closed_at: string | null;
	closed_by: string | null;
	steps?: {
		step: number;
		person_id: string | null;
		name: string;
		role_name: string;
		after_minutes: number;
		reached_at: string | null;
		skipped: boolean;
		delivered: boolean;
		seen: boolean;
	}[];
	timeline?: {
		at: string;
		kind: string;
		step: number | null;
		person_id: string | null;
		name: string;
		from_person_id: string | null;
	}[];
}

export interface WireRolePlan {
	role_id: string;
	name: string;
	organisation_name: string;
	told: boolean;
	on_duty: { person_id: string; name: string; until: string; reachable: boolean } | null;
	next_at: string | null;
	chain: {
		step: number;
		after_minutes: number;
		role_name: string;
		person_id: string | null;
		name: string;
		gap: boolean;
	}[];
	alternatives: {
		role_id: string;
		name: string;
		organisation_name: string;
		holder: string;
	}[];
}

export interface WireItem {
	group_id: string;
	message_id: string;
	seq: number | null;
	sender_id: string;
	sender_name: string;
	role: WireRole | null;
	state: string;
	step: number;
	due_at: string | null;
	announced_at: string;
	member: boolean;
}

export interface WireNewcomer {
	group_id: string;
	person_id: string;
	name: string;
	role_name: string;
	relieved_person_id: string | null;
	message_ids: string[];
}

export interface WireOpenItems {
	due: WireItem[];
	roles: WireItem[];
	to_add: WireNewcomer[];
}

/** An acknowledgement of one message. */
export interface OfMessage extends Acknowledgement {
	messageId: string;
	seq: number;
}

const KINDS: readonly string[] = ["acknowledged", "taken-over"] satisfies AcknowledgementKind[];
const STATES: readonly string[] = [
	"announced",
	"waiting",
	"escalated",
	"acknowledged",
	"withdrawn",
	"exhausted",
	"lapsed",
] satisfies UrgentState[];
const EVENTS: readonly string[] = [
	"announced",
	"told",
	"escalated",
	"skipped",
	"handed-over",
	"acknowledged",
	"taken-over",
	"handed-back",
	"withdrawn",
	"exhausted",
	"lapsed",
] satisfies UrgentEventKind[];

/** Raises: Error, naming the field. */
export function acknowledgementOf(wire: WireAcknowledgement): OfMessage {
	demand(KINDS.includes(wire.kind), "kind");
	demand(isInstant(wire.at), "at");
	demand(wire.ended_at === null || isInstant(wire.ended_at), "ended_at");
	const kind = wire.kind as AcknowledgementKind;
	const { message_id: messageId, seq, person_id: personId, at, ended_at: endedAt } = wire;
	return { messageId, seq, kind, personId, at, endedAt };
}

export function acknowledgementOfRow({ id, person, ...row }: WireAcknowledgementRow): OfMessage {
	return acknowledgementOf({ ...row, message_id: id, person_id: person });
}

/** Raises: Error, naming the field. */
export function stateOf(state: string): UrgentState {
	demand(STATES.includes(state), "state");
	return state as UrgentState;
}

/** Raises: Error, naming the field. */
export function urgentOf(wire: WireUrgent): Urgent {
	for (const name of ["due_at", "started_at", "closed_at"] as const) {
		demand(wire[name] === null || isInstant(wire[name]), name);
	}
	demand(isInstant(wire.announced_at), "announced_at");
	return {
		state: stateOf(wire.state),
		role: roleOf(wire.role),
		deadlineMinutes: wire.deadline_minutes,
		step: wire.step,
		dueAt: wire.due_at,
		announcedAt: wire.announced_at,
		startedAt: wire.started_at,
		closedAt: wire.closed_at,
		closedBy: wire.closed_by,
		steps: (wire.steps ?? []).map(stepOf),
		// An event of a later version is left out; the state above says what matters.
		timeline: (wire.timeline ?? []).filter(({ kind }) => EVENTS.includes(kind)).map(eventOf),
	};
}

export function roleOf(role: WireRole | null): RoleName | null {
	return role && { id: role.id, name: role.name, hospital: role.organisation_name ?? "" };
}

export function planOf(wire: WireRolePlan): RolePlan {
	const { on_duty: duty } = wire;
	const onDuty = duty?.reachable ? duty : null;
	return {
		role: { id: wire.role_id, name: wire.name, hospital: wire.organisation_name },
		told: wire.told,
		onDuty: onDuty && { personId: onDuty.person_id, name: onDuty.name, until: onDuty.until },
		nextAt: wire.next_at,
		chain: wire.chain.map((step) => {
			const gap = step.gap || step.person_id === null;
			const { after_minutes: afterMinutes, role_name: roleName, person_id: personId, name } = step;
			return { step: step.step, afterMinutes, roleName, personId, name, gap };
		}),
		alternatives: wire.alternatives.map(({ role_id, name, organisation_name, holder }) => {
			return { roleId: role_id, name, hospital: organisation_name, holder };
		}),
	};
}

function stepOf(wire: NonNullable<WireUrgent["steps"]>[number]): UrgentStep {
	const { step, person_id, name, role_name, after_minutes, reached_at, skipped, delivered, seen } = wire;
	return {
		step,
		personId: person_id,
		name,
		roleName: role_name,
		afterMinutes: after_minutes,
		reachedAt: reached_at,
		skipped,
		delivered,
		seen,
	};
}

function eventOf(wire: NonNullable<WireUrgent["timeline"]>[number]): UrgentEvent {
	const { at, kind, step, person_id, name, from_person_id } = wire;
	demand(isInstant(at), "timeline");
	return { at, kind: kind as UrgentEventKind, step, personId: person_id, name, fromPersonId: from_person_id };
}

function isInstant(at: unknown): boolean {
	return typeof at === "string" && !Number.isNaN(Date.parse(at));
}

function demand(holds: boolean, field: string): void {
	if (!holds) throw new Error(`urgent: ${field} is not understood`);
}
