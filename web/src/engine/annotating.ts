/** Annotations on their way in and out: each changes the message it speaks about, and is never a message itself. */

import type { Annotation } from "../crypto/annotation";
import type { Body } from "../crypto/body";
import {
	type AnnotationRecord,
	annotated,
	EDIT_WINDOW_MS,
	isValid,
	pictureOf,
	takenAtMs,
	takesAnnotations,
	unannotated,
} from "./annotations";
import type { Context } from "./context";
import { Failure } from "./failure";
import type { GroupRecord, MessageRecord, OutboxRecord } from "./records";
import type { Change } from "./store";

/** What an annotation does: to be written in one transaction with whatever else the entry changes. */
export interface Effect {
	patch: Partial<GroupRecord>;
	changed: MessageRecord[];
	changes: Change[];
}

export type AnnotationBody = Extract<Body, { type: "annotation" }>;
export type AnnotationOutbox = OutboxRecord & { body: AnnotationBody };

const NOTHING: Effect = { patch: {}, changed: [], changes: [] };

export function isAnnotation(record: OutboxRecord | null): record is AnnotationOutbox {
	return record?.body.type === "annotation";
}

/** Take an annotation of the stream. `place`: who said it as authenticated, and where the service put it. */
export async function heard(
	context: Context,
	groupId: string,
	place: { id: string; personId: string; seq: number; at: string },
	{ target, annotation }: Pick<AnnotationBody, "target" | "annotation">,
): Promise<Effect> {
	const entry: AnnotationRecord = { ...place, annotation };
	const record = await context.store.get("messages", target);
	if (!record) return waiting(context, groupId, target, entry);
	if (record.conversationId !== groupId || !takesAnnotations(record)) return NOTHING;
	return effect(context, record, annotated(record, orTooLate(record, entry)));
}

/** A message has come: what was said about it before is said about it now. */
export async function withWaiting(context: Context, message: MessageRecord): Promise<Effect> {
	const key = waitingKey(message.conversationId, message.id);
	const entries = await context.store.get("annotations", key);
	if (!entries) return { ...NOTHING, changed: [message] };
	const now = takesAnnotations(message) ? entries.reduce(annotated, message) : message;
	const change: Change = { table: "annotations", key, value: null };
	return { patch: pinsAfter(context, message.conversationId, now), changed: [now], changes: [change] };
}

/** The message with an annotation that waits to be sent. Raises: Failure `not-found`, `edit-late`. */
export async function announced(
	context: Context,
	messageId: string,
	annotation: Annotation,
): Promise<(id: string) => MessageRecord> {
	const record = await context.store.get("messages", messageId);
	if (!record || record.seq === null || !takesAnnotations(record)) throw new Failure("not-found");
	const now = context.now();
	const { personId } = context.self;
	const late = now.getTime() - takenAtMs(record) > EDIT_WINDOW_MS;
	if (!isValid(record, { id: "", personId, seq: null, at: null, annotation })) throw new Failure("not-found");
	if (annotation.act === "edit" && late) throw new Failure("edit-late");
	return (id) => annotated(record, { id, personId, seq: null, at: null, annotation });
}

/** The service has an annotation of this device. */
export function taken(
	context: Context,
	{ id, conversationId, body }: AnnotationOutbox,
	{ seq, at }: { seq: number; at: string },
): Promise<Effect> {
	return heard(context, conversationId, { id, personId: context.self.personId, seq, at }, body);
}

/** The service has refused one: what matters is told, a sign or a pin is as if it had not been. */
export async function refused(
	{ store, self }: Context,
	{ id, body: { target, annotation } }: AnnotationOutbox,
	reason: string,
): Promise<MessageRecord | null> {
	const record = await store.get("messages", target);
	if (!record) return null;
	const told = annotation.act === "edit" || annotation.act === "recall";
	const entry = { id, personId: self.personId, seq: null, at: null, annotation, failed: reason };
	return told ? annotated(unannotated(record, id), entry) : unannotated(record, id);
}

/** What a message says beside its text: which one it answers, whom it names, whether it was written for here. */
export function saidWith(
	body: Exclude<Body, { type: "annotation" }>,
): Pick<MessageRecord, "replyTo" | "mentions" | "forwarded"> {
	const mentions = body.type === "text" ? (body.mentions ?? []) : [];
	const forwarded = body.type !== "title" && body.forwarded === true;
	return {
		...(body.replyTo ? { replyTo: body.replyTo } : {}),
		...(mentions.length > 0 ? { mentions } : {}),
		...(forwarded ? { forwarded } : {}),
	};
}

/** Unread messages, and those of them that name the person here. */
export function unreadOf(
	records: readonly MessageRecord[],
	personId: string,
): { unread: number; mentioned: number } {
	const unread = records.filter((record) => !record.own && takesAnnotations(record));
	return {
		unread: unread.length,
		mentioned: unread.filter(({ mentions }) => mentions?.includes(personId)).length,
	};
}

/** The own edit came to the service too late: whoever wrote it must know that nobody sees it. */
function orTooLate(record: MessageRecord, entry: AnnotationRecord): AnnotationRecord {
	const own = record.own && entry.personId === record.senderPersonId;
	const late = entry.annotation.act === "edit" && !isValid(record, entry);
	return own && late ? { ...entry, failed: "edit-late" } : entry;
}

async function waiting(
	{ store }: Context,
	groupId: string,
	target: string,
	entry: AnnotationRecord,
): Promise<Effect> {
	const key = waitingKey(groupId, target);
	const known = (await store.get("annotations", key)) ?? [];
	const value = withoutRecalled([...known.filter(({ id }) => id !== entry.id), entry]);
	return { ...NOTHING, changes: [{ table: "annotations", key, value }] };
}

/** Whoever takes back is the author of both, or of neither: no text of theirs is kept. */
function withoutRecalled(entries: AnnotationRecord[]): AnnotationRecord[] {
	const recalls = entries.filter(({ annotation }) => annotation.act === "recall");
	const gone = new Set(recalls.map(({ personId }) => personId));
	return entries.filter(({ annotation, personId }) => annotation.act !== "edit" || !gone.has(personId));
}

async function effect(context: Context, before: MessageRecord, now: MessageRecord): Promise<Effect> {
	const groupId = before.conversationId;
	const patch = { ...pinsAfter(context, groupId, now), ...(await unreadAfter(context, before, now)) };
	return { patch, changed: [now], changes: [{ table: "messages", key: now.id, value: now }] };
}

function pinsAfter({ groups }: Context, groupId: string, now: MessageRecord): Partial<GroupRecord> {
	const known = groups.get(groupId).pinned ?? [];
	const { pinned } = pictureOf(now);
	if (known.includes(now.id) === pinned) return {};
	return { pinned: pinned ? [...known, now.id] : known.filter((id) => id !== now.id) };
}

/** What was taken back before it was read waits for nobody; whom an edit names, it names from now on. */
async function unreadAfter(
	{ groups, store, self }: Context,
	before: MessageRecord,
	now: MessageRecord,
): Promise<Partial<GroupRecord>> {
	const { seen } = groups.get(now.conversationId);
	const same = before.type === now.type && before.mentions === now.mentions;
	if (same || now.own || (now.seq ?? 0) <= seen) return {};
	const later = await store.messagesAfter(now.conversationId, seen);
	return unreadOf(
		later.map((record) => (record.id === now.id ? now : record)),
		self.personId,
	);
}

function waitingKey(groupId: string, target: string): string {
	return `${groupId}/${target}`;
}
