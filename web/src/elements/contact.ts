/** What the lists say of requests to get in touch. Pure: conversation in, yes or no out. */
import type { Contact, Conversation } from "../engine/types";

/** Somebody asks, and the person here has not answered yet. */
export function askedBy({ active, contact }: Conversation): boolean {
	return active && contact?.state === "open" && !contact.mine;
}

/** The person here has asked, and written; the other one has not answered yet. */
export function awaits({ active, contact }: Conversation): boolean {
	return active && contact?.state === "open" && contact.mine && contact.left === 0;
}

/** The request is over without having been accepted, and the conversation with it. */
export function closes(contact: Contact | null): boolean {
	return contact !== null && contact.state !== "open";
}
