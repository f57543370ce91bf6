/** Words of the history backup: where it is turned on, and where it comes back. */
import { translator } from "./index";

const de = {
	title: "Sicherung der Nachrichten",
	text: "Nachrichten liegen nur in Ihren Browsern. Die Sicherung bewahrt sie verschlüsselt beim Dienst auf, der nichts davon lesen kann. Ihr Notfall-Kit öffnet sie wieder, wenn alle Geräte verloren sind.",
	starting: "Einen Moment …",
	"needs-kit":
		"Die Sicherung ist aus. Erstellen Sie zuerst in diesem Browser ein neues Kit: Es öffnet dann auch die Sicherung.",
	off: "Die Sicherung ist aus. Gehen alle Geräte verloren, sind Ihre Nachrichten weg.",
	on: "Sicherung einschalten",
	"on.done":
		"Die Sicherung ist eingeschaltet. Neues wird von selbst gesichert, solange die Gespräche offen sind.",
	"saved.one": "Zuletzt gesichert: {at}, {count} Nachricht, {size}.",
	"saved.other": "Zuletzt gesichert: {at}, {count} Nachrichten, {size}.",
	"saved.unknown": "Zuletzt gesichert: {at}, {size}.",
	"saved.never": "Eingeschaltet, aber noch nicht gesichert.",
	elsewhere: "Es sichert ein anderes Ihrer Geräte, nicht dieser Browser.",
	save: "Jetzt sichern",
	"save.done": "Alles ist gesichert.",
	move: "Von diesem Browser aus sichern",
	"move.done": "Dieser Browser sichert von jetzt an.",
	"move.question":
		"Trotzdem von diesem Browser aus sichern? Was fehlt, ist dann endgültig weg. Vielleicht kommt es beim nächsten Versuch zurück, oder ein anderes Ihrer Geräte hat es noch.",
	"move.yes": "Trotzdem sichern",
	"move.no": "Nicht jetzt",
	delete: "Sicherung löschen",
	"delete.question":
		"Sicherung löschen? Sie ist dann endgültig weg. Die Nachrichten in Ihren Browsern bleiben.",
	"delete.yes": "Ja, löschen",
	"delete.no": "Behalten",
	deleted: "Die Sicherung ist gelöscht.",
	progress: "Sichern: {done} von {total} Teilen",
	"trouble.other-writer":
		"Ein anderes Ihrer Geräte sichert jetzt. Was nur in diesem Browser liegt, ist nicht dabei.",
	"trouble.other-key":
		"Das Kit in diesem Browser öffnet diese Sicherung nicht. Löschen Sie die Sicherung und schalten Sie sie neu ein.",
	"trouble.no-kit":
		"Es gibt kein Kit, das diese Sicherung öffnet, wenn alle Geräte verloren sind. Erstellen Sie ein neues.",
	"trouble.deleted": "Die Sicherung wurde gelöscht.",
	"trouble.full": "Die Sicherung ist voll. Neue Nachrichten sind nicht mehr dabei.",
	"trouble.no-writer":
		"Das Gerät, das gesichert hat, gibt es nicht mehr. Neue Nachrichten werden nicht gesichert.",
	"trouble.incomplete":
		"Aus der Sicherung kam nicht alles zurück. Damit der Rest nicht verloren geht, sichert dieser Browser nicht von selbst. Ob er es soll, entscheiden Sie in Ihrem Konto unter „Notfall-Kit“.",
	"trouble.refused":
		"Der Dienst nimmt die Sicherung nicht an. Neue Nachrichten sind nicht dabei. Es wird weiter versucht; bleibt es dabei, sagen Sie Ihrer IT-Administration Bescheid.",
	"trouble.rolled-back":
		"Der Dienst hatte eine ältere Sicherung, als dieser Browser abgelegt hatte. Es wurde alles neu gesichert. Sagen Sie Ihrer IT-Administration Bescheid.",
	"restore.progress": "Nachrichten werden zurückgeholt: {done} von {total}",
	"restore.one": "{count} Nachricht ist wieder da.",
	"restore.other": "{count} Nachrichten sind wieder da.",
	"restore.saved": "Zuletzt gesichert: {at}. Was danach kam, fehlt.",
	"restore.expired.one": "{count} Nachricht kam nicht zurück, weil ihre Frist abgelaufen ist.",
	"restore.expired.other": "{count} Nachrichten kamen nicht zurück, weil ihre Frist abgelaufen ist.",
	"restore.missing.one":
		"Nachrichten vom {from} bis {to} fehlen ({count}): Der Dienst hat sie nicht unversehrt zurückgegeben.",
	"restore.missing.other":
		"Nachrichten vom {from} bis {to} fehlen ({count}): Der Dienst hat sie nicht unversehrt zurückgegeben.",
	"restore.missing.conversations": "Titel oder Namen von Gesprächen fehlen zum Teil.",
	"restore.older":
		"Dieser Browser hat schon eine neuere Sicherung gesehen als die, die der Dienst zurückgab.",
	"restore.none":
		"Es gibt keine Sicherung Ihrer Nachrichten. Frühere Nachrichten sind nicht in diesem Browser.",
	"restore.broken":
		"Die Sicherung lässt sich nicht öffnen: Sie wurde verändert oder ist beschädigt. Frühere Nachrichten kommen nicht zurück. Sagen Sie Ihrer IT-Administration Bescheid.",
	"restore.other-key":
		"Dieses Kit öffnet die Sicherung Ihrer Nachrichten nicht; sie gehört zu einem anderen. Frühere Nachrichten kommen nicht zurück.",
	"restore.again": "Noch einmal versuchen",
	"arrival.title": "Frühere Nachrichten",
	"arrival.restoring": "Frühere Nachrichten kommen aus Ihrer Sicherung",
	"arrival.restoring.text": "Lassen Sie dieses Fenster offen. Danach öffnen sich Ihre Gespräche von selbst.",
	"arrival.one": "{count} Nachricht ist aus Ihrer Sicherung gekommen.",
	"arrival.other": "{count} Nachrichten sind aus Ihrer Sicherung gekommen.",
	"arrival.saved":
		"Gesichert am {at}. Was danach kam und bevor dieser Browser in einem Gespräch war, steht nur auf Ihrem anderen Gerät.",
	"arrival.beside":
		"Ihr anderes Gerät sichert weiter. Soll dieser Browser es tun, stellen Sie das in Ihrem Konto unter „Notfall-Kit“ um.",
	"arrival.saves": "Dieser Browser sichert von jetzt an.",
	"arrival.off":
		"Es kamen keine mit, denn Ihre Sicherung ist aus. Schalten Sie sie auf dem anderen Gerät ein; mit dem Notfall-Kit kommen sie dann auch hierher.",
	"arrival.none":
		"Es kamen keine mit: Der Schlüssel Ihrer Sicherung wurde nicht mitgegeben oder kam nicht an. Mit dem Notfall-Kit holen Sie sie hierher.",
	"arrival.refused":
		"Es kamen keine mit: Der Schlüssel, der ankam, stammt nicht von Ihrem anderen Gerät oder wurde verändert. Dieser Browser hat ihn nicht benutzt. Sagen Sie Ihrer IT-Administration Bescheid.",
	"arrival.other-key":
		"Es kamen keine mit: Der Schlüssel, der mitkam, öffnet Ihre Sicherung nicht. Mit dem Notfall-Kit holen Sie sie hierher.",
	"arrival.later":
		"Sie sind noch nicht alle hier. Beim nächsten Öffnen dieser Seite wird es noch einmal versucht. Die Gespräche gehen inzwischen weiter.",
	"arrival.kit": "Notfall-Kit benutzen",
	"arrival.read": "Verstanden",
} as const;

const en: Record<keyof typeof de, string> = {
	title: "Backup of your messages",
	text: "Messages lie only in your browsers. The backup keeps them encrypted with the service, which cannot read any of it. Your recovery kit opens it when all devices are lost.",
	starting: "One moment …",
	"needs-kit": "The backup is off. First make a new kit in this browser: it then opens the backup, too.",
	off: "The backup is off. If all devices are lost, your messages are gone.",
	on: "Turn the backup on",
	"on.done": "The backup is on. What is new is saved by itself while the conversations are open.",
	"saved.one": "Last saved: {at}, {count} message, {size}.",
	"saved.other": "Last saved: {at}, {count} messages, {size}.",
	"saved.unknown": "Last saved: {at}, {size}.",
	"saved.never": "Turned on, but nothing is saved yet.",
	elsewhere: "Another device of yours saves, not this browser.",
	save: "Save now",
	"save.done": "Everything is saved.",
	move: "Save from this browser",
	"move.done": "This browser saves from now on.",
	"move.question":
		"Save from this browser all the same? What is missing is gone for good then. It may come back with the next try, or another device of yours may still have it.",
	"move.yes": "Save all the same",
	"move.no": "Not now",
	delete: "Delete the backup",
	"delete.question": "Delete the backup? It is gone for good then. The messages in your browsers stay.",
	"delete.yes": "Yes, delete",
	"delete.no": "Keep it",
	deleted: "The backup is deleted.",
	progress: "Saving: {done} of {total} parts",
	"trouble.other-writer": "Another device of yours saves now. What lies in this browser only is not in it.",
	"trouble.other-key":
		"The kit in this browser does not open this backup. Delete the backup and turn it on anew.",
	"trouble.no-kit": "There is no kit that opens this backup when all devices are lost. Make a new one.",
	"trouble.deleted": "The backup was deleted.",
	"trouble.full": "The backup is full. New messages are not in it any more.",
	"trouble.no-writer": "The device that saved is gone. New messages are not saved.",
	"trouble.incomplete":
		"Not everything came back from the backup. So that the rest is not lost, this browser does not save by itself. Whether it should, you decide in your account under “Recovery kit”.",
	"trouble.refused":
		"The service does not accept the backup. New messages are not in it. It is tried again; if this stays, tell your IT service desk.",
	"trouble.rolled-back":
		"The service had an older backup than this browser had put there. Everything was saved anew. Tell your IT service desk.",
	"restore.progress": "Bringing messages back: {done} of {total}",
	"restore.one": "{count} message is back.",
	"restore.other": "{count} messages are back.",
	"restore.saved": "Last saved: {at}. What came later is missing.",
	"restore.expired.one": "{count} message did not come back, because its time is over.",
	"restore.expired.other": "{count} messages did not come back, because their time is over.",
	"restore.missing.one":
		"Messages from {from} to {to} are missing ({count}): the service did not give them back unharmed.",
	"restore.missing.other":
		"Messages from {from} to {to} are missing ({count}): the service did not give them back unharmed.",
	"restore.missing.conversations": "Some titles or names of conversations are missing.",
	"restore.older": "This browser has seen a newer backup than the one that the service gave back.",
	"restore.none": "There is no backup of your messages. Earlier messages are not in this browser.",
	"restore.broken":
		"The backup cannot be opened: it was changed or is damaged. Earlier messages do not come back. Tell your IT service desk.",
	"restore.other-key":
		"This kit does not open the backup of your messages; it belongs to another one. Earlier messages do not come back.",
	"restore.again": "Try again",
	"arrival.title": "Earlier messages",
	"arrival.restoring": "Earlier messages come from your backup",
	"arrival.restoring.text": "Leave this window open. Your conversations then open by themselves.",
	"arrival.one": "{count} message came from your backup.",
	"arrival.other": "{count} messages came from your backup.",
	"arrival.saved":
		"Saved on {at}. What came after that and before this browser was in a conversation is on your other device only.",
	"arrival.beside":
		"Your other device goes on saving. If this browser should do it, change that in your account under “Recovery kit”.",
	"arrival.saves": "This browser saves from now on.",
	"arrival.off":
		"None came along, because your backup is off. Turn it on on the other device; the recovery kit then brings them here, too.",
	"arrival.none":
		"None came along: the key of your backup was not sent along, or did not arrive. The recovery kit brings them here.",
	"arrival.refused":
		"None came along: the key that arrived is not from your other device, or was changed. This browser did not use it. Tell your IT service desk.",
	"arrival.other-key":
		"None came along: the key that came does not open your backup. The recovery kit brings them here.",
	"arrival.later":
		"Not all of them are here yet. It is tried again when this page is next opened. The conversations go on meanwhile.",
	"arrival.kit": "Use the recovery kit",
	"arrival.read": "Understood",
};

export const t = translator({ de, en });
