import { t } from "../../i18n/conversation";
import { language } from "../../i18n/index";

const DAY_MS = 86_400_000;

/** "Heute", "Gestern", "Montag, 12. Mai", and with the year when it is another one. `day`: `YYYY-MM-DD`. */
export function dayTitle(day: string, now: Date = new Date()): string {
	const at = new Date(`${day}T00:00:00`);
	const today = new Date(now.getFullYear(), now.getMonth(), now.getDate());
	const ago = Math.round((today.getTime() - at.getTime()) / DAY_MS);
	if (ago === 0) return t("today");
	if (ago === 1) return t("yesterday");
	const year = at.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
	const locale = language() === "en" ? "en-GB" : "de-DE";
	return new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", ...year }).format(
		at,
	);
}
