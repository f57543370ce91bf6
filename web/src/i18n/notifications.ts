/** Words of the notifications on a device that is not open. */
import { translator } from "./index";

const de = {
	title: "Benachrichtigungen auf diesem Gerät",
	text: "Dieses Gerät meldet „Neue Nachricht in Medicus“, wenn etwas ungelesen wartet und Medicus nicht offen ist. Weder Namen noch Inhalte stehen darin.",
	"state.checking": "Wird geprüft …",
	"state.on": "Eingeschaltet",
	"state.off": "Ausgeschaltet",
	"state.unsupported":
		"Dieser Browser kann das nicht. Auf dem iPhone legen Sie Medicus zuerst auf den Home-Bildschirm.",
	"state.blocked":
		"In diesem Browser gesperrt. Erlauben Sie Mitteilungen für diese Adresse in den Einstellungen des Browsers.",
	"state.no-device": "Öffnen Sie zuerst einmal die Gespräche in diesem Browser.",
	"state.unreachable": "Das ließ sich gerade nicht klären. Bitte laden Sie die Seite später neu.",
	"action.on": "Einschalten",
	"action.off": "Ausschalten",
	"action.test": "Probe senden",
	tested:
		"Die Probe ist unterwegs. Wechseln Sie in ein anderes Fenster: Solange Sie hier lesen, bleibt sie stumm.",
	"failed.push-service":
		"Der Benachrichtigungsdienst des Browsers antwortet nicht. Vielleicht sperrt ihn das Netz Ihres Hauses.",
	"failed.too-soon": "Gerade eben wurde schon benachrichtigt. Warten Sie einige Sekunden.",
	"failed.other": "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
} as const;

const en: Record<keyof typeof de, string> = {
	title: "Notifications on this device",
	text: "This device says “New message in Medicus” when something waits unread and Medicus is not open. It shows no name and no content.",
	"state.checking": "Looking …",
	"state.on": "On",
	"state.off": "Off",
	"state.unsupported": "This browser cannot do that. On an iPhone, first add Medicus to the home screen.",
	"state.blocked": "Blocked in this browser. Allow notifications for this address in the browser's settings.",
	"state.no-device": "Please open the conversations in this browser once.",
	"state.unreachable": "That could not be found out just now. Please load the page again later.",
	"action.on": "Switch on",
	"action.off": "Switch off",
	"action.test": "Send a test",
	tested: "The test is on its way. Switch to another window: while you read here it stays silent.",
	"failed.push-service":
		"The browser's notification service does not answer. Perhaps your hospital's network blocks it.",
	"failed.too-soon": "This device was notified a moment ago. Please wait some seconds.",
	"failed.other": "That did not work. Please try again.",
};

export const t = translator({ de, en });
