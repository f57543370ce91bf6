/** Words as a search compares them: without case, accents and the several ways to write an umlaut.
 *
 *  ä, ae and a are one letter here, so are ö, oe, o and ü, ue, u; ß is ss. "Mueller", "Müller" and "Muller" are the same
 *  word. Queries and texts are folded alike, so that nothing is lost by it: "neue" becomes "neu" on both sides. */

const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const OTHER_LETTERS: Record<string, string> = { ß: "ss", æ: "a", œ: "o", ø: "o", ł: "l", đ: "d", ı: "i" };

export interface Word {
	text: string;
	/** Where it begins in the text. */
	at: number;
}

/** The words of a text, as written. */
export function wordsOf(text: string): Word[] {
	return [...text.matchAll(WORD)].map((found) => ({ text: found[0], at: found.index }));
}

const PLAIN = /^[a-z0-9]+$/;

/** A word as it is compared. */
export function folded(word: string): string {
	const lower = word.toLowerCase();
	return (PLAIN.test(lower) ? lower : withoutMarks(lower)).replace(/([aou])e/g, "$1");
}

function withoutMarks(word: string): string {
	return word
		.normalize("NFKD")
		.replace(/\p{M}/gu, "")
		.toLowerCase()
		.replace(/[ßæœøłđı]/g, (letter) => OTHER_LETTERS[letter] ?? letter);
}

/** The words of a text as they are compared. */
export function foldedWords(text: string): string[] {
	return (text.match(WORD) ?? []).map(folded);
}
