/** Words for patients who read and write themselves: plain, and without what only staff has. */
import { translator } from "./index";

const de = {
	heading: "Nachrichten",
	"empty.title": "Noch keine Nachrichten",
	"empty.text": "Ihr Krankenhaus beginnt ein Gespräch. Sobald es Ihnen schreibt, steht es hier.",
	none: "Kein Gespräch gewählt",
	"none.text": "Wählen Sie ein Gespräch, um es zu lesen.",
	"missing.text": "Es ist nicht mehr da, oder Sie nehmen nicht daran teil.",
	emergency: "Nicht für Notfälle: Rufen Sie dann die 112 an.",
	"emergency.wait": "Eine Antwort kann etwas dauern.",
	"closed.title": "Dieses Gespräch ist beendet.",
	"closed.text":
		"Das Krankenhaus hat es am {date} abgeschlossen. Deshalb kann hier niemand mehr schreiben. Haben Sie noch eine Frage, rufen Sie dort an.",
	"locked.inactive":
		"Sie nehmen an diesem Gespräch nicht mehr teil: Das Krankenhaus hat es für Sie beendet oder Ihren Zugang geschlossen. Was bisher geschrieben wurde, bleibt hier lesbar.",
	"locked.place":
		"Dieses Gerät gehört noch nicht zu diesem Gespräch. Öffnen Sie die Nachrichten auf Ihrem anderen Gerät, oder rufen Sie im Krankenhaus an.",
	"engine.access-ended.text": "Das Krankenhaus hat Ihren Zugang beendet. Fragen Sie dort nach.",
	"details.encryption.text":
		"Nachrichten und Dateien werden in Ihrem Browser verschlüsselt und erst auf den Geräten der Menschen in dieser Liste wieder lesbar. Der Dienst sieht, wer wann schreibt, aber nicht, was.",
	"unread.starting": "Einen Moment …",
	"unread.none": "Keine neuen Nachrichten",
	"unread.one": "{count} ungelesene Nachricht",
	"unread.other": "{count} ungelesene Nachrichten",
	"unread.here": "Auf diesem Gerät sind die Nachrichten noch nicht eingerichtet.",
	"unread.elsewhere": "Die Nachrichten sind in einem anderen Fenster geöffnet.",
	"unread.unknown": "Ob es Neues gibt, lässt sich gerade nicht sagen.",
} as const;

const en: Record<keyof typeof de, string> = {
	heading: "Messages",
	"empty.title": "No messages yet",
	"empty.text": "Your hospital begins a conversation. As soon as it writes to you, you find it here.",
	none: "No conversation chosen",
	"none.text": "Choose a conversation to read it.",
	"missing.text": "It is no longer there, or you do not take part in it.",
	emergency: "Not for emergencies: call 112 then.",
	"emergency.wait": "An answer may take some time.",
	"closed.title": "This conversation has ended.",
	"closed.text":
		"The hospital closed it on {date}. That is why nobody can write here any more. If you have another question, call there.",
	"locked.inactive":
		"You no longer take part in this conversation: the hospital has ended it for you or closed your access. What was written so far stays readable here.",
	"locked.place":
		"This device is not part of this conversation yet. Open the messages on your other device, or call the hospital.",
	"engine.access-ended.text": "The hospital has ended your access. Please ask there.",
	"details.encryption.text":
		"Messages and files are encrypted in your browser and become readable only on the devices of the people in this list. The service sees who writes when, but not what.",
	"unread.starting": "One moment …",
	"unread.none": "No new messages",
	"unread.one": "{count} unread message",
	"unread.other": "{count} unread messages",
	"unread.here": "Messages are not set up on this device yet.",
	"unread.elsewhere": "The messages are open in another window.",
	"unread.unknown": "Whether there is news cannot be said right now.",
};

export const t = translator({ de, en });
