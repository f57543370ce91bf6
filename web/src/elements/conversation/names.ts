import type { Conversation, Member, Message } from "../../engine/types";
import { t } from "../../i18n/conversation";
import { language } from "../../i18n/index";
import { t as talk } from "../../i18n/talk";
import { roleMeant } from "./role-words";

/** Everybody but the reader. */
export function others(conversation: Conversation, me: string): Member[] {
	return conversation.members.filter((member) => member.personId !== me);
}

/** What the conversation is called: its title, or the names of the others. */
export function titleOf(conversation: Conversation, me: string): string {
	if (conversation.title && conversation.kind !== "direct") return conversation.title;
	const names = others(conversation, me).map((member) => member.name);
	return names.join(", ") || conversation.title || t("untitled");
}

/** Where the others work, each hospital once: "Klinikum Nord · Klinikum Süd". */
export function hospitalsOf(conversation: Conversation, me: string): string {
	const names = others(conversation, me).map((member) => member.organisation.name);
	return [...new Set(names)].join(" · ");
}

/** In which role somebody writes, and for whom. */
export function placeOf({ function: role, organisation }: Member): string {
	return [role, organisation.name].filter(Boolean).join(" · ");
}

/** The line under the title in an open conversation. */
export function aboutOf(conversation: Conversation, me: string): string {
	const [first] = others(conversation, me);
	if (conversation.kind === "direct" && first) {
		return placeOf(first);
	}
	return [t.count("members", conversation.members.length), hospitalsOf(conversation, me)]
		.filter(Boolean)
		.join(" · ");
}

/** The last message in one line, without who said it. */
export function lineOf(message: Message | null): string {
	if (!message) return t("line.none");
	if (message.type === "attachment" && message.attachment) {
		return t("line.attachment", { name: message.attachment.name });
	}
	if (message.type === "unreadable") return t("line.unreadable");
	if (message.type === "recalled") return talk("recalled.line");
	if (message.type === "title") return titleChange(message);
	return message.text;
}

/** Who said the last line: "Sie", a name in groups, or nothing when it is plain. */
export function speakerOf(conversation: Conversation): string {
	const message = conversation.lastMessage;
	if (!message || message.type === "event" || message.type === "title") return "";
	if (message.own) return t("you");
	return conversation.kind === "direct" ? "" : message.senderName;
}

/** Who came or went. The messenger has a plain sentence; here the reader is "Sie", and several people are plural. */
export function eventText({ event, text }: Message, { members }: Conversation, me: string): string {
	const people = event?.personIds ?? [];
	if (event?.kind === "removed" && people.includes(me)) return t("event.removed.you");
	const names = members.filter(({ personId }) => people.includes(personId)).map(({ name }) => name);
	if (event?.kind !== "added" || !people.length || names.length !== people.length) return text;
	const list = new Intl.ListFormat(language()).format(names);
	return t.count("event.added", names.length, { names: list });
}

export function titleChange(message: Message): string {
	if (message.role) return roleMeant(message, message.role);
	if (message.own) return t("title.set.you", { title: message.text });
	return t("title.set", { name: message.senderName, title: message.text });
}

/** Does the conversation concern what somebody searches for? Every word must occur in title, names or hospitals. */
export function matches(conversation: Conversation, me: string, query: string): boolean {
	const words = plain(query).split(/\s+/).filter(Boolean);
	const names = others(conversation, me).flatMap((member) => [member.name, member.organisation.name]);
	const text = plain([titleOf(conversation, me), ...names].join(" "));
	return words.every((word) => text.includes(word));
}

/** Without case and accents, so that "muller" finds "Müller". */
export function plain(text: string): string {
	return text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/ß/g, "ss").toLowerCase();
}
