/** One file in the list: name, state, bar, and what can be done now. */
import { make, setText } from "../../dom/make";
import { formatBytes, formatShare } from "../../i18n/format";
import { t } from "../../i18n/upload";
import type { Transfer } from "./transfer";

export interface Wishes {
	pause(transfer: Transfer): void;
	resume(transfer: Transfer): void;
	remove(transfer: Transfer): void;
}

export class TransferRow {
	readonly element: HTMLLIElement;
	private readonly state = make("span", { class: "transfer__state" });
	private readonly bar: HTMLProgressElement;
	private readonly toggle: HTMLButtonElement;
	private readonly end: HTMLButtonElement;

	constructor(
		private readonly transfer: Transfer,
		wishes: Wishes,
	) {
		const name = transfer.file.name;
		this.bar = make("progress", { class: "meter", attributes: { max: "1", "aria-label": name } });
		this.toggle = iconButton(() => this.toggled(wishes));
		this.end = iconButton(() => wishes.remove(transfer));
		this.element = make(
			"li",
			{ class: "transfer" },
			make("span", { class: "transfer__name", text: name, attributes: { title: name } }),
			make("span", { class: "transfer__actions" }, this.toggle, this.end),
			this.state,
			this.bar,
		);
		this.update();
	}

	update(): void {
		const { state, file } = this.transfer;
		const share = file.size === 0 ? 1 : this.transfer.sentBytes / file.size;
		this.element.classList.toggle("transfer--failed", state === "failed");
		this.element.classList.toggle("transfer--done", state === "done");
		setText(this.state, this.sentence(share));
		this.bar.value = share;
		this.bar.hidden = state === "done" || state === "failed";
		this.toggle.hidden = state === "done" || state === "waiting" || this.isHopeless();
		this.label(this.toggle, this.toggleIcon(), t(this.toggleWord(), { name: file.name }));
		this.label(this.end, "close", t(state === "done" ? "dismiss" : "cancel", { name: file.name }));
	}

	private sentence(share: number): string {
		const { state, file, sentBytes, reason } = this.transfer;
		if (state === "failed") return reason;
		if (state === "paused") return t("paused", { share: formatShare(share) });
		if (state !== "sending") return t(state);
		const values = { sent: formatBytes(sentBytes), size: formatBytes(file.size), share: formatShare(share) };
		return t("sending", values);
	}

	private isHopeless(): boolean {
		return this.transfer.state === "failed" && this.transfer.reason === t("notDicom");
	}

	private toggleWord(): "pause" | "resume" | "retry" {
		if (this.transfer.state === "sending") return "pause";
		return this.transfer.state === "failed" ? "retry" : "resume";
	}

	private toggleIcon(): string {
		return { pause: "pause", resume: "play", retry: "autorenew" }[this.toggleWord()];
	}

	private toggled(wishes: Wishes): void {
		if (this.transfer.state === "sending") wishes.pause(this.transfer);
		else wishes.resume(this.transfer);
	}

	private label(button: HTMLButtonElement, icon: string, label: string): void {
		const sign = button.firstElementChild;
		if (sign) sign.className = `kern-icon kern-icon--small kern-icon--${icon}`;
		button.setAttribute("aria-label", label);
		button.title = label;
	}
}

function iconButton(onClick: () => void): HTMLButtonElement {
	return make(
		"button",
		{
			class: "button button--quiet button--icon button--small",
			attributes: { type: "button" },
			on: { click: onClick },
		},
		make("span", { attributes: { "aria-hidden": "true" } }),
	);
}
