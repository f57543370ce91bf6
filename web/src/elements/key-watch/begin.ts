/** Start the check of the own keys on a page that has the element; all that it needs is loaded after the page itself. */
import { csrfToken } from "../../lib/csrf";
import { Http } from "../../lib/http";
import "./element";

export function beginKeyWatch(): void {
	const element = document.querySelector("medicus-key-watch");
	if (element) element.open = opened;
}

async function opened() {
	const [{ KeyApi }, { openKeyWatch }] = await Promise.all([
		import("../../engine/key-api"),
		import("../../engine/key-watch-open"),
	]);
	return openKeyWatch(new KeyApi(new Http({ csrf: async () => csrfToken() })));
}
