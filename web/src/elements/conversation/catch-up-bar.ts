import { make, setHidden, setText } from "../../dom/make";
import { t } from "../../i18n/offline";
import { Estimate } from "./estimate";
import type { Snapshot } from "./store";

const STEP_SECONDS = 5;
const MINUTE = 60;

/** How far catching up is, and how long it still takes. Only that it began is read out, not each step. */
export class CatchUpBar {
	readonly element = make("div", { class: "banner catch-up", attributes: { hidden: true } });
	private readonly label = make("span", { attributes: { id: "catch-up-text", role: "status" } });
	private readonly bar = make("progress", { attributes: { "aria-labelledby": "catch-up-text" } });
	private readonly rest = make("span", { class: "catch-up__rest" });
	private readonly estimate = new Estimate();

	constructor() {
		this.element.append(this.label, this.rest, this.bar);
	}

	update(catchUp: Snapshot["catchUp"], atMs = performance.now()): void {
		setHidden(this.element, !catchUp);
		setText(this.label, catchUp ? t("catch-up") : "");
		if (!catchUp) {
			this.estimate.reset();
			return;
		}
		const { done, total } = catchUp;
		this.bar.max = total;
		this.bar.value = done;
		const left = leftText(this.estimate.seconds(done, total, atMs));
		setText(this.rest, [t("catch-up.count", { done, total }), left].filter(Boolean).join(", "));
	}
}

/** Rounded, so that it does not flicker; empty while nobody can say. */
function leftText(seconds: number | null): string {
	if (seconds === null) return "";
	if (seconds > MINUTE) return t.count("catch-up.minutes", Math.ceil(seconds / MINUTE));
	const count = Math.max(STEP_SECONDS, Math.ceil(seconds / STEP_SECONDS) * STEP_SECONDS);
	return t("catch-up.seconds", { count });
}
