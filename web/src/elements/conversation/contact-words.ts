import type { Contact, Conversation } from "../../engine/types";
import { t } from "../../i18n/contact";
import { formatDay } from "../../i18n/format";
import { others } from "./names";

/** What stands in place of the composer, or over it: one sentence that says what is, and what else to know. */
export interface ContactWords {
	title: string;
	more: string[];
}

/** Say what became of a request. `now`: against which the day is held from which one may ask again. */
export function wordsOf(
	contact: Contact,
	conversation: Conversation,
	me: string,
	now: Date = new Date(),
): ContactWords {
	const [other] = others(conversation, me);
	const name = other?.name ?? "";
	if (contact.mine) return mine(contact, name, conversation.lastMessage?.type === "attachment", now);
	return theirs(contact, name, other?.organisation.name ?? "");
}

function mine(contact: Contact, name: string, file: boolean, now: Date): ContactWords {
	const { state, left, madeAt, expiresAt, role } = contact;
	if (state === "open" && left === 1) return { title: t("mine.write", { name }), more: [] };
	if (state === "open") {
		const days = { made: formatDay(madeAt), until: formatDay(expiresAt) };
		return { title: t("mine.open", { name, ...days }), more: [] };
	}
	if (state === "forwarded") {
		const title = t("mine.forwarded", { name, role: role?.name ?? "" });
		return { title, more: [t(file ? "mine.forwarded.file" : "mine.forwarded.text")] };
	}
	const title = state === "declined" ? declined(contact, name) : t("mine.expired");
	return { title, more: [again(contact, now)] };
}

function again({ againAt }: Contact, now: Date): string {
	const later = againAt !== null && Date.parse(againAt) > now.getTime();
	return later ? t("again.from", { date: formatDay(againAt) }) : t("again.now");
}

function theirs(contact: Contact, name: string, hospital: string): ContactWords {
	const { state, left, expiresAt, role } = contact;
	if (state === "open") {
		const more = [t("theirs.open.text", { until: formatDay(expiresAt) })];
		const title = t("theirs.open", { name, hospital });
		return { title, more: left === 1 ? [t("theirs.open.nothing"), ...more] : more };
	}
	if (state === "declined") return { title: declined(contact, name), more: [] };
	if (state === "expired") return { title: t("theirs.expired"), more: [] };
	return { title: t("theirs.forwarded", { name, role: role?.name ?? "" }), more: [] };
}

function declined({ mine, reason }: Contact, name: string): string {
	const side = mine ? "mine" : "theirs";
	if (reason === "" || reason === "none-given") return t(`${side}.declined.silently`, { name });
	return t(`${side}.declined`, { name, reason: t(`reason.${reason}`) });
}
