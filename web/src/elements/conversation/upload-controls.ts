import { button } from "../../dom/button";
import { chooseFile } from "../../dom/choose-file";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Message, SendState } from "../../engine/types";
import { t } from "../../i18n/attachment";
import { formatBytes, formatShare } from "../../i18n/format";
import { confirmed } from "./confirm";
import type { Context } from "./context";
import { sentenceOf } from "./failures";

type Uploading = Extract<SendState, { state: "uploading" }>;

/** How an own file goes out: what it waits for, pause, go on, cancel, and choosing the file again. */
export class UploadControls {
	readonly element = make("div", { class: "attachment__upload", attributes: { hidden: true } });
	private readonly bar = make("progress", { class: "attachment__bar", attributes: { max: "1" } });
	private readonly status = make("p", { class: "attachment__status" });
	private readonly failure = make("p", {
		class: "attachment__failure",
		attributes: { role: "alert", hidden: true },
	});
	private readonly pause = button(t("upload.pause"), () => this.act("pauseUpload"), {
		look: "small",
		icon: "pause",
	});
	private readonly resume = button(t("upload.resume"), () => this.act("resumeUpload"), {
		look: "small",
		icon: "play",
	});
	private readonly choose = button(t("upload.choose"), () => void this.supply(), {
		look: "small primary",
		icon: "attach",
	});
	private readonly cancel = button(t("upload.cancel"), () => void this.ended(), { look: "small quiet" });

	constructor(
		private readonly context: Context,
		private message: Message,
		private readonly discarded: (message: Message) => void,
	) {
		this.element.append(
			this.bar,
			this.status,
			this.failure,
			make("div", { class: "cluster" }, this.pause, this.resume, this.choose, this.cancel),
		);
	}

	update(message: Message): void {
		this.message = message;
		const { send } = message;
		const shown = message.own && send?.state === "uploading";
		setHidden(this.element, !shown);
		if (shown) this.show(send);
	}

	private show(send: Uploading): void {
		const { held } = send;
		const share = send.totalBytes ? Math.min(1, send.sentBytes / send.totalBytes) : 0;
		const words = {
			share: formatShare(share),
			sent: formatBytes(send.sentBytes),
			total: formatBytes(send.totalBytes),
		};
		const focused = this.element.contains(document.activeElement);
		this.bar.value = share;
		setAttribute(this.bar, "aria-label", t("upload.running", words));
		setText(this.status, held ? t(`upload.${held}`, words) : t("upload.running", words));
		setHidden(this.pause, held === "paused" || held === "file" || held === "checking");
		setHidden(this.resume, held !== "paused");
		setHidden(this.choose, held !== "file");
		if (held !== "file") setHidden(this.failure, true);
		this.keepFocus(focused);
	}

	/** The button that had the focus may have given way to its opposite. */
	private keepFocus(had: boolean): void {
		if (!had || this.element.contains(document.activeElement)) return;
		const next = [this.pause, this.resume, this.choose, this.cancel].find((one) => !one.hidden);
		next?.focus();
	}

	private act(what: "pauseUpload" | "resumeUpload"): void {
		const had = this.element.contains(document.activeElement);
		void this.context.messenger[what](this.message.id)
			.then(() => this.keepFocus(had))
			.catch((reason) => this.told(sentenceOf(reason)));
	}

	private async supply(): Promise<void> {
		const file = await chooseFile();
		if (!file) return;
		setHidden(this.failure, true);
		try {
			await this.context.messenger.supplyFile(this.message.id, file);
		} catch (reason) {
			this.told(sentenceOf(reason));
		}
	}

	private async ended(): Promise<void> {
		const sure = await confirmed(
			t("upload.cancel.question"),
			t("upload.cancel.text"),
			t("upload.cancel.action"),
		);
		if (!sure) return;
		await this.context.messenger.discard(this.message.id);
		this.discarded(this.message);
	}

	private told(sentence: string): void {
		setText(this.failure, sentence);
		setHidden(this.failure, false);
	}
}
