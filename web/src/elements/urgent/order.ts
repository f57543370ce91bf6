/** The order and the clock of the work list's urgent items. Pure. */
import type { UrgentItem } from "../../engine/urgent-types";
import { t } from "../../i18n/urgent";
import { remaining, type Tone } from "../conversation/urgent-words";

/** What is overdue comes first, then what is due next. */
export function inOrder(items: readonly UrgentItem[], now: Date): UrgentItem[] {
	return [...items].sort(
		(one, other) => rank(one, now) - rank(other, now) || dueAt(one) - dueAt(other) || at(one) - at(other),
	);
}

/** Over: the deadline has passed, or nobody is left to ask. */
export function isOverdue({ state, dueAt }: UrgentItem, now: Date): boolean {
	return state === "exhausted" || (dueAt !== null && Date.parse(dueAt) <= now.getTime());
}

function rank(item: UrgentItem, now: Date): number {
	return isOverdue(item, now) ? 0 : 1;
}

function dueAt({ dueAt }: UrgentItem): number {
	return dueAt === null ? 0 : Date.parse(dueAt);
}

function at({ announcedAt }: UrgentItem): number {
	return Date.parse(announcedAt);
}

export function clockOf(item: UrgentItem, now: Date): { text: string; tone: Tone } {
	if (item.state === "exhausted") return { text: t("due.exhausted"), tone: "late" };
	return remaining(item.dueAt, now);
}
