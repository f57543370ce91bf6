/** Words of the check of one's own keys and devices. */
import { translator } from "./index";

const de = {
	"unknown-device.title": "Ein Gerät kam hinzu, das dieser Browser nicht kennt",
	"unknown-device.text":
		"Am {at} wurde „{name}“ zu einem Ihrer Geräte. Es liest seitdem in Ihren Gesprächen mit. Waren Sie das nicht, widerrufen Sie es jetzt und rufen Sie {desk} an.",
	"unknown-device.revoked":
		"Am {at} wurde „{name}“ zu einem Ihrer Geräte. Es ist inzwischen widerrufen. Waren Sie das nicht, rufen Sie {desk} an.",
	"unknown-device.nameless": "ein unbekanntes Gerät",
	"unknown-key.title": "Für Sie wurde in einem anderen Browser ein neuer Schlüssel erzeugt",
	"unknown-key.text":
		"Das war am {at}. Wer ihn hat, kann in Ihrem Namen schreiben und lesen. Waren Sie das nicht, rufen Sie jetzt {desk} an.",
	"unknown-key.reset":
		"{Desk} hat Ihren Schlüssel am {reset} zurückgesetzt, und am {at} wurde ein neuer erzeugt. Waren Sie das nicht, rufen Sie jetzt {desk} an.",
	"missing.title": "Im Protokoll fehlt ein Eintrag über Ihre Geräte",
	"missing.text":
		"Er war früher da. Einträge lassen sich nicht löschen; jemand verbirgt ihn. Rufen Sie {desk} an, bevor Sie Vertrauliches schreiben.",
	"missing.device":
		"„{name}“ gilt für andere als Ihr Gerät, steht aber nicht im Protokoll. Kennen Sie es nicht, widerrufen Sie es und rufen Sie {desk} an.",
	"rolled-back.title": "Das Protokoll Ihrer Geräte ist kürzer als vorher",
	"rolled-back.text":
		"Das kann nach einer Wiederherstellung des Dienstes so sein, oder jemand hat Einträge entfernt. Fragen Sie {desk}, bevor Sie Vertrauliches schreiben.",
	"forked.title": "Das Protokoll Ihrer Geräte wurde umgeschrieben",
	"forked.text":
		"Es setzt nicht fort, was dieser Browser vorher gesehen hat. Rufen Sie {desk} an, bevor Sie Vertrauliches schreiben.",
	"unproven.title": "Das Protokoll Ihrer Geräte ist nicht echt",
	"unproven.text":
		"Eine Signatur oder ein Beweis darin stimmt nicht. Rufen Sie {desk} an, bevor Sie Vertrauliches schreiben.",
	"other-log.title": "Das Protokoll Ihrer Geräte hat einen anderen Schlüssel",
	"other-log.text":
		"Nur der Betreiber des Dienstes kann ihn gewechselt haben. Fragen Sie {desk}, ob er das angekündigt hat.",
	"action.revoke": "Gerät widerrufen",
	"action.mine": "Das war ich",
	"action.done": "Erledigt",
	"action.told": "{Desk} hat es mir erklärt",
	"action.account": "Ansehen und antworten",
	"checked.good":
		"Dieser Browser hat geprüft, ob nur Ihre Geräte und Schlüssel im Protokoll stehen: ja ({at}).",
	"checked.unable":
		"Dieser Browser kann das Protokoll Ihrer Geräte nicht prüfen. Nehmen Sie eine neuere Version.",
	"checked.offline": "Das Protokoll Ihrer Geräte ließ sich gerade nicht prüfen.",
} as const;

const en: Record<keyof typeof de, string> = {
	"unknown-device.title": "A device was added that this browser does not know",
	"unknown-device.text":
		"On {at} “{name}” became one of your devices. Since then it reads along in your conversations. If that was not you, revoke it now and call {desk}.",
	"unknown-device.revoked":
		"On {at} “{name}” became one of your devices. It is revoked by now. If that was not you, call {desk}.",
	"unknown-device.nameless": "an unknown device",
	"unknown-key.title": "A new key was made for you in another browser",
	"unknown-key.text":
		"That was on {at}. Whoever has it can write and read in your name. If that was not you, call {desk} now.",
	"unknown-key.reset":
		"{Desk} reset your key on {reset}, and on {at} a new one was made. If that was not you, call {desk} now.",
	"missing.title": "An entry about your devices is missing from the log",
	"missing.text":
		"It was there before. Entries cannot be deleted; somebody hides it. Call {desk} before you write anything confidential.",
	"missing.device":
		"“{name}” counts as your device for others, but is not in the log. If you do not know it, revoke it and call {desk}.",
	"rolled-back.title": "The log of your devices is shorter than before",
	"rolled-back.text":
		"That may be so after the service was restored, or somebody has removed entries. Ask {desk} before you write anything confidential.",
	"forked.title": "The log of your devices was written anew",
	"forked.text":
		"It does not continue what this browser saw before. Call {desk} before you write anything confidential.",
	"unproven.title": "The log of your devices is not genuine",
	"unproven.text":
		"A signature or a proof in it is wrong. Call {desk} before you write anything confidential.",
	"other-log.title": "The log of your devices has another key",
	"other-log.text": "Only who runs the service can have changed it. Ask {desk} whether that was announced.",
	"action.revoke": "Revoke the device",
	"action.mine": "That was me",
	"action.done": "Done",
	"action.told": "{Desk} has explained it to me",
	"action.account": "Look and answer",
	"checked.good": "This browser has checked that only your devices and keys are in the log: yes ({at}).",
	"checked.unable": "This browser cannot check the log of your devices. Please use a newer version.",
	"checked.offline": "The log of your devices could not be checked just now.",
};

export const t = translator({ de, en });
