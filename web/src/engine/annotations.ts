/** What was said about a message, folded onto it. Pure: records in, records out.
 *
 *  The order of arrival does not matter: the service's sequence numbers say what came last, an author is who the MLS
 *  layer authenticated, and the time limit of an edit lies between two times of the service. */

import type { Annotation, Reaction } from "../crypto/annotation";
import type { MessageRecord } from "./records";

/** How long after the service took a message its author may change it. */
export const EDIT_WINDOW_MS = 15 * 60_000;
const MAXIMUM_EDITS = 50;

export interface AnnotationRecord {
	id: string;
	/** Who said it, as authenticated. */
	personId: string;
	/** Both null while it waits in the outbox. */
	seq: number | null;
	/** When the service took it. */
	at: string | null;
	annotation: Annotation;
	/** Why the service did not take it. */
	failed?: string;
}

/** Lies in the record of the message. `text`, `mentions`: as its author first wrote it. */
export interface SaidRecord {
	text: string;
	mentions: string[];
	entries: AnnotationRecord[];
}

export interface Version {
	text: string;
	mentions: string[];
	at: string;
}

/** `versions`: oldest first, the last is what stands there now.   recalling: the author's recall waits to be sent. */
export interface Picture {
	versions: Version[];
	recalled: boolean;
	recalling: boolean;
	reactions: { reaction: Reaction; personIds: string[] }[];
	pinned: boolean;
	failed: { act: "edit" | "recall"; reason: string } | null;
}

/** Only what a person has written can be spoken about. */
export function takesAnnotations({ type }: Pick<MessageRecord, "type">): boolean {
	return type === "text" || type === "attachment";
}

/** What a message looks like after all that was said about it. */
export function pictureOf(record: MessageRecord): Picture {
	const entries = [...(record.said?.entries ?? [])].sort(inOrder);
	const counted = entries.filter((entry) => !entry.failed);
	const recalls = counted.filter((entry) => entry.annotation.act === "recall" && isAuthor(record, entry));
	const pin = counted.findLast(({ annotation }) => annotation.act === "pin")?.annotation;
	const recalled = record.type === "recalled" || recalls.some(({ seq }) => seq !== null);
	return {
		versions: versionsOf(record, counted),
		recalled,
		recalling: !recalled && recalls.length > 0,
		reactions: reactionsOf(counted),
		pinned: !recalled && pin?.act === "pin" && pin.set,
		failed: failureOf(entries),
	};
}

/** The message with one more annotation, or with a newer state of one it has. What the author took back is deleted:
 *  text, earlier versions, the key of a file, and what others answered to it with a sign. */
export function annotated(record: MessageRecord, entry: AnnotationRecord): MessageRecord {
	if (record.type === "recalled") return record;
	const said = record.said ?? { text: record.text, mentions: record.mentions ?? [], entries: [] };
	const others = said.entries.filter(
		({ id, failed }) => id !== entry.id && !(failed && isNextTry(record, entry)),
	);
	return settled({ ...record, said: { ...said, entries: kept(record, [...others, entry]) } });
}

/** The message as if this annotation had never been made. */
export function unannotated(record: MessageRecord, annotationId: string): MessageRecord {
	if (!record.said) return record;
	const entries = record.said.entries.filter(({ id }) => id !== annotationId);
	return settled({ ...record, said: { ...record.said, entries } });
}

/** Edits by others, late ones, and those of what somebody else wrote are nothing. */
export function isValid(record: MessageRecord, entry: AnnotationRecord): boolean {
	if (entry.annotation.act === "recall") return isAuthor(record, entry);
	if (entry.annotation.act !== "edit") return true;
	const mayChange = record.type === "text" && !record.forwarded;
	return mayChange && isAuthor(record, entry) && isInTime(record, entry);
}

function isAuthor({ senderPersonId }: MessageRecord, { personId }: AnnotationRecord): boolean {
	return senderPersonId === personId;
}

function isNextTry({ own }: MessageRecord, { seq }: AnnotationRecord): boolean {
	return own && seq === null;
}

function isInTime(record: MessageRecord, { at }: AnnotationRecord): boolean {
	// What still waits here was in time when it was written.
	return at === null || Date.parse(at) - takenAtMs(record) <= EDIT_WINDOW_MS;
}

/** Records of earlier versions of this browser's store do not know when the service took them. */
export function takenAtMs({ at, sentAt }: Pick<MessageRecord, "at" | "sentAt">): number {
	return Date.parse(at ?? sentAt);
}

function inOrder(one: AnnotationRecord, other: AnnotationRecord): number {
	const [first, second] = [one.seq ?? Number.MAX_SAFE_INTEGER, other.seq ?? Number.MAX_SAFE_INTEGER];
	return first - second || (one.id < other.id ? -1 : Number(one.id > other.id));
}

function versionsOf(record: MessageRecord, entries: readonly AnnotationRecord[]): Version[] {
	const { text, mentions } = record.said ?? { text: record.text, mentions: record.mentions ?? [] };
	const versions: Version[] = [{ text, mentions, at: record.sentAt }];
	for (const entry of entries) {
		const { annotation, at } = entry;
		if (annotation.act !== "edit" || !isValid(record, entry)) continue;
		versions.push({ text: annotation.text, mentions: annotation.mentions, at: at ?? record.sentAt });
	}
	return versions;
}

function reactionsOf(entries: readonly AnnotationRecord[]): Picture["reactions"] {
	const people = new Map<Reaction, Set<string>>();
	for (const { annotation, personId } of entries) {
		if (annotation.act !== "reaction") continue;
		const who = people.get(annotation.reaction) ?? new Set();
		people.set(annotation.reaction, who);
		if (annotation.set) who.add(personId);
		else who.delete(personId);
	}
	return [...people].flatMap(([reaction, who]) => (who.size > 0 ? [{ reaction, personIds: [...who] }] : []));
}

function failureOf(entries: readonly AnnotationRecord[]): Picture["failed"] {
	const last = entries.findLast(({ failed }) => failed);
	if (!last?.failed || (last.annotation.act !== "edit" && last.annotation.act !== "recall")) return null;
	return { act: last.annotation.act, reason: last.failed };
}

/** Of what was set and taken back only the last word, and of edits no more than anybody can mean. Both choices depend
 *  on the service's order alone. */
function kept(record: MessageRecord, entries: readonly AnnotationRecord[]): AnnotationRecord[] {
	const last = new Map<string, AnnotationRecord>();
	const rest: AnnotationRecord[] = [];
	let edits = 0;
	for (const entry of [...entries].sort(inOrder)) {
		const place = placeOf(entry);
		if (!entry.failed && !isValid(record, entry)) continue;
		if (place && entry.seq !== null) last.set(place, entry);
		else if (entry.failed || entry.annotation.act !== "edit" || edits++ < MAXIMUM_EDITS) rest.push(entry);
	}
	return [...last.values(), ...rest].sort(inOrder);
}

function placeOf({ annotation, personId }: AnnotationRecord): string | null {
	if (annotation.act === "pin") return "pin";
	return annotation.act === "reaction" ? `${annotation.reaction}/${personId}` : null;
}

/** Text and mentions of a record are always those that hold now, so that nobody who reads it needs to know of edits. */
function settled(record: MessageRecord): MessageRecord {
	const { recalled, versions } = pictureOf(record);
	if (recalled) return erased(record);
	const now = versions.at(-1);
	return now ? { ...record, text: now.text, mentions: now.mentions } : record;
}

function erased({ said, mentions, forwarded, ...record }: MessageRecord): MessageRecord {
	return { ...record, type: "recalled", text: "", attachment: null, replyTo: null };
}
