/** Answering a request to get in touch, and writing to the role that somebody named instead. */

import { Problem } from "../lib/http";
import type { GroupListing } from "./api";
import type { Context } from "./context";
import { Failure } from "./failure";
import type { ContactAnswer, ContactRole, NewConversation } from "./types";

export interface ContactPorts {
	/** Keep what the server says of one group, or ask it about all. */
	keep(listing: GroupListing): Promise<void>;
	refresh(): Promise<unknown>;
	create(conversation: NewConversation): Promise<string>;
	send(conversationId: string, text: string): Promise<unknown>;
}

export class Contacts {
	constructor(
		private readonly context: Context,
		private readonly ports: ContactPorts,
	) {}

	/** Raises: Problem (`contact-answered` when it is no longer open), Unreachable. */
	async answer(conversationId: string, answer: ContactAnswer): Promise<void> {
		try {
			await this.ports.keep(await this.context.api.answerContact(conversationId, answer));
		} catch (error) {
			// Another device of this person was first, or the time was over: then show what became of it.
			if (error instanceof Problem && error.code === "contact-answered") await this.ports.refresh();
			throw error;
		}
	}

	/** The roles to which the request may be forwarded. */
	roles(conversationId: string): Promise<ContactRole[]> {
		return this.context.api.contactRoles(conversationId);
	}

	/** Write the own first message to whoever holds the named role now. Returns the id of that conversation.
	 *
	 *  Raises: Failure `not-found` when nobody named a role, `nobody-on-duty`, `no-device`; Problem, Unreachable. */
	async resend(conversationId: string): Promise<string> {
		const { api, groups, self } = this.context;
		const { contact } = groups.get(conversationId);
		const named = contact?.state === "forwarded" && contact.requesterId === self.personId;
		if (!named || !contact.role) throw new Failure("not-found");
		const holder = await api.onDuty(contact.role.id);
		if (!holder) throw new Failure("nobody-on-duty");
		const text = await this.firstText(conversationId);
		const id = await this.begin(holder.personId, holder.name);
		if (text && (await this.takes(id))) await this.ports.send(id, text);
		return id;
	}

	/** Whoever is on duty may be nobody whose name is known here. */
	private async begin(personId: string, name: string): Promise<string> {
		try {
			return await this.ports.create({ kind: "direct", title: "", personIds: [personId] });
		} catch (error) {
			throw error instanceof Failure && error.code === "no-device" ? new Failure("no-device", name) : error;
		}
	}

	/** Empty when it was a file, or was written on another device. */
	private async firstText(conversationId: string): Promise<string> {
		const messages = await this.context.store.messages(conversationId, null, 50);
		return messages.find(({ own, type }) => own && type === "text")?.text ?? "";
	}

	/** A conversation that was there already may be free, wait for an answer, or be a request to this person. */
	private async takes(conversationId: string): Promise<boolean> {
		const { groups, self, store } = this.context;
		const { contact } = groups.get(conversationId);
		if (!contact) return true;
		const known = await store.messages(conversationId, null, 50);
		const written = known.some(({ type }) => type === "text" || type === "attachment");
		return contact.requesterId === self.personId && contact.left === 1 && !written;
	}
}
