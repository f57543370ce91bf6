import { refusedName, safeName } from "../../crypto/filetype";
import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setAttribute, setFileName, setHidden, setText } from "../../dom/make";
import type { Attachment, Message } from "../../engine/types";
import { refusalSentence, t as words } from "../../i18n/attachment";
import { t } from "../../i18n/conversation";
import { formatBytes, formatShare } from "../../i18n/format";
import { type AttachmentKind, isShown, kindOf } from "./attachment-kind";
import type { Context } from "./context";
import { mayChoosePlace, placeFor, saveFile } from "./downloads";
import { failureOf, sentenceOf } from "./failures";
import { showPreview } from "./preview";
import { suggestText } from "./suggestion";
import { UploadControls } from "./upload-controls";

const ICONS: Partial<Record<AttachmentKind, string>> = { dicom: "scan" };

/** A file in a conversation: what it is, how far it has come, what can be done with it, or why it is not opened. */
export class AttachmentCard {
	readonly element = make("div", { class: "attachment" });
	private readonly name = make("span", { class: "attachment__name" });
	private readonly about = make("span", { class: "attachment__about" });
	private readonly bar = make("progress", { class: "attachment__bar", attributes: { max: "1" } });
	private readonly actions = make("div", { class: "attachment__actions" });
	private readonly stop = button(words("download.stop"), () => this.stopLoading(), {
		look: "small quiet",
		icon: "close",
		iconOnly: true,
	});
	private readonly failure = make("p", {
		class: "attachment__failure",
		attributes: { role: "alert", hidden: true },
	});
	private readonly refusal = make("div", { class: "attachment__refusal", attributes: { hidden: true } });
	private readonly upload: UploadControls;
	private message: Message;
	private loading = false;
	private refused = "";

	constructor(
		private readonly context: Context,
		message: Message,
		discarded: (message: Message) => void,
	) {
		this.message = message;
		this.upload = new UploadControls(context, message, discarded);
		const kind = message.attachment ? kindOf(message.attachment) : "other";
		this.element.append(
			kernIcon(ICONS[kind] ?? "draft"),
			make("div", { class: "attachment__text" }, this.name, this.about, this.bar),
			this.actions,
			this.upload.element,
			this.failure,
			this.refusal,
		);
		this.fillActions();
		const byName = message.attachment && refusedName(message.attachment.name);
		if (byName) this.refuse(byName);
	}

	update(message: Message): void {
		this.message = message;
		const { attachment, send } = message;
		if (!attachment) return;
		setFileName(this.name, safeName(attachment.name));
		setText(this.about, `${kindWords(kindOf(attachment))} · ${formatBytes(attachment.sizeBytes)}`);
		setHidden(this.actions, this.refused !== "" || (send !== null && send.state !== "sent"));
		this.upload.update(message);
		if (!this.loading) setHidden(this.bar, true);
	}

	private fillActions(): void {
		const { attachment } = this.message;
		if (!attachment) return;
		const kind = kindOf(attachment);
		if (kind !== "other" && isShown(kind, attachment.sizeBytes)) {
			this.actions.append(
				button(words(`view.${kind}`), () => void this.view(attachment), {
					look: "small",
					icon: "visibility",
				}),
			);
		}
		const save = button(t("file.download"), () => void this.save(attachment), {
			look: "small",
			icon: "download",
		});
		this.actions.append(save, this.stop);
		setHidden(this.stop, true);
	}

	private view(attachment: Attachment): Promise<void> {
		return this.load(async (progress) => {
			showPreview(attachment, await this.context.messenger.open(this.message.id, progress));
		});
	}

	/** Large files go where the reader says, piece by piece; small ones to the folder of downloads. */
	private async save(attachment: Attachment): Promise<void> {
		const { messenger } = this.context;
		if (!mayChoosePlace(attachment)) {
			return this.load(async (progress) => {
				saveFile(await messenger.open(this.message.id, progress), attachment.name);
			});
		}
		const place = await placeFor(attachment);
		if (!place) return;
		await this.load(async (progress) => {
			await messenger.saveInto(this.message.id, place, progress);
			this.context.announce(words("download.saved", { name: safeName(attachment.name) }));
		});
	}

	/** Fetch, decrypt and verify, then do what was asked for. */
	private async load(
		work: (progress: (done: number, total: number) => void) => Promise<void>,
	): Promise<void> {
		if (this.loading) return;
		this.busy(true);
		setHidden(this.failure, true);
		try {
			await work((done, total) => this.showProgress(done, total));
		} catch (reason) {
			this.failed(reason);
		} finally {
			this.busy(false);
		}
	}

	private failed(reason: unknown): void {
		const { code, detail } = failureOf(reason);
		if (code === "executable") this.refuse(detail);
		else if (code !== "cancelled") {
			setText(this.failure, sentenceOf(reason));
			setHidden(this.failure, false);
		}
	}

	private stopLoading(): void {
		void this.context.messenger.stopOpening(this.message.id);
	}

	/** Say why it is not opened, and offer to ask for something else. */
	private refuse(reason: string): void {
		this.refused = reason;
		setHidden(this.actions, true);
		const sentence = refusalSentence(reason);
		const name = safeName(this.message.attachment?.name ?? "");
		const ask = () => suggestText(this.element, words("refused.ask.text", { name, reason: sentence }));
		const offer = this.message.own
			? null
			: button(words("refused.ask"), ask, { look: "small", icon: "reply" });
		this.refusal.replaceChildren(
			make("p", { class: "attachment__reason", text: sentence }),
			make("p", { text: words("refused.why") }),
			...(offer ? [offer] : []),
		);
		setHidden(this.refusal, false);
	}

	private busy(busy: boolean): void {
		const focused = this.actions.contains(document.activeElement);
		this.loading = busy;
		setAttribute(this.element, "aria-busy", String(busy));
		setHidden(this.bar, !busy);
		for (const one of this.actions.children) setHidden(one as HTMLElement, busy);
		setHidden(this.stop, !busy);
		if (busy) this.bar.removeAttribute("value");
		const first = busy ? this.stop : this.actions.querySelector("button");
		if (focused && !this.actions.contains(document.activeElement)) first?.focus();
		const { attachment } = this.message;
		if (!busy && attachment) this.update(this.message);
	}

	private showProgress(done: number, total: number): void {
		const share = total ? Math.min(1, done / total) : 0;
		this.bar.value = share;
		setText(this.about, words("download.running", { done: formatBytes(done), total: formatBytes(total) }));
		const name = this.message.attachment?.name ?? "";
		setAttribute(this.bar, "aria-label", t("file.loading", { name, share: formatShare(share) }));
	}
}

function kindWords(kind: AttachmentKind): string {
	return kind === "lab" || kind === "text" ? words(`kind.${kind}`) : t(`file.${kind}`);
}
