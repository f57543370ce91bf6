import { button } from "../../dom/button";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Conversation, Message } from "../../engine/types";
import { t as contactWords } from "../../i18n/contact";
import { t } from "../../i18n/conversation";
import type { Context } from "./context";
import { failureOf, sentenceOf } from "./failures";
import { titleOf } from "./names";
import { StagedFiles } from "./staged-files";

const MAX_HEIGHT_PIXELS = 200;

/** Where a message is written. What was begun stays with its conversation while the page lives, and nowhere else:
 *  no plaintext goes into the browser's storage. */
export class Composer {
	readonly element: HTMLFormElement;
	private readonly text: HTMLTextAreaElement;
	private readonly files = new StagedFiles(() => this.showState());
	private readonly picker: HTMLInputElement;
	private readonly send: HTMLButtonElement;
	private readonly notice = make("div", {
		class: "composer__notice",
		attributes: { role: "alert", hidden: true },
	});
	private readonly drafts = new Map<string, string>();
	private conversation: Conversation | null = null;

	constructor(
		private readonly context: Context,
		private readonly sent: (message: Message) => void,
	) {
		this.text = this.textField();
		this.picker = this.filePicker();
		this.send = button(t("send"), () => void this.submit(), { look: "primary", icon: "send" });
		const attach = button(t("attach"), () => this.picker.click(), {
			look: "quiet",
			icon: "attach",
			iconOnly: true,
		});
		const line = make("div", { class: "composer__line" }, attach, this.text, this.send, this.picker);
		this.element = make("form", { class: "composer" }, this.notice, this.files.element, line);
		this.element.addEventListener("submit", (event) => event.preventDefault());
	}

	update(conversation: Conversation): void {
		if (conversation.id !== this.conversation?.id) this.change(conversation);
		this.conversation = conversation;
		setAttribute(this.text, "aria-label", t("write", { title: titleOf(conversation, this.context.me) }));
	}

	/** Stage files that were dropped or pasted somewhere. */
	addFiles(files: Iterable<File>): void {
		this.files.add(files);
		this.text.focus();
	}

	focus(): void {
		this.text.focus();
	}

	/** Keep the draft of the conversation that is left, bring back that of the next. */
	private change(next: Conversation): void {
		if (this.conversation) this.drafts.set(this.conversation.id, this.text.value);
		this.text.value = this.drafts.get(next.id) ?? "";
		this.files.take();
		setHidden(this.notice, true);
		this.resize();
		this.showState();
	}

	private textField(): HTMLTextAreaElement {
		return make("textarea", {
			class: "composer__text",
			attributes: {
				rows: "1",
				placeholder: t("write.placeholder"),
				"aria-description": t("write.hint"),
				enterkeyhint: "send",
			},
			on: {
				input: () => this.edited(),
				keydown: (event) => this.pressed(event),
				paste: (event) => this.pasted(event),
			},
		});
	}

	private filePicker(): HTMLInputElement {
		const picker = make("input", {
			attributes: { type: "file", multiple: true, hidden: true, "aria-label": t("attach") },
		});
		picker.addEventListener("change", () => {
			this.addFiles(picker.files ?? []);
			picker.value = "";
		});
		return picker;
	}

	private edited(): void {
		this.resize();
		this.showState();
	}

	private pressed(event: KeyboardEvent): void {
		// Enter also ends the composing of a character; that one must not send.
		if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
		event.preventDefault();
		void this.submit();
	}

	private pasted(event: ClipboardEvent): void {
		const files = event.clipboardData?.files;
		if (!files?.length) return;
		event.preventDefault();
		this.addFiles(files);
	}

	/** Grow with the text, up to a limit. */
	private resize(): void {
		this.text.style.height = "auto";
		this.text.style.height = `${Math.min(this.text.scrollHeight + 2, MAX_HEIGHT_PIXELS)}px`;
	}

	private showState(): void {
		this.send.disabled = !this.text.value.trim() && !this.files.count;
	}

	private async submit(): Promise<void> {
		const conversation = this.conversation;
		const text = this.text.value.trim();
		if (!conversation || (!text && !this.files.count)) return;
		if (conversation.contact && this.files.count + Number(text !== "") > 1) {
			this.refused(contactWords("one.title"), contactWords("one.text"));
			return;
		}
		const files = this.files.count ? this.files.take() : [];
		this.text.value = "";
		this.drafts.delete(conversation.id);
		this.edited();
		setHidden(this.notice, true);
		for (const file of files) await this.sendFile(conversation.id, file);
		if (text) await this.sendText(conversation.id, text);
	}

	private async sendText(conversationId: string, text: string): Promise<void> {
		try {
			this.sent(await this.context.messenger.send(conversationId, text));
		} catch (reason) {
			this.refused(sentenceOf(reason), "");
			if (this.conversation?.id === conversationId && !this.text.value) {
				this.text.value = text;
				this.edited();
			} else this.drafts.set(conversationId, text);
		}
	}

	private async sendFile(conversationId: string, file: File): Promise<void> {
		try {
			this.sent(await this.context.messenger.attach(conversationId, file));
		} catch (reason) {
			if (failureOf(reason).code !== "cancelled") {
				this.refused(t("refused.file", { name: file.name }), sentenceOf(reason));
			}
		}
	}

	private refused(title: string, text: string): void {
		const line = make("p", { class: "notice__title" });
		setText(line, title);
		this.notice.replaceChildren(
			make("div", { class: "notice notice--bad" }, line, text ? make("p", { text }) : null),
		);
		setHidden(this.notice, false);
	}
}
