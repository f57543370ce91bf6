/** Words of conversations with a patient, as clinicians read them. */
import { translator } from "./index";

const de = {
	"reads-along": "Patient liest mit",
	"no-longer": "Patient nicht mehr dabei",
	patient: "Patient",
	"notice.reads": "{name} liest hier jede Nachricht und jede Datei mit.",
	"notice.reads.unnamed": "Der Patient liest hier jede Nachricht und jede Datei mit.",
	"notice.no-longer":
		"Die Person, um die es geht, nimmt nicht mehr teil und liest nichts Neues. Was sie bisher lesen konnte, behält sie.",
	"add.notice": "Hier liest ein Patient mit: {name}, auch alles, was die neue Person schreibt.",
	"begin.heading": "An {name} schreiben",
	"begin.text":
		"{name} liest in diesem Gespräch alles mit, vom Titel an und solange es besteht. Ein Gespräch mit einem Patienten wird nie zu einem anderen.",
	"begin.colleagues": "Kolleginnen und Kollegen können Sie danach unter „Details“ hinzufügen.",
	"begin.title": "Titel",
	"begin.title.hint": "Zum Beispiel „Ihre Untersuchung am Montag“. Er wird verschlüsselt.",
	"begin.message": "Erste Nachricht",
	"begin.action": "Gespräch beginnen",
	"begin.busy": "Schlüssel werden ausgetauscht …",
	"begin.missing.title": "Geben Sie dem Gespräch einen Titel.",
	"begin.missing.message": "Schreiben Sie eine erste Nachricht.",
	device: "Gerät des Patienten aufnehmen …",
	"device.heading": "Gerät von {name} aufnehmen",
	"device.text":
		"Ein neues Gerät von {name} liest hier erst mit, wenn es aufgenommen ist, und nichts von früher. Fragen Sie vorher nach, am besten am Telefon, ob {name} es selbst eingerichtet hat.",
	"device.action": "Aufnehmen",
	"device.done": "Alle Geräte des Patienten lesen jetzt mit.",
	"forward.refused":
		"Wo ein Patient mitliest, wird nichts hineingeleitet. Solche Gespräche sind deshalb nicht wählbar; schreiben Sie dort selbst, was für den Patienten bestimmt ist.",
	"failed.not-urgent":
		"Wo ein Patient mitliest, gibt es keine dringenden Nachrichten. Nutzen Sie dafür ein Fall-Gespräch unter Kolleginnen und Kollegen.",
	"failed.clinicians-only":
		"In ein Gespräch mit einem Patienten kommen nur Menschen, die behandeln: Ärztlicher Dienst und Pflege.",
	"failed.record-hospital": "Das kann nur jemand aus dem Haus, das die Akte führt.",
	"failed.not-the-patient": "Das ist nicht der Patient, um den es in diesem Gespräch geht.",
} as const;

const en: Record<keyof typeof de, string> = {
	"reads-along": "Patient reads along",
	"no-longer": "Patient no longer here",
	patient: "Patient",
	"notice.reads": "{name} reads every message and every file here.",
	"notice.reads.unnamed": "The patient reads every message and every file here.",
	"notice.no-longer":
		"The person whom this is about no longer takes part and reads nothing new. What they could read so far, they keep.",
	"add.notice": "A patient reads along here: {name}, also everything that the new person writes.",
	"begin.heading": "Write to {name}",
	"begin.text":
		"{name} reads everything in this conversation, from its title on and as long as it exists. A conversation with a patient never becomes another one.",
	"begin.colleagues": "You can add colleagues afterwards, in “Details”.",
	"begin.title": "Title",
	"begin.title.hint": "For example “Your examination on Monday”. It is encrypted.",
	"begin.message": "First message",
	"begin.action": "Begin conversation",
	"begin.busy": "Exchanging keys …",
	"begin.missing.title": "Give the conversation a title.",
	"begin.missing.message": "Write a first message.",
	device: "Bring in the patient’s device …",
	"device.heading": "Bring in a device of {name}",
	"device.text":
		"A new device of {name} reads along here only once it was brought in, and nothing from before. Ask first, best by telephone, whether {name} has set it up.",
	"device.action": "Bring in",
	"device.done": "All devices of the patient read along now.",
	"forward.refused":
		"Nothing is forwarded to where a patient reads along. Such conversations cannot be chosen; write there yourself what is meant for the patient.",
	"failed.not-urgent":
		"Where a patient reads along there are no urgent messages. Use a case conversation among colleagues for them.",
	"failed.clinicians-only":
		"Only people who treat come into a conversation with a patient: physicians and nurses.",
	"failed.record-hospital": "Only somebody of the hospital that keeps the record can do this.",
	"failed.not-the-patient": "This is not the patient whom this conversation is about.",
};

export const t = translator({ de, en });
