/** A part of a conversation proposes a text; the composer of that conversation takes it up, and the reader decides. */
const NAME = "medicus-suggest-text";

export function suggestText(from: Element, text: string): void {
	from.dispatchEvent(new CustomEvent(NAME, { bubbles: true, detail: text }));
}

export function hearSuggestions(within: Element, heard: (text: string) => void): void {
	within.addEventListener(NAME, (event) => heard(String((event as CustomEvent).detail)));
}
