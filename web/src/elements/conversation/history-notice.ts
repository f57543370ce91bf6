import { button } from "../../dom/button";
import { make, setHidden } from "../../dom/make";
import type { HistoryArrival, Messenger } from "../../engine/types";
import { t } from "../../i18n/backup";
import { restoredNotices } from "../recovery-kit/restored";
import { notice } from "../recovery-kit/words";

type Teller = Pick<Messenger, "listen" | "historyRead">;

/** Where the kit brings what did not come along. */
const KIT_HELPS: HistoryArrival["state"][] = ["none", "other-key"];
const BAD: HistoryArrival["state"][] = ["refused"];
const CALM: HistoryArrival["state"][] = ["off", "none", "later"];

/** What became of the earlier messages that were to come along with the approval of this browser; until it is read. */
export class HistoryNotice {
	readonly element = make("section", {
		class: "arrival stack stack--s",
		attributes: { hidden: true, "aria-labelledby": "arrival-title" },
	});

	constructor(private readonly messenger: Teller) {
		messenger.listen((event) => {
			if (event.type === "history") this.show(event.arrival);
		});
	}

	private show(arrival: HistoryArrival): void {
		const read = button(t("arrival.read"), () => this.read(), { look: "small" });
		this.element.replaceChildren(
			make("h2", { text: t("arrival.title"), attributes: { id: "arrival-title" } }),
			...told(arrival),
			make("div", { class: "cluster" }, read, KIT_HELPS.includes(arrival.state) ? kitLink() : null),
		);
		setHidden(this.element, false);
	}

	private read(): void {
		setHidden(this.element, true);
		void this.messenger.historyRead();
	}
}

function told(arrival: HistoryArrival): HTMLElement[] {
	if (arrival.state !== "restored") {
		const text = t(arrival.state === "broken" ? "restore.broken" : `arrival.${arrival.state}`);
		return [notice(kindOf(arrival.state), text)];
	}
	const saver = arrival.saves ? "arrival.saves" : "arrival.beside";
	const gap = arrival.whole ? make("p", { text: t(saver) }) : notice("warn", t("trouble.incomplete"));
	return [...restoredNotices(arrival.restored, "arrival"), gap];
}

function kindOf(state: HistoryArrival["state"]): "info" | "warn" | "bad" {
	if (BAD.includes(state)) return "bad";
	return CALM.includes(state) ? "info" : "warn";
}

function kitLink(): HTMLElement {
	return make("a", { text: t("arrival.kit"), attributes: { href: "/account/recovery-kit/use/" } });
}
