import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setAttribute, setFileName, setHidden, setText } from "../../dom/make";
import type { Message } from "../../engine/types";
import { t } from "../../i18n/conversation";
import { formatBytes, formatShare } from "../../i18n/format";
import { kindOf } from "./attachment-kind";
import type { Context } from "./context";
import { saveFile } from "./downloads";
import { sentenceOf } from "./failures";
import { showPreview } from "./preview";

/** A file in a conversation: what it is, how far it has come, and what can be done with it. */
export class AttachmentCard {
	readonly element = make("div", { class: "attachment" });
	private readonly name = make("span", { class: "attachment__name" });
	private readonly about = make("span", { class: "attachment__about" });
	private readonly bar = make("progress", { class: "attachment__bar", attributes: { max: "1" } });
	private readonly actions = make("div", { class: "attachment__actions" });
	private readonly failure = make("p", {
		class: "attachment__failure",
		attributes: { role: "alert", hidden: true },
	});
	private message: Message;
	private loading = false;

	constructor(
		private readonly context: Context,
		message: Message,
	) {
		this.message = message;
		this.element.append(
			kernIcon(message.attachment && kindOf(message.attachment) === "dicom" ? "scan" : "draft"),
			make("div", { class: "attachment__text" }, this.name, this.about, this.bar),
			this.actions,
			this.failure,
		);
		this.fillActions();
	}

	update(message: Message): void {
		this.message = message;
		const { attachment, send } = message;
		if (!attachment) return;
		setFileName(this.name, attachment.name);
		setText(this.about, `${t(`file.${kindOf(attachment)}`)} · ${formatBytes(attachment.sizeBytes)}`);
		setHidden(this.actions, send !== null && send.state !== "sent");
		if (send?.state === "uploading") this.showProgress("file.uploading", send.sentBytes, send.totalBytes);
		else if (!this.loading) setHidden(this.bar, true);
	}

	private fillActions(): void {
		const { attachment } = this.message;
		if (!attachment) return;
		const kind = kindOf(attachment);
		if (kind === "dicom" || kind === "image") {
			const view = (blob: Blob) => showPreview(attachment, blob);
			this.actions.append(
				button(t("file.view"), () => void this.load(view), { look: "small", icon: "visibility" }),
			);
		}
		const save = (blob: Blob) => saveFile(blob, attachment.name);
		this.actions.append(
			button(t("file.download"), () => void this.load(save), { look: "small", icon: "download" }),
		);
	}

	/** Fetch, decrypt and verify, then do what was asked for. */
	private async load(then: (blob: Blob) => void): Promise<void> {
		if (this.loading) return;
		this.busy(true);
		setHidden(this.failure, true);
		try {
			const progress = (done: number, total: number) => this.showProgress("file.loading", done, total);
			then(await this.context.messenger.open(this.message.id, progress));
		} catch (reason) {
			setText(this.failure, sentenceOf(reason));
			setHidden(this.failure, false);
		} finally {
			this.busy(false);
		}
	}

	private busy(busy: boolean): void {
		this.loading = busy;
		setAttribute(this.element, "aria-busy", String(busy));
		setHidden(this.bar, !busy);
		if (busy) this.bar.removeAttribute("value");
	}

	private showProgress(what: "file.uploading" | "file.loading", done: number, total: number): void {
		const share = total ? Math.min(1, done / total) : 0;
		this.bar.value = share;
		setHidden(this.bar, false);
		const name = this.message.attachment?.name ?? "";
		setAttribute(this.bar, "aria-label", t(what, { name, share: formatShare(share) }));
	}
}
