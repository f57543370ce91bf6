/** Texts of the front end in German and English.
 *
 *  Each part of the front end keeps its own dictionary beside this file (`conversation.ts`, `viewer.ts`, …): two
 *  objects `de` and `en` with the same keys, which the compiler compares. `translator({ de, en })` gives the `t` of that part;
 *  a page so carries only the words it shows. The language is the page's (`<html lang>`), chosen by the server. */

export type Language = "de" | "en";
export type Parameters = Record<string, string | number>;

export function language(): Language {
	return document.documentElement.lang.toLowerCase().startsWith("en") ? "en" : "de";
}

/** Whom to call. Patients have no IT administration: the server says on <body> who reads. */
const DESK = {
	de: { staff: "die IT-Administration", patient: "das Krankenhaus" },
	en: { staff: "the IT service desk", patient: "the hospital" },
} as const;

function desk(): string {
	return DESK[language()][document.body?.dataset.reader === "patient" ? "patient" : "staff"];
}

export interface Translate<Key extends string> {
	/** The text of `key`; `{name}` in it stands for the parameter of that name, `{desk}` or `{Desk}` for whom to call. */
	(key: Key, parameters?: Parameters): string;
	/** The text of `key.one` or `key.other`, by the rules of the language, with `{count}` filled in. */
	count(key: PluralKey<Key>, count: number, parameters?: Parameters): string;
}

/** Keys that exist as `….one` and `….other`. */
export type PluralKey<Key extends string> = Key extends `${infer Stem}.other` ? Stem : never;

export function translator<Key extends string>(
	dictionaries: Record<Language, Record<Key, string>>,
): Translate<Key> {
	const t = (key: Key, parameters: Parameters = {}) =>
		filled(calling(dictionaries[language()][key]), parameters);
	const count = (stem: string, number: number, parameters: Parameters = {}) => {
		const rule = new Intl.PluralRules(language()).select(number) === "one" ? "one" : "other";
		return t(`${stem}.${rule}` as Key, { count: number, ...parameters });
	};
	return Object.assign(t, { count });
}

function calling(text: string): string {
	if (!/\{desk\}/i.test(text)) return text;
	const whom = desk();
	return text.replaceAll("{desk}", whom).replaceAll("{Desk}", whom.charAt(0).toUpperCase() + whom.slice(1));
}

function filled(text: string, parameters: Parameters): string {
	return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));
}
