import { button } from "../../dom/button";
import { make, setHidden, setText } from "../../dom/make";
import type { Message } from "../../engine/types";
import { t as words } from "../../i18n/conversation";
import { t } from "../../i18n/offline";
import { confirmed } from "./confirm";
import type { Context } from "./context";
import { titleOf } from "./names";
import type { ConversationStore, Snapshot } from "./store";

const EXCERPT = 80;

/** The messages of all conversations that wait for a connection, each with its state; each can be discarded. */
export class WaitingMessages {
	readonly element = make("details", { class: "waiting", attributes: { hidden: true } });
	private readonly summary = make("summary");
	private readonly rows = make("ul", { class: "waiting__rows" });
	private queued = -1;
	private messages: Message[] = [];

	constructor(
		private readonly context: Context,
		private readonly store: ConversationStore,
	) {
		this.element.append(this.summary, make("p", { text: t("waiting.text") }), this.rows);
	}

	/** `offline`: there is no connection now. */
	update({ queued }: Snapshot, offline: boolean): void {
		if (!offline) {
			this.queued = -1;
			setHidden(this.element, true);
			return;
		}
		if (queued === this.queued) return;
		this.queued = queued;
		void this.look();
	}

	private async look(): Promise<void> {
		try {
			// What the service refused waits for its writer, not for a connection.
			const unsent = await this.context.messenger.waiting();
			this.messages = unsent.filter(({ send }) => send?.state !== "failed");
		} catch {
			return; // The engine has ended meanwhile; its pane says why.
		}
		setHidden(this.element, this.queued < 0 || this.messages.length === 0);
		setText(this.summary, t.count("waiting", this.messages.length));
		this.rows.replaceChildren(...this.messages.map((message) => this.row(message)));
	}

	private row(message: Message): HTMLElement {
		const text = message.attachment
			? t("waiting.file", { name: message.attachment.name })
			: message.text.slice(0, EXCERPT);
		const conversation = this.store.conversation(message.conversationId);
		const discard = button(t("waiting.discard"), () => void this.discard(message), { look: "small" });
		const which = t("waiting.discard.which", { text });
		discard.append(make("span", { class: "visually-hidden", text: ` ${which}` }));
		const what = make(
			"div",
			{ class: "waiting__what" },
			make("span", { class: "waiting__text", text }),
			make("span", {
				class: "waiting__where",
				text: [conversation ? titleOf(conversation, this.context.me) : "", words("state.queued")]
					.filter(Boolean)
					.join(" · "),
			}),
		);
		return make("li", {}, what, discard);
	}

	private async discard(message: Message): Promise<void> {
		if (!(await confirmed(words("discard.question"), words("discard.text"), words("discard")))) return;
		// It may have been sent while the question was open.
		await this.context.messenger.discard(message.id).then(
			() => this.store.discarded(message),
			() => undefined,
		);
		await this.look();
		this.summary.focus();
	}
}
