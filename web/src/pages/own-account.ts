/** A person's account: sessions and devices, whether the log tells of no others, and whether messages are backed up. */
import "../lib/trusted-types";
import { beginKeyWatch } from "../elements/key-watch/begin";
import "../elements/notifications/element";
import "../elements/recovery-kit/backup";
import { NotificationSwitch, thisBrowser } from "../elements/notifications/switch";
import { openRecovery } from "../engine/recovery-open";
import { language } from "../i18n";
import { csrfToken } from "../lib/csrf";
import { Http } from "../lib/http";

beginKeyWatch();
const notifications = document.querySelector("medicus-notifications");
const service = new Http({ csrf: async () => csrfToken() });
if (notifications) {
	notifications.begin = new NotificationSwitch(service, thisBrowser());
}
const backup = document.querySelector("medicus-history-backup");
if (backup) {
	const manner = { anew: false, language: language() };
	backup.open = async () => (await openRecovery(service, manner))?.backup ?? null;
}
