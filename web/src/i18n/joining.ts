/** Words of the second device: in the browser that asks, and in the one that approves. */
import { translator } from "./index";

const de = {
	"ask.title": "Dieser Browser gehört noch nicht zu Ihren Geräten",
	"ask.text":
		"Ihr persönlicher Schlüssel ist auf einem anderen Gerät oder in einem anderen Browser. Dort bestätigen Sie diesen hier; das dauert etwa eine Minute.\nFrühere Nachrichten sind hier auch danach nicht zu lesen. Sie bleiben auf dem anderen Gerät.\nHaben Sie das andere Gerät nicht mehr und auch kein Notfall-Kit? Rufen Sie die IT-Administration Ihres Hauses an. Sie prüft, wer Sie sind, und gibt einen neuen Schlüssel frei. Ihre Kolleginnen und Kollegen sehen dann, dass er neu ist.",
	"ask.action": "Diesen Browser hinzufügen",
	"ask.again": "Neu anfragen",
	"ask.kit": "Alle Geräte verloren? Notfall-Kit benutzen",
	"ended.refused":
		"Die Anfrage wurde auf Ihrem anderen Gerät abgelehnt. Waren Sie das nicht, rufen Sie die IT-Administration an.",
	"ended.expired": "Die Anfrage ist nach zehn Minuten abgelaufen.",
	"ended.withdrawn": "Sie haben die Anfrage zurückgenommen.",
	"ended.mismatch":
		"Die Bestätigung war nicht für die Schlüssel dieses Browsers. Er hat nichts angenommen. Rufen Sie die IT-Administration an.",
	"ended.revoked":
		"Dieses Gerät wurde gesperrt. Waren Sie das nicht, rufen Sie die IT-Administration an, bevor Sie neu anfragen.",
	"ended.too-many-devices": "Sie haben schon fünf Geräte. Sperren Sie eines, das Sie nicht mehr benutzen.",
	"ended.too-many-attempts": "Das waren zu viele Anfragen. Versuchen Sie es in einer Stunde noch einmal.",
	"ended.offline": "Keine Verbindung zum Dienst. Versuchen Sie es noch einmal.",
	"ended.other": "Das hat nicht geklappt: {reason}",
	"wait.title": "Bestätigen Sie diesen Browser",
	"wait.open": "Öffnen Sie Medicus auf Ihrem ersten Gerät",
	"wait.open.text":
		"Scannen Sie dort diesen QR-Code, oder öffnen Sie „Konto und Sicherheit“ und wählen Sie bei dieser Anfrage „Prüfen“.",
	"wait.code": "Geben Sie dort diesen Code ein",
	"wait.code.text": "Wer den QR-Code scannt, braucht ihn nicht.",
	"wait.here": "Lassen Sie dieses Fenster offen",
	"wait.left.one": "Wartet auf Ihre Bestätigung, noch {count} Minute",
	"wait.left.other": "Wartet auf Ihre Bestätigung, noch {count} Minuten",
	"wait.qr": "QR-Code dieser Anfrage; darunter steht derselbe als Code zum Eingeben",
	"wait.cancel": "Anfrage zurücknehmen",
	"approve.starting": "Verschlüsselung wird gestartet …",
	"approve.elsewhere": "Ihre Gespräche sind in einem anderen Fenster dieses Browsers geöffnet.",
	"approve.elsewhere.action": "Hier weitermachen",
	"approve.not-a-device":
		"Dieser Browser gehört selbst noch nicht zu Ihren Geräten und kann deshalb keinen anderen bestätigen.",
	"approve.no-key":
		"Dieser Browser wurde selbst von einem anderen bestätigt. Bestätigen Sie auf dem Gerät, auf dem Sie Medicus zuerst eingerichtet haben.",
	"approve.unable": "Dieser Browser kann gerade nicht bestätigen. Laden Sie die Seite neu.",
	"approve.who": "Ist das Ihr Browser?",
	"approve.who.text": "Bestätigen Sie nur, wenn Sie selbst gerade dort angemeldet sind.",
	"approve.code": "Code vergleichen",
	"approve.code.label": "Code, den der neue Browser zeigt",
	"approve.code.hint": "Zwölf Zeichen in drei Gruppen; groß oder klein ist gleich",
	"approve.code.invalid": "Das ist kein vollständiger Code. Er hat zwölf Zeichen.",
	"approve.scanned": "Der Code kam mit dem QR-Code. Er wird beim Bestätigen geprüft.",
	"approve.then": "Bestätigen",
	"approve.then.text":
		"Der neue Browser kommt in Ihre Gespräche und liest ab dann mit. Ihre Kolleginnen und Kollegen sehen, dass Sie ein weiteres Gerät haben.",
	"approve.action": "Dieses Gerät bestätigen",
	"approve.scan": "QR-Code scannen",
	"approve.scan.label": "Bild der Kamera",
	"approve.scan.failed": "Die Kamera ist nicht verfügbar. Geben Sie den Code ein.",
	"approve.scan.other": "Das ist der QR-Code einer anderen Anfrage.",
	"approve.confirm":
		"Bestätigen Sie zuerst noch einmal mit Ihrem zweiten Faktor, dass Sie es sind. Danach geht es hier weiter.",
	"approve.confirm.action": "Mit zweitem Faktor bestätigen",
	"approve.checking": "Schlüssel werden geprüft …",
	"approve.progress": "Gespräch {done} von {total} wird übergeben",
	"approve.done": "Der Browser gehört jetzt zu Ihren Geräten",
	"approve.done.text.one": "{count} Gespräch geht dort weiter. Frühere Nachrichten bleiben hier.",
	"approve.done.text.other": "{count} Gespräche gehen dort weiter. Frühere Nachrichten bleiben hier.",
	"approve.done.action": "Zurück zum Konto",
	"failed.join-mismatch.code":
		"Dieser Code passt nicht zu den Schlüsseln, die angekommen sind. Vergleichen Sie ihn noch einmal Zeichen für Zeichen. Stimmt er überein, lehnen Sie ab und rufen Sie die IT-Administration an.",
	"failed.join-mismatch.fingerprint":
		"Die Schlüssel, die angekommen sind, sind nicht die, die der neue Browser zeigt. Die Anfrage wurde abgelehnt. Rufen Sie die IT-Administration an.",
	"failed.join-over": "Diese Anfrage ist nicht mehr offen. Fragen Sie im neuen Browser noch einmal an.",
	"failed.too-many-devices": "Sie haben schon fünf Geräte. Sperren Sie eines, das Sie nicht mehr benutzen.",
	"failed.offline": "Keine Verbindung zum Dienst. Versuchen Sie es noch einmal.",
	"failed.other": "Das hat nicht geklappt: {detail}",
} as const;

const en: Record<keyof typeof de, string> = {
	"ask.title": "This browser is not one of your devices yet",
	"ask.text":
		"Your personal key is on another device or in another browser. There you approve this one; it takes about a minute.\nEarlier messages cannot be read here afterwards either. They stay on the other device.\nYou no longer have the other device, nor a recovery kit? Call the IT service desk of your hospital. It checks who you are and makes room for a new key. Your colleagues then see that it is new.",
	"ask.action": "Add this browser",
	"ask.again": "Ask again",
	"ask.kit": "Lost all devices? Use the recovery kit",
	"ended.refused":
		"The request was refused on your other device. If that was not you, call the IT service desk.",
	"ended.expired": "The request expired after ten minutes.",
	"ended.withdrawn": "You have withdrawn the request.",
	"ended.mismatch":
		"The approval was not for the keys of this browser. It has accepted nothing. Call the IT service desk.",
	"ended.revoked":
		"This device was revoked. If that was not you, call the IT service desk before you ask again.",
	"ended.too-many-devices": "You have five devices already. Revoke one that you do not use any more.",
	"ended.too-many-attempts": "Those were too many requests. Try again in an hour.",
	"ended.offline": "No connection to the service. Try again.",
	"ended.other": "That did not work: {reason}",
	"wait.title": "Approve this browser",
	"wait.open": "Open Medicus on your first device",
	"wait.open.text":
		"Scan this QR code there, or open “Account and security” and choose “Check” at this request.",
	"wait.code": "Enter this code there",
	"wait.code.text": "Whoever scans the QR code does not need it.",
	"wait.here": "Leave this window open",
	"wait.left.one": "Waits for your approval, {count} minute left",
	"wait.left.other": "Waits for your approval, {count} minutes left",
	"wait.qr": "QR code of this request; below it stands the same as a code to type",
	"wait.cancel": "Withdraw the request",
	"approve.starting": "Encryption is starting …",
	"approve.elsewhere": "Your conversations are open in another window of this browser.",
	"approve.elsewhere.action": "Continue here",
	"approve.not-a-device":
		"This browser is not one of your devices itself yet, so it cannot approve another one.",
	"approve.no-key":
		"This browser was itself approved by another one. Approve on the device on which you set up Medicus first.",
	"approve.unable": "This browser cannot approve now. Reload the page.",
	"approve.who": "Is this your browser?",
	"approve.who.text": "Approve only if you yourself are signed in there right now.",
	"approve.code": "Compare the code",
	"approve.code.label": "Code that the new browser shows",
	"approve.code.hint": "Twelve characters in three groups, in capitals or not",
	"approve.code.invalid": "This is not a whole code. It has twelve characters.",
	"approve.scanned": "The code came with the QR code. It is checked when you approve.",
	"approve.then": "Approve",
	"approve.then.text":
		"The new browser comes into your conversations and reads along from then on. Your colleagues see that you have another device.",
	"approve.action": "Approve this device",
	"approve.scan": "Scan the QR code",
	"approve.scan.label": "Picture of the camera",
	"approve.scan.failed": "The camera is not available. Enter the code.",
	"approve.scan.other": "This is the QR code of another request.",
	"approve.confirm": "First confirm once more with your second factor that it is you. Then it goes on here.",
	"approve.confirm.action": "Confirm with the second factor",
	"approve.checking": "Keys are being checked …",
	"approve.progress": "Handing over conversation {done} of {total}",
	"approve.done": "The browser is one of your devices now",
	"approve.done.text.one": "{count} conversation continues there. Earlier messages stay here.",
	"approve.done.text.other": "{count} conversations continue there. Earlier messages stay here.",
	"approve.done.action": "Back to the account",
	"failed.join-mismatch.code":
		"This code does not fit the keys that have arrived. Compare it once more, character by character. If it is the same, refuse and call the IT service desk.",
	"failed.join-mismatch.fingerprint":
		"The keys that have arrived are not those that the new browser shows. The request was refused. Call the IT service desk.",
	"failed.join-over": "This request is not open any more. Ask again in the new browser.",
	"failed.too-many-devices": "You have five devices already. Revoke one that you do not use any more.",
	"failed.offline": "No connection to the service. Try again.",
	"failed.other": "That did not work: {detail}",
};

export const t = translator({ de, en });
