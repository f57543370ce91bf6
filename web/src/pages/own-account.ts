/** A person's account: sessions and devices, and whether the log tells of no others. */
import "../lib/trusted-types";
import { beginKeyWatch } from "../elements/key-watch/begin";
import "../elements/notifications/element";
import { NotificationSwitch, thisBrowser } from "../elements/notifications/switch";
import { csrfToken } from "../lib/csrf";
import { Http } from "../lib/http";

beginKeyWatch();
const notifications = document.querySelector("medicus-notifications");
if (notifications) {
	const service = new Http({ csrf: async () => csrfToken() });
	notifications.begin = new NotificationSwitch(service, thisBrowser());
}
