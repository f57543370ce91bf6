/** Words of the recovery kit: where it is made, and where it is used. */
import { translator } from "./index";

const de = {
	starting: "Einen Moment …",
	impossible:
		"In diesem Browser lässt sich kein Kit erstellen. Das geht dort, wo Ihr persönlicher Schlüssel erzeugt wurde: auf dem Gerät, auf dem Sie Medicus zuerst eingerichtet haben. Schlüssel aus der Zeit vor den Kits bleiben dort fest; für sie braucht es einen neuen Schlüssel. Rufen Sie dafür {desk} an.",
	none: "Sie haben noch kein Kit.",
	since: "Sie haben ein Kit vom {date}. Ein neues macht es wertlos.",
	make: "Kit erstellen",
	"make.again": "Neues Kit erstellen",
	withdraw: "Kit zurückziehen",
	withdrawn: "Das Kit ist zurückgezogen. Vernichten Sie das Papier.",
	"made.title": "Ihr Notfall-Kit",
	"made.text":
		"Drucken Sie diese Seite oder schreiben Sie den Code ab. Er wird nur jetzt gezeigt. Verwahren Sie ihn, wo Sie Ihren Ausweis verwahren: Wer ihn hat und sich als Sie anmeldet, kann sich als Ihr Gerät ausgeben und Ihre gesicherten Nachrichten lesen.",
	"made.of": "Medicus, {person}, {date}",
	"made.use": "Benutzen: anmelden, Konto und Sicherheit, Notfall-Kit, Kit benutzen.",
	print: "Drucken",
	"test.title": "Prüfen Sie das Kit",
	"test.text": "Tippen Sie den Code vom Papier ab. So wissen Sie, dass er stimmt, bevor Sie ihn brauchen.",
	test: "Code prüfen",
	"test.good": "Der Code stimmt und öffnet Ihr Kit.",
	"code.label": "Code des Kits",
	"code.hint": "13 Gruppen mit fünf Zeichen; groß oder klein und Leerzeichen sind gleich",
	"code.group": "In Gruppe {group} stimmt ein Zeichen nicht oder fehlt.",
	"code.wrong": "Dieser Code öffnet Ihr Kit nicht. Vielleicht gehört er zu einem früheren.",
	use: "Schlüssel wiederherstellen",
	"use.done": "Ihr Schlüssel ist jetzt in diesem Browser.",
	"use.done.text":
		"Dieser Browser wird beim Öffnen der Gespräche zu einem Ihrer Geräte. Widerrufen Sie danach unter „Konto und Sicherheit“ die Geräte, die Sie nicht mehr haben, und bitten Sie in jedem Gespräch jemanden, Sie zu entfernen und neu hinzuzufügen.",
	"use.done.action": "Weiter",
	"failed.fresh":
		"Bestätigen Sie zuerst wieder mit Ihrem zweiten Faktor, dass Sie es sind: Laden Sie die Seite neu.",
	"failed.device": "Öffnen Sie in diesem Browser zuerst die Gespräche, damit er eines Ihrer Geräte ist.",
	"failed.offline": "Keine Verbindung zum Dienst. Versuchen Sie es noch einmal.",
	"failed.backup-key":
		"Ihre Nachrichten sind gesichert, aber dieser Browser hat den Schlüssel dazu nicht: Ein Kit von hier könnte die Sicherung nicht öffnen. Verwenden Sie zuerst in diesem Browser das vorhandene Kit, oder erstellen Sie das neue in dem Browser, der sichert. Geht beides nicht, löschen Sie die Sicherung.",
	"failed.gone": "Es gibt kein Kit mehr.",
	"failed.attempts": "Das waren zu viele Versuche. Versuchen Sie es in einer Stunde noch einmal.",
	"failed.other": "Das hat nicht geklappt: {detail}",
} as const;

const en: Record<keyof typeof de, string> = {
	starting: "One moment …",
	impossible:
		"No kit can be made in this browser. It can where your personal key was made: on the device on which you set up Medicus first. Keys from before there were kits stay there; for those it takes a new key; call {desk} for it.",
	none: "You have no kit yet.",
	since: "You have a kit of {date}. A new one makes it worthless.",
	make: "Make a kit",
	"make.again": "Make a new kit",
	withdraw: "Withdraw the kit",
	withdrawn: "The kit is withdrawn. Destroy the paper.",
	"made.title": "Your recovery kit",
	"made.text":
		"Print this page or write the code down. It is shown only now. Keep it where you keep your passport: whoever has it and signs in as you can pass for your device and read your messages in the backup.",
	"made.of": "Medicus, {person}, {date}",
	"made.use": "To use it: sign in, Account and security, Recovery kit, Use the kit.",
	print: "Print",
	"test.title": "Test the kit",
	"test.text": "Type the code from the paper. So you know that it is right before you need it.",
	test: "Test the code",
	"test.good": "The code is right and opens your kit.",
	"code.label": "Code of the kit",
	"code.hint": "13 groups of five characters, in capitals or not; spaces do not matter",
	"code.group": "In group {group} a character is wrong or missing.",
	"code.wrong": "This code does not open your kit. Perhaps it belongs to an earlier one.",
	use: "Restore the key",
	"use.done": "Your key is in this browser now.",
	"use.done.text":
		"This browser becomes one of your devices when you open the conversations. Then revoke the devices that you no longer have in “Account and security”, and in each conversation ask somebody to remove you and add you again.",
	"use.done.action": "Continue",
	"failed.fresh": "First confirm again with your second factor that it is you: reload the page.",
	"failed.device": "Open the conversations in this browser first, so that it is one of your devices.",
	"failed.offline": "No connection to the service. Try again.",
	"failed.backup-key":
		"Your messages are backed up, but this browser does not have the key: a kit made here could not open the backup. First use the existing kit in this browser, or make the new one in the browser that saves. If neither is possible, delete the backup.",
	"failed.gone": "There is no kit any more.",
	"failed.attempts": "Those were too many attempts. Try again in an hour.",
	"failed.other": "That did not work: {detail}",
};

export const t = translator({ de, en });
