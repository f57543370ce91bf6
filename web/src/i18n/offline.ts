/** Words of what waits for a connection, and of catching up. */
import { translator } from "./index";

const de = {
	"waiting.one": "{count} Nachricht wartet auf Verbindung",
	"waiting.other": "{count} Nachrichten warten auf Verbindung",
	"waiting.text": "Sie werden von selbst gesendet, jede genau einmal. Bis dahin können Sie sie verwerfen.",
	"waiting.file": "Datei: {name}",
	"waiting.discard": "Verwerfen",
	"waiting.discard.which": "die Nachricht „{text}“",
	"signed-out.one": "{count} Nachricht wartet auf diesem Gerät und wird nach der Anmeldung gesendet.",
	"signed-out.other": "{count} Nachrichten warten auf diesem Gerät und werden nach der Anmeldung gesendet.",
	"catch-up": "Nachrichten werden abgeholt. Sie können schon lesen.",
	"catch-up.count": "{done} von {total}",
	"catch-up.seconds": "noch etwa {count} Sekunden",
	"catch-up.minutes.one": "noch etwa {count} Minute",
	"catch-up.minutes.other": "noch etwa {count} Minuten",
} as const;

const en: Record<keyof typeof de, string> = {
	"waiting.one": "{count} message waits for a connection",
	"waiting.other": "{count} messages wait for a connection",
	"waiting.text": "They are sent by themselves, each exactly once. Until then you can discard them.",
	"waiting.file": "File: {name}",
	"waiting.discard": "Discard",
	"waiting.discard.which": "the message “{text}”",
	"signed-out.one": "{count} message waits on this device and is sent after you sign in.",
	"signed-out.other": "{count} messages wait on this device and are sent after you sign in.",
	"catch-up": "Messages are being fetched. You can already read.",
	"catch-up.count": "{done} of {total}",
	"catch-up.seconds": "about {count} seconds left",
	"catch-up.minutes.one": "about {count} minute left",
	"catch-up.minutes.other": "about {count} minutes left",
};

export const t = translator({ de, en });
