/** When a person's watermark passed a message, as this browser heard it. The service keeps watermarks only, so nothing
 *  is asked for it; who was offline learns it later, and the time is then the latest possible one. */

import type { GroupRecord, MemberRecord } from "./records";
import type { Passage, Passages } from "./types";

/** In a larger room the counts have to do. */
export const PEOPLE_WITH_TIMES = 30;
/** How many steps of each watermark are kept. */
const STEPS = 12;

/** What is kept of a group when its members' watermarks become `members`; undefined when there is nothing to keep. */
export function passagesAfter(
	{ members: before, passages = {} }: Pick<GroupRecord, "members" | "passages">,
	members: readonly MemberRecord[],
	at: Date,
): Record<string, Passages> | undefined {
	if (members.length > PEOPLE_WITH_TIMES) return undefined;
	const kept: Record<string, Passages> = {};
	for (const member of members) {
		const known = before.find(({ personId }) => personId === member.personId);
		const { delivered, seen } = passages[member.personId] ?? { delivered: [], seen: [] };
		const after: Passages = {
			delivered: stepped(delivered, known?.delivered, member.delivered, at),
			seen: stepped(seen, known?.seen, member.seen, at),
		};
		if (after.delivered.length + after.seen.length > 0) kept[member.personId] = after;
	}
	return Object.keys(kept).length > 0 ? kept : undefined;
}

/** A watermark that is heard of for the first time may have stood there for weeks. */
function stepped(steps: Passage[], before: number | undefined, now: number, at: Date): Passage[] {
	if (before === undefined || now <= before) return steps;
	return [...steps, { after: before, upTo: now, at: at.toISOString() }].slice(-STEPS);
}

/** When a watermark passed a message; null where that was not heard, or too long ago. */
export function passedAt(steps: readonly Passage[] | undefined, seq: number): string | null {
	return steps?.find(({ after, upTo }) => seq > after && seq <= upTo)?.at ?? null;
}
