import { describe, expect, it } from "vitest";
import { folded, foldedWords, wordsOf } from "../../src/lib/fold";

describe("words as a search compares them", () => {
	it.each([
		["Müller", "Mueller", "muller"],
		["GRÖSSE", "Größe", "groesse"],
		["Schäfer", "SCHAEFER", "schafer"],
		["Çelik", "celik", "CELIK"],
		["René", "rené", "RENE"],
		["Aydın", "aydin", "AYDIN"],
	])("%s, %s and %s are one word", (...written) => {
		expect(new Set(written.map(folded)).size).toBe(1);
	});

	it("keeps words apart that differ in more than that", () => {
		expect(folded("Kalium")).not.toBe(folded("Calcium"));
		expect(folded("HbA1c")).toBe("hba1c");
	});

	it("finds the words of a text and where they stand, in composed and decomposed letters", () => {
		const text = "ACE-Hemmer: 4,5 mg (Müller)";
		expect(foldedWords(text)).toEqual(["ace", "hemmer", "4", "5", "mg", "muller"]);
		expect(foldedWords(text.normalize("NFD"))).toEqual(foldedWords(text));
		for (const { text: word, at } of wordsOf(text)) expect(text.slice(at, at + word.length)).toBe(word);
	});
});
