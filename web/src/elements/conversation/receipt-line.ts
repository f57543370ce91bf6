import { kernIcon } from "../../dom/kern-icon";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Member } from "../../engine/types";
import { t } from "../../i18n/conversation";
import { formatShare } from "../../i18n/format";
import { lastAt, nameWithTime } from "./receipt-times";
import type { Confirmed, Progress } from "./receipts";

const ICONS = {
	queued: "clock",
	sending: "clock",
	uploading: "clock",
	failed: "danger",
	sent: "check",
	delivered: "delivered",
	seen: "visibility",
} as const;

/** The state of an own message in words: in a group a button that opens who has seen it and who has not. */
export class ReceiptLine {
	readonly element = make("span", { class: "receipt" });
	/** Stands below the bubble, opened by the button. */
	readonly names = make("ul", { class: "receipt__names", attributes: { hidden: true } });
	private readonly icon = kernIcon("clock");
	private readonly text = make("span");
	private readonly button = make("button", { class: "receipt__button", attributes: { type: "button" } });

	constructor(id: string) {
		this.names.id = `receipt-${id}`;
		setAttribute(this.button, "aria-controls", this.names.id);
		this.button.addEventListener("click", () => this.toggle());
		this.element.append(this.icon, this.text, this.button);
	}

	/** `group`: more than one other person takes part.   `timed`: say when, too. */
	update(progress: Progress, group: boolean, timed = false): void {
		const text = [textOf(progress), timed && "seen" in progress ? lastAt(progress) : ""]
			.filter(Boolean)
			.join(" · ");
		const hasNames = group && "seen" in progress;
		setAttribute(this.icon, "class", `kern-icon kern-icon--small kern-icon--${ICONS[progress.stage]}`);
		setAttribute(this.element, "class", `receipt receipt--${progress.stage}`);
		setText(this.text, text);
		setHidden(this.text, hasNames);
		setHidden(this.button, !hasNames);
		setText(this.button, text);
		setAttribute(this.button, "aria-label", t("state.who", { state: text }));
		if (hasNames) this.list(progress);
	}

	private toggle(): void {
		setHidden(this.names, !this.names.hidden);
		setAttribute(this.button, "aria-expanded", String(!this.names.hidden));
	}

	private list({ seq, seen, delivered, waiting }: Confirmed): void {
		setAttribute(this.button, "aria-expanded", String(!this.names.hidden));
		const lines = [
			seen.length ? t("state.seen.names", { names: namesOf(seen, "seen", seq) }) : "",
			delivered.length ? t("state.delivered.names", { names: namesOf(delivered, "delivered", seq) }) : "",
			waiting.length ? t("state.waiting.names", { names: namesOf(waiting) }) : "",
		].filter(Boolean);
		if (this.names.textContent === lines.join("")) return;
		this.names.replaceChildren(...lines.map((text) => make("li", { text })));
	}
}

/** `passed`: with the time when that was heard. */
function namesOf(members: Member[], passed?: "seen" | "delivered", seq = 0): string {
	return members.map((member) => nameWithTime(member, passed, seq)).join(", ");
}

function textOf(progress: Progress): string {
	if (progress.stage === "uploading") return t("state.uploading", { share: formatShare(progress.share) });
	if (!("seen" in progress)) return t(`state.${progress.stage}`);
	const { seen, delivered, waiting } = progress;
	const others = seen.length + delivered.length + waiting.length;
	if (others <= 1) return t(`state.${progress.stage}`);
	if (seen.length === others) return t("state.seen.all");
	if (seen.length) return t("state.seen.some", { count: seen.length, others });
	if (delivered.length === others) return t("state.delivered");
	if (delivered.length) return t("state.delivered.some", { count: delivered.length, others });
	return t("state.sent");
}
