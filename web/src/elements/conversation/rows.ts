import type { Message } from "../../engine/types";

/** One line of the thread. `opens`: first of a run of messages by one person; only that one carries the name. */
export type ThreadRow =
	| { kind: "beginning"; key: "beginning" }
	| { kind: "day"; key: string; day: string }
	| { kind: "unread"; key: "unread" }
	| { kind: "expired"; key: "expired" }
	| { kind: "event"; key: string; message: Message }
	| { kind: "message"; key: string; message: Message; opens: boolean };

const RUN_MINUTES = 10;

/** The rows of a thread, oldest first.
 *
 *  messages: in order.   seenAtOpening: the reader's watermark when the conversation was opened; what came after
 *  stands under the line "new".   complete: there is nothing older.   expired: messages up to this number are deleted. */
export function rowsOf(
	messages: Message[],
	seenAtOpening: number | null,
	complete: boolean,
	expired = 0,
): ThreadRow[] {
	const rows: ThreadRow[] =
		complete && messages.length && !expired ? [{ kind: "beginning", key: "beginning" }] : [];
	let told = expired === 0;
	const seen = seenAtOpening ?? Number.POSITIVE_INFINITY;
	const firstUnread = messages.find((message) => isUnread(message, seen));
	let before: Message | null = null;
	for (const message of messages) {
		const marks = marksBefore(message, before, firstUnread);
		if (!told && (message.seq ?? Number.POSITIVE_INFINITY) > expired) {
			rows.push({ kind: "expired", key: "expired" });
			told = true;
		}
		rows.push(...marks, rowOf(message, marks.length ? null : before));
		before = message;
	}
	if (!told) rows.push({ kind: "expired", key: "expired" });
	return rows;
}

function isUnread(message: Message, seen: number): boolean {
	const spoken = message.type !== "event" && message.type !== "title";
	return spoken && !message.own && message.seq !== null && message.seq > seen;
}

function marksBefore(
	message: Message,
	before: Message | null,
	firstUnread: Message | undefined,
): ThreadRow[] {
	const marks: ThreadRow[] = [];
	const day = dayOf(message);
	if (!before || dayOf(before) !== day) marks.push({ kind: "day", key: `day-${day}`, day });
	if (message === firstUnread) marks.push({ kind: "unread", key: "unread" });
	return marks;
}

function rowOf(message: Message, before: Message | null): ThreadRow {
	const key = message.id;
	if (message.type === "event" || message.type === "title") return { kind: "event", key, message };
	return { kind: "message", key, message, opens: !before || !sameRun(before, message) };
}

function sameRun(before: Message, message: Message): boolean {
	const minutes = (Date.parse(message.sentAt) - Date.parse(before.sentAt)) / 60_000;
	const spoken = before.type !== "event" && before.type !== "title";
	return spoken && before.senderPersonId === message.senderPersonId && minutes < RUN_MINUTES;
}

/** The day on this clock, `YYYY-MM-DD`. */
function dayOf(message: Message): string {
	const at = new Date(message.sentAt);
	const pad = (number: number) => String(number).padStart(2, "0");
	return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
}
