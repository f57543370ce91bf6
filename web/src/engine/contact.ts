/** Requests to get in touch with somebody of another hospital: as the service tells them, and as pages see them. */

import type { Contact, ContactState, DeclineReason } from "./types";

/** What the service says of a request; `left`: messages that the requester may still send. */
export interface ContactRecord extends Omit<Contact, "mine"> {
	requesterId: string;
}

/** The wire's form, of which nothing is believed before it was looked at. */
export interface WireContact {
	state: string;
	requester_id: string;
	made_at: string;
	expires_at: string;
	left: number;
	reason: string;
	role: { id: string; name: string } | null;
	again_at: string | null;
}

const STATES: readonly string[] = ["open", "declined", "forwarded", "expired"] satisfies ContactState[];
const REASONS: readonly string[] = [
	"not-responsible",
	"no-capacity",
	"other-way",
	"none-given",
] satisfies DeclineReason[];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Read a request strictly: what is not understood must not look like a conversation that is free.
 *
 *  Raises: Error, naming the field. */
export function contactOf(wire: WireContact | null): ContactRecord | null {
	if (wire === null) return null;
	demand(STATES.includes(wire.state), "state");
	demand(UUID.test(wire.requester_id), "requester_id");
	demand(wire.left === 0 || wire.left === 1, "left");
	demand(wire.reason === "" ? wire.state !== "declined" : isReason(wire.reason), "reason");
	demand(wire.role === null ? wire.state !== "forwarded" : UUID.test(wire.role.id), "role");
	for (const name of ["made_at", "expires_at"] as const) demand(isInstant(wire[name]), name);
	demand(wire.again_at === null || isInstant(wire.again_at), "again_at");
	return {
		state: wire.state as ContactState,
		requesterId: wire.requester_id,
		left: wire.left as 0 | 1,
		madeAt: wire.made_at,
		expiresAt: wire.expires_at,
		reason: wire.reason as DeclineReason | "",
		role: wire.role && { id: wire.role.id, name: String(wire.role.name) },
		againAt: wire.again_at,
	};
}

/** How a page sees it. `written`: a message is here or on its way, which the service may not have told yet. */
export function contactView(contact: ContactRecord, ownPersonId: string, written: boolean): Contact {
	const { requesterId, left, ...rest } = contact;
	return { ...rest, left: written ? 0 : left, mine: requesterId === ownPersonId };
}

/** Closed for ever: whoever writes again begins another conversation. */
export function isClosed(contact: Pick<Contact, "state"> | null | undefined): boolean {
	return contact != null && contact.state !== "open";
}

function isReason(reason: string): boolean {
	return REASONS.includes(reason);
}

function isInstant(at: unknown): boolean {
	return typeof at === "string" && !Number.isNaN(Date.parse(at));
}

function demand(holds: boolean, field: string): void {
	if (!holds) throw new Error(`contact: ${field} is not understood`);
}
