/** Words that every page may need. */
import { translator } from "./index";

const de = {
	cancel: "Abbrechen",
	close: "Schließen",
	confirm: "Bestätigen",
	retry: "Erneut versuchen",
	remove: "Entfernen",
	loading: "Wird geladen …",
	offline: "Keine Verbindung. Sie wird im Hintergrund wiederhergestellt.",
	tryLater: "Der Dienst antwortet nicht. Bitte versuchen Sie es gleich noch einmal.",
	signedOut: "Ihre Sitzung ist beendet. Bitte melden Sie sich neu an.",
} as const;

const en: Record<keyof typeof de, string> = {
	cancel: "Cancel",
	close: "Close",
	confirm: "Confirm",
	retry: "Try again",
	remove: "Remove",
	loading: "Loading …",
	offline: "No connection. It is being restored in the background.",
	tryLater: "The service does not answer. Please try again in a moment.",
	signedOut: "Your session has ended. Please sign in again.",
};

export const t = translator({ de, en });
