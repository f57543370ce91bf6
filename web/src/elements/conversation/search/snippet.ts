import { folded, wordsOf } from "../../../lib/fold";

/** A piece of a text; `found`: a word that was searched for. */
export interface Piece {
	text: string;
	found: boolean;
}

const BEFORE = 36;
const LENGTH = 140;

/** The part of a text around the first word that was found, with every found word set apart.
 *
 *  terms: words as `folded` writes them.   whole: cut nothing off. */
export function snippet(text: string, terms: readonly string[], { whole = false } = {}): Piece[] {
	const wanted = new Set(terms);
	const hits = wordsOf(text).filter((word) => wanted.has(folded(word.text)));
	const [from, to] = whole ? [0, text.length] : stretch(text, hits[0]?.at ?? 0);
	const pieces: Piece[] = from > 0 ? [{ text: "… ", found: false }] : [];
	let done = from;
	for (const { text: word, at } of hits) {
		if (at < done || at + word.length > to) continue;
		if (at > done) pieces.push({ text: text.slice(done, at), found: false });
		pieces.push({ text: word, found: true });
		done = at + word.length;
	}
	if (done < to) pieces.push({ text: text.slice(done, to), found: false });
	if (to < text.length) pieces.push({ text: " …", found: false });
	return pieces;
}

/** From a space a little before the word to one some lines after it. */
function stretch(text: string, at: number): [number, number] {
	const early = Math.max(0, at - BEFORE);
	const from = early === 0 ? 0 : Math.min(at, text.indexOf(" ", early) + 1 || at);
	const late = Math.min(text.length, from + LENGTH);
	if (late === text.length) return [from, late];
	const space = text.lastIndexOf(" ", late);
	return [from, space > at ? space : late];
}
