/** The few sentences that the engine itself writes into a conversation, in both languages of the service. */

import type { UnreadableReason } from "./mls";
import type { EventKind } from "./types";

export type Language = "de" | "en";

/** Why a message cannot be shown, beyond what the MLS engine says. */
export type Unreadable = UnreadableReason | "uncertified" | "format" | "not-kept" | "id-reused";

interface Texts {
	unreadable: Record<Unreadable, string>;
	event: Record<EventKind, (names: string) => string>;
	deputy: (names: string) => string;
}

const TEXTS: Record<Language, Texts> = {
	de: {
		deputy: (names) => `Vertretung: ${names}.`,
		unreadable: {
			duplicate:
				"Die Schlüssel für diese Nachricht sind verbraucht: Sie kam zu spät, oder der Browser wurde beendet, bevor sie gespeichert war.",
			"out-of-order": "Diese Nachricht setzt eine Änderung der Gruppe voraus, die diesem Gerät fehlt.",
			"too-old": "Die Schlüssel für diese Nachricht wurden bereits gelöscht.",
			"not-a-member": "Dieses Gerät gehörte nicht zur Gruppe, als die Nachricht geschrieben wurde.",
			own: "Diese Änderung stammt von diesem Gerät.",
			malformed: "Diese Nachricht ist beschädigt oder gefälscht.",
			uncertified: "Diese Nachricht kam von einem Gerät, das keiner bekannten Person gehört.",
			format: "Diese Nachricht hat ein Format, das diese Version nicht kennt.",
			"not-kept": "Diese Nachricht wurde von diesem Gerät gesendet, ist hier aber nicht mehr gespeichert.",
			"id-reused": "Diese Nachricht trägt die Kennung einer anderen und wird deshalb nicht angezeigt.",
		},
		event: {
			joined: () => "Dieses Gerät ist dem Gespräch beigetreten.",
			added: (names) => `${names} wurde hinzugefügt.`,
			"device-added": (names) => `${names} ist jetzt mit einem weiteren Gerät dabei.`,
			removed: (names) => `${names} wurde entfernt.`,
			ended: (names) =>
				`Der Zugang von ${names} ist beendet. Das Gespräch geht ohne ${names} weiter; neue Nachrichten kommen dort nicht mehr an.`,
			"key-changed": (names) =>
				`Der Identitätsschlüssel von ${names} hat sich geändert. Vergleichen Sie ihn, bevor Sie Vertrauliches schreiben.`,
			"unknown-leaf": () =>
				"Ein Gerät, das keiner bekannten Person gehört, ist in der Gruppe. Das Senden ist gesperrt.",
			lost: () =>
				"Dieses Gerät hat seinen Platz im Gespräch verloren. Bitten Sie ein Mitglied, Sie zu entfernen und neu hinzuzufügen.",
		},
	},
	en: {
		deputy: (names) => `Standing in: ${names}.`,
		unreadable: {
			duplicate:
				"The keys for this message are used up: it came too late, or the browser was closed before it was saved.",
			"out-of-order": "This message needs a change of the group that this device has not got.",
			"too-old": "The keys for this message are already deleted.",
			"not-a-member": "This device was not in the group when the message was written.",
			own: "This change was made by this device.",
			malformed: "This message is damaged or forged.",
			uncertified: "This message came from a device that belongs to no known person.",
			format: "This message has a format that this version does not know.",
			"not-kept": "This message was sent from this device but is no longer saved here.",
			"id-reused": "This message carries the id of another one and is therefore not shown.",
		},
		event: {
			joined: () => "This device joined the conversation.",
			added: (names) => `${names} was added.`,
			"device-added": (names) => `${names} is here with another device now.`,
			removed: (names) => `${names} was removed.`,
			ended: (names) =>
				`The access of ${names} has ended. The conversation goes on without ${names}, who gets no new messages.`,
			"key-changed": (names) =>
				`The identity key of ${names} has changed. Compare it before you write anything confidential.`,
			"unknown-leaf": () => "A device that belongs to no known person is in the group. Sending is locked.",
			lost: () =>
				"This device lost its place in the conversation. Ask a member to remove you and add you again.",
		},
	},
};

/** What stands over messages that are handed on to who has come later. */
export function handedOnText(language: Language, count: number): string {
	if (language === "en") return count === 1 ? "Open message handed on." : `${count} open messages handed on.`;
	return count === 1 ? "Offene Nachricht weitergegeben." : `${count} offene Nachrichten weitergegeben.`;
}

export function unreadableText(language: Language, reason: Unreadable): string {
	return TEXTS[language].unreadable[reason];
}

/** `deputies`: who stands in for those who left. */
export function eventText(
	language: Language,
	kind: EventKind,
	names: readonly string[],
	deputies: readonly string[] = [],
): string {
	const { event, deputy } = TEXTS[language];
	const text = event[kind](names.join(", "));
	return deputies.length > 0 ? `${text} ${deputy(deputies.join(", "))}` : text;
}
