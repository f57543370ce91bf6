import { make, setText } from "../../dom/make";
import type { Member, Message } from "../../engine/types";

/** A piece of a text; `person`: it names one of the people the message mentions. */
export interface Piece {
	text: string;
	person: string | null;
}

/** Cut a text where it names people who are mentioned. Only who is mentioned by id is marked, whatever the text says. */
export function piecesOf(
	text: string,
	mentions: readonly string[],
	members: readonly Pick<Member, "personId" | "name">[],
): Piece[] {
	const named = members
		.filter(({ personId, name }) => name && mentions.includes(personId))
		// The longer name first: "@Anna" must not cut "@Anna Berg".
		.sort((one, other) => other.name.length - one.name.length);
	const pieces: Piece[] = [];
	for (let rest = text; rest; ) {
		const next = firstOf(rest, named);
		if (!next) return [...pieces, { text: rest, person: null }];
		const { at, member } = next;
		const end = at + member.name.length + 1;
		if (at > 0) pieces.push({ text: rest.slice(0, at), person: null });
		pieces.push({ text: rest.slice(at, end), person: member.personId });
		rest = rest.slice(end);
	}
	return pieces;
}

type Named = Pick<Member, "personId" | "name">;

function firstOf(text: string, named: readonly Named[]): { at: number; member: Named } | null {
	let first: { at: number; member: Named } | null = null;
	for (const member of named) {
		const at = text.indexOf(`@${member.name}`);
		if (at >= 0 && (!first || at < first.at)) first = { at, member };
	}
	return first;
}

/** Show the text of a message, with whom it names marked; the reader's own name stands out. */
export function showText(
	element: Element,
	{ text, mentions = [] }: Pick<Message, "text" | "mentions">,
	members: readonly Member[],
	me: string,
): void {
	if (!mentions.length) {
		setText(element, text);
		return;
	}
	const pieces = piecesOf(text, mentions, members);
	element.replaceChildren(...pieces.map((piece) => nodeOf(piece, me)));
}

function nodeOf({ text, person }: Piece, me: string): Node | string {
	if (!person) return text;
	return make("span", { class: person === me ? "mention mention--me" : "mention", text });
}
