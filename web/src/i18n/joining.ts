/** Words of the second device: in the browser that asks, and in the one that approves. */
import { translator } from "./index";

const de = {
	"ask.title": "Dieser Browser gehört noch nicht zu Ihren Geräten",
	"ask.text":
		"Ihr persönlicher Schlüssel ist auf einem anderen Gerät oder in einem anderen Browser. Dort bestätigen Sie diesen hier; das dauert etwa eine Minute.\nFrühere Nachrichten kommen nur mit, wenn eine Sicherung eingeschaltet ist. Sonst bleiben sie auf dem anderen Gerät.\nHaben Sie das andere Gerät nicht mehr und auch kein Notfall-Kit? Rufen Sie {desk} an. Dort wird geprüft, wer Sie sind, und ein neuer Schlüssel möglich gemacht. Die anderen in Ihren Gesprächen sehen dann, dass er neu ist.",
	"ask.action": "Diesen Browser hinzufügen",
	"ask.again": "Neu anfragen",
	"ask.kit": "Alle Geräte verloren? Notfall-Kit benutzen",
	"ended.refused":
		"Die Anfrage wurde auf Ihrem anderen Gerät abgelehnt. Waren Sie das nicht, rufen Sie {desk} an.",
	"ended.expired": "Die Anfrage ist nach zehn Minuten abgelaufen.",
	"ended.withdrawn": "Sie haben die Anfrage zurückgenommen.",
	"ended.mismatch":
		"Die Bestätigung war nicht für die Schlüssel dieses Browsers. Er hat nichts angenommen. Rufen Sie {desk} an.",
	"ended.revoked":
		"Dieses Gerät wurde gesperrt. Waren Sie das nicht, rufen Sie {desk} an, bevor Sie neu anfragen.",
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
		"Der neue Browser kommt in Ihre Gespräche und liest ab dann mit. Die anderen darin sehen, dass Sie ein weiteres Gerät haben.",
	"approve.history": "Frühere Nachrichten mitgeben",
	"approve.history.ready":
		"Der Schlüssel Ihrer Sicherung geht verschlüsselt an den neuen Browser, der die Nachrichten damit zurückholt; niemand sonst kann ihn öffnen.",
	"approve.history.off":
		"Frühere Nachrichten kommen nicht mit, denn Ihre Sicherung ist aus. Sollen sie mitkommen, schalten Sie sie zuerst ein.",
	"approve.history.off.action": "Zur Sicherung",
	"approve.history.none": "Frühere Nachrichten kommen nicht mit. Sie bleiben auf diesem Gerät.",
	"approve.history.elsewhere":
		"Frühere Nachrichten kommen nicht mit, denn der Schlüssel Ihrer Sicherung ist nicht in diesem Browser. Im neuen Browser holt Ihr Notfall-Kit sie zurück.",
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
	"approve.done.text.one": "{count} Gespräch geht dort weiter.",
	"approve.done.text.other": "{count} Gespräche gehen dort weiter.",
	"approve.done.history": "Frühere Nachrichten holt der neue Browser aus Ihrer Sicherung zurück.",
	"approve.done.without": "Frühere Nachrichten bleiben hier.",
	"approve.done.action": "Zurück zum Konto",
	"failed.join-mismatch.code":
		"Dieser Code passt nicht zu den Schlüsseln, die angekommen sind. Vergleichen Sie ihn noch einmal Zeichen für Zeichen. Stimmt er überein, lehnen Sie ab und rufen Sie {desk} an.",
	"failed.join-mismatch.fingerprint":
		"Die Schlüssel, die angekommen sind, sind nicht die, die der neue Browser zeigt. Die Anfrage wurde abgelehnt. Rufen Sie {desk} an.",
	"failed.join-over": "Diese Anfrage ist nicht mehr offen. Fragen Sie im neuen Browser noch einmal an.",
	"failed.too-many-devices": "Sie haben schon fünf Geräte. Sperren Sie eines, das Sie nicht mehr benutzen.",
	"failed.offline": "Keine Verbindung zum Dienst. Versuchen Sie es noch einmal.",
	"failed.other": "Das hat nicht geklappt: {detail}",
} as const;

const en: Record<keyof typeof de, string> = {
	"ask.title": "This browser is not one of your devices yet",
	"ask.text":
		"Your personal key is on another device or in another browser. There you approve this one; it takes about a minute.\nEarlier messages come along only if a backup is on. Otherwise they stay on the other device.\nYou no longer have the other device, nor a recovery kit? Call {desk}. There it is checked who you are, and a new key is made possible. The others in your conversations then see that it is new.",
	"ask.action": "Add this browser",
	"ask.again": "Ask again",
	"ask.kit": "Lost all devices? Use the recovery kit",
	"ended.refused": "The request was refused on your other device. If that was not you, call {desk}.",
	"ended.expired": "The request expired after ten minutes.",
	"ended.withdrawn": "You have withdrawn the request.",
	"ended.mismatch":
		"The approval was not for the keys of this browser. It has accepted nothing. Call {desk}.",
	"ended.revoked": "This device was revoked. If that was not you, call {desk} before you ask again.",
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
		"The new browser comes into your conversations and reads along from then on. The others in them see that you have another device.",
	"approve.history": "Earlier messages come along",
	"approve.history.ready":
		"The key of your backup goes encrypted to the new browser, which brings the messages back with it; nobody else can open it.",
	"approve.history.off":
		"Earlier messages do not come along, because your backup is off. If they are to come along, turn it on first.",
	"approve.history.off.action": "To the backup",
	"approve.history.none": "Earlier messages do not come along. They stay on this device.",
	"approve.history.elsewhere":
		"Earlier messages do not come along, because the key of your backup is not in this browser. In the new browser your recovery kit brings them back.",
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
	"approve.done.text.one": "{count} conversation continues there.",
	"approve.done.text.other": "{count} conversations continue there.",
	"approve.done.history": "The new browser brings earlier messages back from your backup.",
	"approve.done.without": "Earlier messages stay here.",
	"approve.done.action": "Back to the account",
	"failed.join-mismatch.code":
		"This code does not fit the keys that have arrived. Compare it once more, character by character. If it is the same, refuse and call {desk}.",
	"failed.join-mismatch.fingerprint":
		"The keys that have arrived are not those that the new browser shows. The request was refused. Call {desk}.",
	"failed.join-over": "This request is not open any more. Ask again in the new browser.",
	"failed.too-many-devices": "You have five devices already. Revoke one that you do not use any more.",
	"failed.offline": "No connection to the service. Try again.",
	"failed.other": "That did not work: {detail}",
};

export const t = translator({ de, en });
