/** Dates, times and sizes as people of the page's language read them. Times come in as ISO 8601. */
import { language } from "./index";

const LOCALES = { de: "de-DE", en: "en-GB" } as const;
/** Not from `Intl`, whose British September is "Sept". */
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function locale(): string {
	return LOCALES[language()];
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format takes far longer than using it: a thread of 1,500 messages needs the same two 3,000 times. */
function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = locale() + JSON.stringify(options);
	const format = formats.get(key) ?? new Intl.DateTimeFormat(locale(), options);
	formats.set(key, format);
	return format;
}

/** "14:05" */
export function formatTime(iso: string): string {
	return dateFormat({ hour: "2-digit", minute: "2-digit" }).format(new Date(iso));
}

/** "22.11.2025", "22 Nov 2025": as `medicus.formats` writes it on pages, so that no month can be taken for a day.
 *  iso: an instant, or a calendar day (`YYYY-MM-DD`), which is the same day in every time zone. */
export function formatDay(iso: string): string {
	const at = new Date(iso.length === "YYYY-MM-DD".length ? `${iso}T00:00` : iso);
	const [day, month, year] = [at.getDate(), at.getMonth(), at.getFullYear()];
	if (language() === "en") return `${day} ${MONTHS[month]} ${year}`;
	return `${twoDigits(day)}.${twoDigits(month + 1)}.${year}`;
}

/** "22.11.2025, 14:05" */
export function formatInstant(iso: string): string {
	return `${formatDay(iso)}, ${formatTime(iso)}`;
}

/** What fits a list: the time today, the weekday in the last six days, else the day. */
export function formatWhen(iso: string, now: Date = new Date()): string {
	const at = new Date(iso);
	const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
	if (days === 0) return formatTime(iso);
	if (days > 0 && days < 7) return dateFormat({ weekday: "short" }).format(at);
	return formatDay(iso);
}

/** "1,4 MB": powers of 1000, one digit after the point below 10. */
export function formatBytes(bytes: number): string {
	const units = ["B", "kB", "MB", "GB", "TB"];
	const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
	const value = bytes / 1000 ** power;
	const digits = power === 0 || value >= 10 ? 0 : 1;
	return `${new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value)} ${units[power]}`;
}

/** "63 %" */
export function formatShare(share: number): string {
	return new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 0 }).format(share);
}

/** The letters of an avatar: first of the given and of the family name, without titles. */
export function initials(name: string): string {
	const words = name.split(/\s+/).filter((word) => /^\p{Lu}/u.test(word) && !/\.$|^\p{Lu}{2,}$/u.test(word));
	const ends = words.length > 1 ? [words[0], words[words.length - 1]] : words;
	return ends.map((word) => word?.charAt(0) ?? "").join("");
}

function twoDigits(number: number): string {
	return String(number).padStart(2, "0");
}

function startOfDay(at: Date): number {
	return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}
