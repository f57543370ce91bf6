import type { Kept, Recorded, Retention } from "../../engine/case-types";
import type { Conversation } from "../../engine/types";
import { t } from "../../i18n/case";
import { formatDay } from "../../i18n/format";

const DAY_MS = 86_400_000;

/** Until when messages are kept, and what stops their deletion: whole sentences, the most important first. */
export function retentionWords(retention: Retention, now: Date): string[] {
	const holds = retention.holds.map(({ organisation, since }) =>
		t("retention.hold", { hospital: organisation, date: formatDay(since) }),
	);
	return holds.length > 0 ? holds : [ends(retention, now), t("retention.longest")];
}

function ends({ days, begins, endsAt }: Retention, now: Date): string {
	if (begins === "sent") return t("retention.sent", { days });
	if (endsAt === null) return t("retention.open", { days });
	const left = Math.ceil((Date.parse(endsAt) - now.getTime()) / DAY_MS);
	const date = formatDay(endsAt);
	if (left <= 0) return t("retention.over");
	if (left === 1) return t("retention.ends.one", { date });
	return t("retention.ends.days", { date, days: left });
}

/** What is still marked. What has just been taken in is kept until it can be read there: that is nobody's mark. */
export function markedOf({ kept, recorded }: Pick<Conversation, "kept" | "recorded">): Kept[] {
	const there = new Set(recorded.map(({ messageId }) => messageId));
	return kept.filter(({ own, messageId }) => own || !there.has(messageId));
}

export function keptWords(count: number): string {
	if (count === 0) return t("kept.none");
	return count === 1 ? t("kept.one") : t("kept.some", { count });
}

/** How many messages each hospital has in its record, and how many that are examined first. */
export function recordedWords(recorded: readonly Recorded[]): string[] {
	const there = recorded.filter(({ examined }) => examined);
	const waiting = recorded.filter(({ examined }) => !examined);
	return [
		...eachHospital(there, "recorded.one", "recorded.some"),
		...eachHospital(waiting, "recorded.waits.one", "recorded.waits.some"),
	];
}

function eachHospital(
	recorded: readonly Recorded[],
	one: "recorded.one" | "recorded.waits.one",
	some: "recorded.some" | "recorded.waits.some",
): string[] {
	const counts = new Map<string, Set<string>>();
	for (const { hospital, messageId } of recorded) {
		counts.set(hospital, (counts.get(hospital) ?? new Set()).add(messageId));
	}
	return [...counts].map(([hospital, { size }]) =>
		size === 1 ? t(one, { hospital }) : t(some, { hospital, count: size }),
	);
}
