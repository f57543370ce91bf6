/** The times beside delivered and seen. */
import { passedAt } from "../../engine/receipt-times";
import type { Member } from "../../engine/types";

import { t } from "../../i18n/urgent";
import type { Confirmed } from "./receipts";
import { moment } from "./urgent-words";

/** A person, where they work, and until when they had the message at the latest. */
export function nameWithTime(member: Member, passed: "seen" | "delivered" | undefined, seq: number): string {
	const where = `${member.name} (${member.organisation.name})`;
	const at = passed && passedAt(member.passages?.[passed], seq);
	return at ? t("receipt.by", { who: where, time: moment(at) }) : where;
}

/** When the message reached the stage it has; empty where nobody heard it. */
export function lastAt({ stage, seq, seen, delivered }: Confirmed): string {
	if (stage === "sent") return "";
	const people = stage === "seen" ? seen : delivered;
	const times = people.flatMap((member) => passedAt(member.passages?.[stage], seq) ?? []).sort();
	const last = times.at(-1);
	return last ? moment(last) : "";
}
