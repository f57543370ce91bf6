import { make } from "../../../dom/make";
import type { SearchHit } from "../../../engine/search-types";
import { formatInstant, formatWhen } from "../../../i18n/format";
import { t } from "../../../i18n/search";
import type { Context } from "../context";
import { snippet } from "./snippet";

/** One message that was found: who, when, and the words around what was searched. A link to the message. */
export function hitRow(context: Context, { message, terms }: SearchHit): HTMLLIElement {
	const name = make("span", { class: "search__who", text: message.own ? t("you") : message.senderName });
	const at = make("time", {
		class: "search__at",
		text: formatWhen(message.sentAt),
		attributes: { datetime: message.sentAt, title: formatInstant(message.sentAt) },
	});
	const jump = (event: MouseEvent) => {
		if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		void context.jumpTo(message.id);
	};
	const href = `/conversations/${message.conversationId}/#m-${message.id}`;
	const link = make(
		"a",
		{ class: "row search__hit", attributes: { href }, on: { click: jump } },
		make("span", { class: "search__line" }, name, at),
		...lines(message, terms),
	);
	return make("li", {}, link);
}

function lines({ text, attachment }: SearchHit["message"], terms: readonly string[]): HTMLElement[] {
	const file = attachment && marked(t("file", { name: attachment.name }), terms, true);
	return [file, text ? marked(text, terms, false) : null].filter((line) => line !== null);
}

function marked(text: string, terms: readonly string[], whole: boolean): HTMLElement {
	const pieces = snippet(text, terms, { whole });
	const nodes = pieces.map((piece) => (piece.found ? make("mark", { text: piece.text }) : piece.text));
	return make("span", { class: "search__text" }, ...nodes);
}
