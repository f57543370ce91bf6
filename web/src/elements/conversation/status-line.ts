import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setHidden, setText } from "../../dom/make";
import { t as common } from "../../i18n/common";
import { t } from "../../i18n/conversation";
import { CatchUpBar } from "./catch-up-bar";
import type { Context } from "./context";
import type { ConversationStore, Snapshot } from "./store";
import { WaitingMessages } from "./waiting";

/** The line over the workspace: no connection and what waits for it, or messages being fetched. */
export class StatusLine {
	readonly element: HTMLElement;
	private readonly offline = make("p", { class: "banner banner--warn", attributes: { hidden: true } });
	private readonly offlineText = make("span");
	private readonly told = make("p", { class: "banner", attributes: { hidden: true } });
	private readonly toldText = make("span");
	private readonly catchUp = new CatchUpBar();
	private readonly waiting: WaitingMessages;

	constructor(context: Context, store: ConversationStore) {
		this.waiting = new WaitingMessages(context, store);
		this.offline.append(kernIcon("offline"), this.offlineText);
		const close = button(common("close"), () => setHidden(this.told, true), {
			look: "quiet small",
			icon: "close",
			iconOnly: true,
		});
		this.told.append(kernIcon("info"), this.toldText, close);
		const status = make("div", { attributes: { role: "status" } }, this.offline, this.told);
		this.element = make("div", {}, status, this.waiting.element, this.catchUp.element);
	}

	/** Say something that stays until it was read. */
	tell(text: string): void {
		setText(this.toldText, text);
		setHidden(this.told, false);
	}

	update(snapshot: Snapshot): void {
		const { engine, catchUp } = snapshot;
		// The browser knows of a pulled cable at once, the engine when its connection has fallen.
		const offline = engine.state === "ready" && !(engine.online && navigator.onLine);
		if (offline) setText(this.offlineText, t("offline.banner"));
		setHidden(this.offline, !offline);
		this.waiting.update(snapshot, offline);
		this.catchUp.update(offline ? null : catchUp);
	}
}
