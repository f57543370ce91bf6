/** Words of a browser that an administrator of the hospital has to approve. */
import { translator } from "./index";

const de = {
	"wait.title": "Die IT-Administration muss dieses Gerät freigeben",
	"wait.text":
		"Ihr Haus gibt jedes neue Gerät einzeln frei. Rufen Sie die IT-Administration an und lesen Sie ihr diesen Code vor. Wer selbst zur Administration gehört, ruft dort jemand anderen an.",
	"wait.left": "Wartet auf die Freigabe. Danach geht es hier von selbst weiter.",
	"wait.close": "Sie können das Fenster inzwischen schließen. Die Anfrage gilt bis {at}.",
	"ended.refused.title": "Die IT-Administration hat dieses Gerät abgelehnt",
	"ended.refused.text":
		"Klären Sie das mit der IT-Administration. Eine neue Anfrage hat einen neuen Code; sie gilt für neue Schlüssel.",
	"ended.expired.title": "Die Anfrage ist abgelaufen",
	"ended.expired.text": "Eine Anfrage und eine Freigabe gelten je sieben Tage. Fragen Sie neu an.",
	"ended.withdrawn.title": "Die Anfrage gilt nicht mehr",
	"ended.withdrawn.text": "Ihr Schlüssel oder Ihr Zugang hat sich inzwischen geändert. Fragen Sie neu an.",
	"ended.other.title": "Das Gerät konnte nicht um Freigabe bitten",
	again: "Neu anfragen",
} as const;

const en: Record<keyof typeof de, string> = {
	"wait.title": "Your administrator has to approve this device",
	"wait.text":
		"Your hospital approves each new device. Call the IT administration and read them this code. Who is an administrator calls another one.",
	"wait.left": "Waits for the approval. After that it goes on here by itself.",
	"wait.close": "You can close this window meanwhile. The request holds until {at}.",
	"ended.refused.title": "The IT administration has refused this device",
	"ended.refused.text":
		"Talk to the IT administration about it. A new request has a new code; it is for new keys.",
	"ended.expired.title": "The request has expired",
	"ended.expired.text": "A request and an approval hold for seven days each. Ask again.",
	"ended.withdrawn.title": "The request does not hold any more",
	"ended.withdrawn.text": "Your key or your access has changed meanwhile. Ask again.",
	"ended.other.title": "This device could not ask for approval",
	again: "Ask again",
};

export const t = translator({ de, en });
