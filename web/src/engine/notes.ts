/** Message records that the engine itself makes: events and messages that cannot be shown. */

import { newId } from "../crypto/ids";
import type { Entry } from "./api";
import type { Context } from "./context";
import type { MessageRecord } from "./records";
import { eventText, type Language, type Unreadable, unreadableText } from "./texts";
import type { EventKind } from "./types";

interface Place {
	conversationId: string;
	seq: number;
	/** ISO 8601. */
	at: string;
	id?: string;
	personId: string;
}

export function eventNote(
	{ groups, language, self }: Context,
	place: Place,
	kind: EventKind,
	personIds: string[],
): MessageRecord {
	const people = personIds.map((id) => groups.person(id));
	const names = people.map(({ name }) => name);
	const deputies = kind === "ended" ? people.flatMap(({ deputy }) => deputy || []) : [];
	return {
		...blank(place, self.personId),
		type: "event",
		text: eventText(language, kind, names, deputies),
		event: { kind, personIds },
	};
}

/** In a conversation that came back from a backup: this device is not in it. */
export function lostNote(language: Language, place: Place): MessageRecord {
	return {
		...blank(place, place.personId),
		type: "event",
		text: eventText(language, "lost", [], []),
		event: { kind: "lost", personIds: [] },
	};
}

/** An event that stands in no stream, such as a changed key: after the last entry that was read. */
export function localEvent(
	context: Context,
	groupId: string,
	kind: EventKind,
	personIds: string[],
): MessageRecord {
	const { cursor } = context.groups.get(groupId);
	const at = context.now().toISOString();
	const personId = context.self.personId;
	return eventNote(context, { conversationId: groupId, seq: cursor, at, personId }, kind, personIds);
}

export function unreadableNote(
	{ language, self }: Context,
	conversationId: string,
	entry: Entry,
	reason: Unreadable,
): MessageRecord {
	const place = { conversationId, seq: entry.seq, at: entry.at, personId: entry.senderPerson };
	return { ...blank(place, self.personId), type: "unreadable", text: unreadableText(language, reason) };
}

function blank({ conversationId, seq, at, id, personId }: Place, ownPersonId: string): MessageRecord {
	return {
		id: id ?? newId(),
		conversationId,
		seq,
		type: "event",
		senderPersonId: personId,
		own: personId === ownPersonId,
		text: "",
		attachment: null,
		event: null,
		sentAt: at,
		send: null,
	};
}
