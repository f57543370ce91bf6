/** What the engine makes of annotations, for the fake messenger: only what the elements look at. */
import type { Annotation, Member, Message, MessageNotes, Reaction } from "../../src/engine/types";
import { ME } from "./cast";

const BLANK: MessageNotes = {
	earlier: [],
	editedAt: null,
	recalling: false,
	reactions: [],
	pinned: false,
	failed: null,
};

export function withNotes(message: Message, notes: Partial<MessageNotes>): Message {
	return { ...message, notes: { ...BLANK, ...message.notes, ...notes } };
}

export function withAnnotation(message: Message, annotation: Annotation, by: Member): Message {
	const { notes = BLANK, text, sentAt } = message;
	switch (annotation.act) {
		case "pin":
			return withNotes(message, { pinned: annotation.set });
		case "recall": {
			const { notes: _, ...rest } = message;
			return { ...rest, type: "recalled", text: "", attachment: null };
		}
		case "edit": {
			const earlier = [...notes.earlier, { text, at: notes.editedAt ?? sentAt }];
			const edited = withNotes(message, { earlier, editedAt: new Date().toISOString() });
			return { ...edited, text: annotation.text, mentions: annotation.mentions };
		}
		case "reaction":
			return withNotes(message, {
				reactions: reacted(notes.reactions, annotation.reaction, annotation.set, by),
			});
	}
}

function reacted(
	known: MessageNotes["reactions"],
	reaction: Reaction,
	set: boolean,
	{ personId, name }: Member,
): MessageNotes["reactions"] {
	const given = known.find((one) => one.reaction === reaction) ?? { reaction, mine: false, names: [] };
	const names = given.names.filter((one) => one !== name);
	const fresh =
		personId === ME ? { ...given, mine: set } : { ...given, names: set ? [...names, name] : names };
	const rest = known.filter((one) => one.reaction !== reaction);
	return fresh.mine || fresh.names.length ? [...rest, fresh] : rest;
}
