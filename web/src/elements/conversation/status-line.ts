import { kernIcon } from "../../dom/kern-icon";
import { make, setHidden, setText } from "../../dom/make";
import { t } from "../../i18n/conversation";
import type { Snapshot } from "./store";

/** The line over the workspace: no connection and what waits for it, or messages being fetched. */
export class StatusLine {
	readonly element: HTMLElement;
	private readonly offline = make("p", { class: "banner banner--warn", attributes: { hidden: true } });
	private readonly offlineText = make("span");
	private readonly catchUp = make("div", { class: "banner catch-up", attributes: { hidden: true } });
	private readonly catchUpText = make("span", { attributes: { id: "catch-up-text" } });
	private readonly bar = make("progress", { attributes: { "aria-labelledby": "catch-up-text" } });

	constructor() {
		this.offline.append(kernIcon("offline"), this.offlineText);
		this.catchUp.append(this.catchUpText, this.bar);
		this.element = make("div", { attributes: { role: "status" } }, this.offline, this.catchUp);
	}

	update({ engine, queued, catchUp }: Snapshot): void {
		// The browser knows of a pulled cable at once, the engine when its connection has fallen.
		const offline = engine.state === "ready" && !(engine.online && navigator.onLine);
		if (offline) setText(this.offlineText, queued ? t.count("offline.queue", queued) : t("offline.banner"));
		setHidden(this.offline, !offline);
		setHidden(this.catchUp, !catchUp);
		if (!catchUp) return;
		const { done, total } = catchUp;
		setText(this.catchUpText, t("catch-up", { done, total }));
		this.bar.max = total;
		this.bar.value = done;
	}
}
