/** Words of blocking a person, and of reporting one to the own hospital. */
import { translator } from "./index";

const de = {
	heading: "Wenn Sie sich belästigt fühlen",
	text: "Blockieren schließt Ihre direkten Gespräche. Melden unterrichtet die Administration Ihres Hauses, sonst niemanden.",
	block: "Blockieren",
	"block.question": "{name} blockieren?",
	"block.text":
		"Direkte Gespräche zwischen Ihnen beiden werden geschlossen, neue Kontaktanfragen abgewiesen. {name} wird nicht benachrichtigt. Gespräche in Teams und zu Fällen bleiben, und dringende Nachrichten an eine Rolle, die Sie innehaben, erreichen Sie weiterhin.",
	unblock: "Blockierung aufheben",
	blocked: "Sie haben {name} blockiert.",
	"blocked.text": "In diesem Gespräch kann niemand schreiben, bis Sie die Blockierung aufheben.",
	"blocked.done": "{name} ist blockiert.",
	"unblocked.done": "Die Blockierung von {name} ist aufgehoben.",
	report: "Melden",
	"report.menu": "Melden …",
	"report.heading": "Der Administration Ihres Hauses melden",
	"report.text":
		"Ihre Administration erfährt, dass Sie melden, wen und was Sie hier schreiben. Die gemeldete Person und ihr Haus erfahren nichts, solange Ihre Administration es nicht weitergibt.",
	"report.person": "Wen möchten Sie melden?",
	"report.category": "Worum geht es?",
	"report.harassment": "Belästigung oder Beleidigung",
	"report.impersonation": "Jemand gibt sich als eine andere Person aus",
	"report.patient-data": "Patientendaten, wo sie nicht hingehören",
	"report.advertising": "Werbung oder unerwünschte Anfragen",
	"report.other": "Etwas anderes",
	"report.category.missing": "Bitte wählen Sie, worum es geht.",
	"report.message": "Um welche Nachricht geht es?",
	"report.message.none": "Um keine bestimmte",
	"report.attach": "Text dieser Nachricht beilegen",
	"report.attach.hint":
		"Der Text verlässt damit die Ende-zu-Ende-Verschlüsselung: Die Administration Ihres Hauses kann ihn lesen, nach einer Weitergabe auch die des anderen Hauses.",
	"report.words": "Was ist vorgefallen?",
	"report.words.hint": "Ein, zwei Sätze genügen. Bitte ohne Angaben zu Patienten.",
	"report.words.missing": "Bitte schreiben Sie in einem Satz, worum es geht.",
	"report.send": "Meldung senden",
	"report.busy": "Wird gesendet …",
	"report.done":
		"Ihre Meldung ist bei der Administration Ihres Hauses. Wie weit sie ist, sehen Sie in Ihrem Konto.",
	file: "Datei: {name}",
};

const en: typeof de = {
	heading: "If you feel harassed",
	text: "Blocking closes your direct conversations. Reporting tells the administrators of your hospital, and nobody else.",
	block: "Block",
	"block.question": "Block {name}?",
	"block.text":
		"Direct conversations between the two of you are closed, and new contact requests are refused. {name} is not told. Conversations of teams and about cases stay, and urgent messages to a role that you hold still reach you.",
	unblock: "Lift the block",
	blocked: "You have blocked {name}.",
	"blocked.text": "Nobody can write in this conversation until you lift the block.",
	"blocked.done": "{name} is blocked.",
	"unblocked.done": "The block of {name} is lifted.",
	report: "Report",
	"report.menu": "Report …",
	"report.heading": "Report to the administrators of your hospital",
	"report.text":
		"Your administrators learn that it is you who reports, whom, and what you write here. The reported person and their hospital learn nothing unless your administrators pass it on.",
	"report.person": "Whom do you want to report?",
	"report.category": "What is it about?",
	"report.harassment": "Harassment or insult",
	"report.impersonation": "Somebody pretends to be another person",
	"report.patient-data": "Patient data where they do not belong",
	"report.advertising": "Advertising or unwanted requests",
	"report.other": "Something else",
	"report.category.missing": "Please choose what it is about.",
	"report.message": "Which message is it about?",
	"report.message.none": "No particular one",
	"report.attach": "Attach the text of this message",
	"report.attach.hint":
		"The text then leaves the end-to-end encryption: the administrators of your hospital can read it, and after passing it on those of the other hospital, too.",
	"report.words": "What happened?",
	"report.words.hint": "A sentence or two will do. Please nothing about patients.",
	"report.words.missing": "Please say in a sentence what it is about.",
	"report.send": "Send the report",
	"report.busy": "Sending …",
	"report.done": "Your report is with the administrators of your hospital. Your account shows how far it is.",
	file: "File: {name}",
};

export const t = translator({ de, en });
