/** Words of the log that keeps itself up to date. */
import { translator } from "./index";

const de = {
	badge: "Neu",
	"new.one": "Ein neuer Zugriff. {first}",
	"new.other": "{count} neue Zugriffe. Der neueste: {first}",
	signedOut: "Ihre Sitzung ist beendet, die Liste wird nicht mehr erneuert. Bitte melden Sie sich neu an.",
} as const;

const en: Record<keyof typeof de, string> = {
	badge: "New",
	"new.one": "One new access. {first}",
	"new.other": "{count} new accesses. The latest: {first}",
	signedOut: "Your session has ended, and the list is not updated any more. Please sign in again.",
};

export const t = translator({ de, en });
