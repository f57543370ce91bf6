/** What is said of an urgent message and of acknowledgements. Pure: what the service told in, words out. */
import type { Acknowledgement, Urgent, UrgentEvent, UrgentState } from "../../engine/urgent-types";
import { formatInstant, formatTime } from "../../i18n/format";
import { t } from "../../i18n/urgent";
import { roleText } from "./role-words";

export type Tone = "calm" | "soon" | "late" | "done" | "over";

/** One point of the track. `ahead`: it has not happened, and will not if somebody acknowledges. */
export interface TrackPoint {
	at: string | null;
	text: string;
	tone: "done" | "told" | "bad" | "ahead";
}

const OPEN: ReadonlySet<UrgentState> = new Set(["waiting", "escalated", "exhausted"]);
const SOON_MINUTES = 5;

/** Whether somebody's acknowledgement is still wanted. */
export function isOpen({ state }: Pick<Urgent, "state">): boolean {
	return OPEN.has(state);
}

/** The time today, else with its day. */
export function moment(iso: string, now: Date = new Date()): string {
	return new Date(iso).toDateString() === now.toDateString() ? formatTime(iso) : formatInstant(iso);
}

/** How much time is left, for the clock. */
export function remaining(dueAt: string | null, now: Date): { text: string; tone: Tone } {
	if (!dueAt) return { text: "", tone: "late" };
	const minutes = Math.ceil((Date.parse(dueAt) - now.getTime()) / 60_000);
	if (minutes > 0) {
		return { text: t("left.minutes", { minutes }), tone: minutes > SOON_MINUTES ? "calm" : "soon" };
	}
	return { text: minutes < 0 ? t("left.over", { minutes: -minutes }) : t("left.now"), tone: "late" };
}

/** One line over the track. `asked`: the reader is to answer. */
export function titleOf(urgent: Urgent, asked: boolean, now: Date): string {
	const { state, dueAt } = urgent;
	if (state === "waiting") {
		const until = dueAt ? moment(dueAt, now) : "";
		return t(asked ? "title.waiting.asked" : "title.waiting", { time: until });
	}
	if (state === "escalated" && asked) return t("title.escalated.asked");
	return t(`title.${state}`);
}

/** What else to know, and to do; empty mostly. */
export function moreOf({ state }: Urgent, own: boolean): string {
	if (state === "exhausted" && own) return t("more.exhausted");
	return state === "lapsed" && own ? t("more.lapsed") : "";
}

export function toneOf(urgent: Urgent, now: Date): Tone {
	if (urgent.state === "acknowledged") return "done";
	if (urgent.state === "exhausted" || urgent.state === "lapsed") return "late";
	if (urgent.state === "escalated") return "soon";
	return isOpen(urgent) ? remaining(urgent.dueAt, now).tone : "over";
}

/** The points of the track in order: what has happened, then what would. */
export function trackOf(urgent: Urgent, me: string): TrackPoint[] {
	const told = new Set(urgent.timeline.flatMap(({ kind, step }) => (kind === "told" ? [step] : [])));
	const past = urgent.timeline
		// That it climbed is said with the name of who is asked then.
		.filter(({ kind, step }) => kind !== "escalated" || !told.has(step))
		.map((event) => ({ at: event.at, text: eventText(event, urgent, me), tone: toneOfEvent(event) }));
	return isOpen(urgent) && urgent.state !== "exhausted" ? [...past, ...ahead(urgent)] : past;
}

function ahead({ steps, step, dueAt }: Urgent): TrackPoint[] {
	const later = steps.filter((one) => one.step > step && one.reachedAt === null && !one.skipped);
	const points = later.map((one, index): TrackPoint => {
		const text = one.name ? t("track.next", { name: one.name }) : t("track.next.gap");
		return { at: index === 0 ? dueAt : null, text, tone: "ahead" };
	});
	return points.length ? points : [{ at: dueAt, text: t("track.end"), tone: "ahead" }];
}

function toneOfEvent({ kind }: UrgentEvent): TrackPoint["tone"] {
	if (kind === "acknowledged" || kind === "taken-over") return "done";
	return kind === "exhausted" || kind === "lapsed" || kind === "skipped" ? "bad" : "told";
}

function eventText(event: UrgentEvent, { role }: Urgent, me: string): string {
	const { kind, step, name, personId } = event;
	const mine = personId !== null && personId === me;
	switch (kind) {
		case "announced":
			return role ? t("track.announced.role", { role: roleText(role) }) : t("track.announced");
		case "told": {
			const key = (step ?? 0) > 0 ? "track.told.next" : "track.told";
			return mine ? t(`${key}.you`) : t(key, { name });
		}
		case "skipped":
			return name ? t("track.skipped", { name }) : t("track.skipped.nobody");
		case "handed-over":
		case "acknowledged":
		case "taken-over":
		case "handed-back":
			return mine ? t(`track.${kind}.you`) : t(`track.${kind}`, { name });
		default:
			return t(`track.${kind}`);
	}
}

/** Who has a message, and who has acknowledged it: at most two lines. */
export function acknowledgementLines(
	acknowledgements: readonly Acknowledgement[],
	nameOf: (personId: string) => string,
	me: string,
	now: Date = new Date(),
): string[] {
	const say = (key: "acknowledged" | "taken-over" | "handed-back", personId: string, at: string) => {
		const time = moment(at, now);
		if (personId === me) return t(`${key}.by.you`, { time });
		return t(`${key}.by`, { name: nameOf(personId), time });
	};
	const taken = takenBy(acknowledgements);
	const lines = taken ? [say("taken-over", taken.personId, taken.at)] : [];
	const back = acknowledgements.filter(({ kind, endedAt }) => kind === "taken-over" && endedAt).at(-1);
	if (!taken && back?.endedAt) lines.push(say("handed-back", back.personId, back.endedAt));
	const others = acknowledgements.filter(
		({ kind, personId }) => kind === "acknowledged" && personId !== taken?.personId,
	);
	const [first, ...rest] = others;
	if (!first) return lines;
	const line = say("acknowledged", first.personId, first.at);
	return [...lines, rest.length ? t("acknowledged.others", { line, count: rest.length }) : line];
}

/** Who has taken the message over and not handed it back. */
export function takenBy(acknowledgements: readonly Acknowledgement[]): Acknowledgement | undefined {
	return acknowledgements.find(({ kind, endedAt }) => kind === "taken-over" && endedAt === null);
}
