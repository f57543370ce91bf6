import { button } from "../../dom/button";
import { chooseFile } from "../../dom/choose-file";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Conversation, Message } from "../../engine/types";
import { t as fileWords } from "../../i18n/attachment";
import { t as contactWords } from "../../i18n/contact";
import { t } from "../../i18n/conversation";
import { t as talkWords } from "../../i18n/talk";
import { t as urgentWords } from "../../i18n/urgent";
import { ComposerIntent, type Intent } from "./composer-intent";
import type { Context } from "./context";
import { failureOf, sentenceOf } from "./failures";
import { MentionList } from "./mention-list";
import { others, titleOf } from "./names";
import { StagedFiles } from "./staged-files";
import { sentenceOfUrgent } from "./urgent-failures";
import { UrgentPanel } from "./urgent-panel";

const MAX_HEIGHT_PIXELS = 200;
/** Up to this size the text goes with the first file; a larger one would keep it waiting. */
const CAPTIONED_BYTES = 25_000_000;

/** Where a message is written. What was begun stays with its conversation while the page lives, and nowhere else:
 *  no plaintext goes into the browser's storage. */
export class Composer {
	readonly element: HTMLFormElement;
	private readonly text: HTMLTextAreaElement;
	private readonly files = new StagedFiles(() => this.showState());
	private readonly picker: HTMLInputElement;
	private readonly urgent: UrgentPanel;
	private readonly send: HTMLButtonElement;
	private readonly notice = make("div", {
		class: "composer__notice",
		attributes: { role: "alert", hidden: true },
	});
	private readonly drafts = new Map<string, string>();
	private readonly intent = new ComposerIntent(() => this.leave());
	private readonly mentions: MentionList;
	/** A change is on its way to the engine. */
	private rewriting = false;
	private conversation: Conversation | null = null;
	private sending = false;

	constructor(
		private readonly context: Context,
		private readonly sent: (message: Message) => void,
	) {
		this.text = this.textField();
		this.mentions = new MentionList(this.text, () => this.edited());
		this.picker = this.filePicker();
		this.send = button(t("send"), () => void this.submit(), { look: "primary", icon: "send" });
		const attach = button(t("attach"), () => this.picker.click(), {
			look: "quiet",
			icon: "attach",
			iconOnly: true,
		});
		const photo = button(fileWords("photo"), () => void this.takePhoto(), {
			look: "quiet",
			icon: "camera",
			iconOnly: true,
		});
		photo.classList.add("composer__photo");
		this.urgent = new UrgentPanel(context, () => this.showState());
		const parts = [attach, photo, this.urgent.toggle, this.text, this.send, this.picker];
		const line = make("div", { class: "composer__line" }, ...parts);
		this.element = make("form", { class: "composer" }, ...this.parts(line));
		this.element.addEventListener("submit", (event) => event.preventDefault());
	}

	update(conversation: Conversation): void {
		if (conversation.id !== this.conversation?.id) this.change(conversation);
		this.conversation = conversation;
		this.urgent.update(conversation);
		const people = others(conversation, this.context.me);
		this.mentions.offer(people.length > 1 ? people : []);
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

	/** Answer a message. What was begun stays. */
	reply(message: Message): void {
		if (this.intent.current?.kind === "edit") this.leave();
		this.intent.set({ kind: "reply", message });
		this.text.focus();
	}

	/** Change a message; what was begun comes back afterwards. */
	edit(message: Message): void {
		if (!this.conversation) return;
		if (this.intent.current?.kind === "edit") this.leave();
		this.drafts.set(this.conversation.id, this.text.value);
		this.intent.set({ kind: "edit", message });
		this.put(message.text);
		this.text.focus();
	}

	/** Say why something was not done. */
	tell(sentence: string): void {
		this.refused(sentence, "");
	}

	private parts(line: HTMLElement): HTMLElement[] {
		const { notice, urgent, files, intent, mentions } = this;
		return [notice, urgent.element, files.element, intent.element, mentions.element, line, mentions.status];
	}

	/** Neither answer nor change. */
	private leave(): void {
		const was = this.intent.current;
		this.intent.set(null);
		if (was?.kind === "edit" && this.conversation) this.put(this.drafts.get(this.conversation.id) ?? "");
		this.text.focus();
	}

	private put(text: string): void {
		this.text.value = text;
		this.edited();
	}

	/** Put a text after what was begun; the reader decides whether it goes. */
	suggest(text: string): void {
		const begun = this.text.value.trim();
		this.text.value = begun ? `${begun}\n${text}` : text;
		this.edited();
		this.text.focus();
	}

	/** Keep the draft of the conversation that is left, bring back that of the next. */
	private change(next: Conversation): void {
		const editing = this.intent.current?.kind === "edit";
		if (this.conversation && !editing) this.drafts.set(this.conversation.id, this.text.value);
		this.intent.set(null);
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

	/** On a phone this opens the camera. What it takes is prepared before it is staged. */
	private async takePhoto(): Promise<void> {
		const taken = await chooseFile({ accept: "image/*", capture: "environment" });
		if (taken) await this.prepare(taken, fileWords("editor.name.photo"));
	}

	/** Cameras and clipboards call every picture the same: the time tells them apart. */
	private async prepare(picture: File, name: string): Promise<void> {
		const at = new Date().toTimeString().slice(0, 8).replaceAll(":", "");
		await this.files.prepare(new File([picture], `${name} ${at}.x`, { type: picture.type }));
		this.text.focus();
	}

	private edited(): void {
		this.mentions.look();
		this.resize();
		this.showState();
	}

	private pressed(event: KeyboardEvent): void {
		if (this.mentions.pressed(event)) return;
		if (event.key === "Escape" && this.intent.current) {
			event.preventDefault();
			this.leave();
			return;
		}
		// Enter also ends the composing of a character; that one must not send.
		if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
		event.preventDefault();
		void this.submit();
	}

	private pasted(event: ClipboardEvent): void {
		const files = event.clipboardData?.files;
		if (!files?.length) return;
		event.preventDefault();
		const [only] = files;
		if (files.length === 1 && only?.type.startsWith("image/")) {
			void this.prepare(only, fileWords("editor.name.paste"));
		} else this.addFiles(files);
	}

	/** Grow with the text, up to a limit. */
	private resize(): void {
		this.text.style.height = "auto";
		this.text.style.height = `${Math.min(this.text.scrollHeight + 2, MAX_HEIGHT_PIXELS)}px`;
	}

	private showState(): void {
		const text = this.text.value.trim();
		const editing = this.intent.current?.kind === "edit";
		const { active, order } = this.urgent;
		this.send.disabled = active ? !text || !order || this.sending : !text && (editing || !this.files.count);
		const label = this.send.lastChild;
		const words = active ? urgentWords(this.sending ? "panel.busy" : "panel.send") : t("send");
		if (label && label.textContent !== words) label.textContent = words;
		setAttribute(this.send, "aria-label", editing ? talkWords("edit.save") : null);
	}

	private async submit(): Promise<void> {
		const conversation = this.conversation;
		const text = this.text.value.trim();
		const intent = this.intent.current;
		if (!conversation || (!text && (intent?.kind === "edit" || !this.files.count))) return;
		if (intent?.kind === "edit") {
			await this.rewrite(intent.message, text);
			return;
		}
		if (this.urgent.active) {
			await this.submitUrgent(conversation, text);
			return;
		}
		const captioned = (this.files.firstBytes ?? Number.MAX_VALUE) <= CAPTIONED_BYTES;
		if (conversation.contact && this.files.count + Number(text !== "" && !captioned) > 1) {
			this.refused(contactWords("one.title"), contactWords("one.text"));
			return;
		}
		await this.sendAll(conversation.id, text, captioned, intent);
	}

	private async sendAll(id: string, text: string, captioned: boolean, intent: Intent | null): Promise<void> {
		const files = this.files.count ? this.files.take() : [];
		const mentions = this.mentions.namedIn(text);
		this.drafts.delete(id);
		this.intent.set(null);
		this.put("");
		setHidden(this.notice, true);
		// Only the first of them is the answer.
		let replyTo = intent?.message.id ?? null;
		if (text && !captioned) {
			await this.sendText(id, text, { replyTo, mentions }, intent);
			replyTo = null;
		}
		let caption = captioned ? text : "";
		for (const file of files) {
			const sent = await this.sendFile(id, file, caption, replyTo);
			if (sent) [caption, replyTo] = ["", null];
		}
		// Every file was refused: the text is still to be said.
		if (caption) this.giveBack(id, caption, intent);
	}

	/** The text stays until somebody is asked: nothing urgent may be thought sent that was not. */
	private async submitUrgent({ id }: Conversation, text: string): Promise<void> {
		const { order } = this.urgent;
		if (!order || !text || this.sending) return;
		this.sending = true;
		this.showState();
		setHidden(this.notice, true);
		try {
			const message = await this.context.messenger.sendUrgent(id, text, order);
			if (this.conversation?.id === id) {
				this.intent.set(null);
				this.text.value = "";
				this.urgent.close();
			}
			this.drafts.delete(id);
			this.sent(message);
			for (const file of this.files.count ? this.files.take() : []) await this.sendFile(id, file, "", null);
		} catch (reason) {
			if (this.conversation?.id === id) this.refused(sentenceOfUrgent(reason), "");
			this.urgent.refresh();
		} finally {
			this.sending = false;
			this.edited();
		}
	}

	private async sendText(
		conversationId: string,
		text: string,
		{ replyTo, mentions }: { replyTo: string | null; mentions: string[] },
		intent: Intent | null,
	): Promise<void> {
		const options = { ...(replyTo ? { replyTo } : {}), ...(mentions.length ? { mentions } : {}) };
		const plainly = Object.keys(options).length === 0;
		const { messenger } = this.context;
		try {
			this.sent(await messenger.send(conversationId, text, ...(plainly ? [] : [options])));
		} catch (reason) {
			this.refused(sentenceOf(reason), "");
			this.giveBack(conversationId, text, intent);
		}
	}

	/** What was not sent stands where it was written, or is kept for when its conversation is opened again. */
	private giveBack(conversationId: string, text: string, intent: Intent | null): void {
		if (this.conversation?.id === conversationId && !this.text.value) {
			this.put(text);
			this.intent.set(intent);
		} else this.drafts.set(conversationId, text);
	}

	/** Nothing to send where the text is as it was. */
	private async rewrite(message: Message, text: string): Promise<void> {
		if (this.rewriting) return;
		this.rewriting = true;
		try {
			if (text !== message.text) {
				const mentions = this.mentions.namedIn(text);
				await this.context.messenger.annotate(message.id, { act: "edit", text, mentions });
			}
			setHidden(this.notice, true);
			if (this.intent.current?.message === message) this.leave();
		} catch (reason) {
			this.refused(sentenceOf(reason), "");
		} finally {
			this.rewriting = false;
		}
	}

	private async sendFile(
		conversationId: string,
		file: File,
		caption: string,
		replyTo: string | null,
	): Promise<boolean> {
		try {
			const answers = replyTo ? [{ replyTo }] : [];
			this.sent(await this.context.messenger.attach(conversationId, file, caption, ...answers));
			return true;
		} catch (reason) {
			if (failureOf(reason).code !== "cancelled") {
				this.refused(t("refused.file", { name: file.name }), sentenceOf(reason));
			}
			return false;
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
