/** What the work list says of a conversation. Pure: conversation in, words out. */
import type { Conversation, Message } from "../../engine/types";
import { t as contactWords } from "../../i18n/contact";
import { t } from "../../i18n/inbox";
import { t as talk } from "../../i18n/talk";
import { askedBy } from "../contact";

/** The title that its members gave it, else who is in it. */
export function titleOf(conversation: Conversation, ownPersonId: string): string {
	if (conversation.title) return conversation.title;
	const others = conversation.members.filter((member) => member.personId !== ownPersonId);
	return others.map((member) => member.name).join(", ") || t("untitled");
}

/** Where the other one of two works; nothing for more people, who have a title. */
export function placeOf(conversation: Conversation, ownPersonId: string): string {
	if (conversation.kind !== "direct") return "";
	const other = conversation.members.find((member) => member.personId !== ownPersonId);
	return other?.organisation.name ?? "";
}

export function previewOf(conversation: Conversation): string {
	if (askedBy(conversation)) return contactWords("asks");
	const last = conversation.lastMessage;
	if (!last) return "";
	if (last.type === "event") return last.text;
	if (last.type === "title") return last.own ? t("titledByYou") : t("titled", { name: last.senderName });
	const text = textOf(last);
	if (last.own) return t("you", { text });
	return conversation.kind === "direct" ? text : t("says", { name: last.senderName, text });
}

function textOf(message: Message): string {
	if (message.type === "unreadable") return t("unreadable");
	if (message.type === "recalled") return talk("recalled.line");
	if (message.attachment) return t("attachment", { name: message.attachment.name });
	return message.text;
}

/** What waits first: where somebody names the person, what is to be answered or read, then the newest; locked ones are
 *  never below the fold. */
export function inOrder(conversations: readonly Conversation[]): Conversation[] {
	return [...conversations].sort((a, b) => rank(a) - rank(b) || lastAt(b).localeCompare(lastAt(a)));
}

function rank(conversation: Conversation): number {
	if (conversation.trust.state === "unknown-leaf") return 0;
	if (conversation.mentioned) return 1;
	return waits(conversation) ? 2 : 3;
}

/** Something new is in it, or somebody waits for the person to say whether they may write. */
function waits(conversation: Conversation): boolean {
	return conversation.unread > 0 || askedBy(conversation);
}

function lastAt(conversation: Conversation): string {
	return conversation.lastMessage?.sentAt ?? conversation.joinedAt;
}

/** How many conversations wait for the person. */
export function waiting(conversations: readonly Conversation[]): number {
	return conversations.filter(waits).length;
}

/** All that wait, and as many others as there is room for. */
export function shown(conversations: readonly Conversation[], room: number): Conversation[] {
	return inOrder(conversations).slice(0, Math.max(room, waiting(conversations)));
}
