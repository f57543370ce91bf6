import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Message } from "../../engine/types";
import { t } from "../../i18n/talk";
import { firstLine } from "./quote";

export type Intent = { kind: "reply" | "edit"; message: Message };

/** Above the text field: which message is answered or changed, and how to let it be. */
export class ComposerIntent {
	readonly element: HTMLElement;
	private readonly icon = kernIcon("reply");
	private readonly title = make("span", { class: "intent__title" });
	private readonly line = make("span", { class: "intent__line" });
	private readonly cancel: HTMLButtonElement;
	private intent: Intent | null = null;

	constructor(cancelled: () => void) {
		this.cancel = button(t("reply.cancel"), cancelled, {
			look: "quiet small",
			icon: "close",
			iconOnly: true,
		});
		this.element = make(
			"div",
			{ class: "intent", attributes: { hidden: true } },
			this.icon,
			make("p", { class: "intent__text" }, this.title, this.line),
			this.cancel,
		);
	}

	get current(): Intent | null {
		return this.intent;
	}

	set(intent: Intent | null): void {
		this.intent = intent;
		setHidden(this.element, !intent);
		if (!intent) return;
		const { kind, message } = intent;
		const cancel = t(kind === "edit" ? "edit.cancel" : "reply.cancel");
		this.icon.className = `kern-icon kern-icon--${kind === "edit" ? "edit" : "reply"}`;
		setText(this.title, kind === "edit" ? t("edit.heading") : replyTitle(message));
		setText(this.line, firstLine(message));
		setAttribute(this.cancel, "aria-label", cancel);
		setAttribute(this.cancel, "title", cancel);
	}
}

function replyTitle(message: Message): string {
	return message.own ? t("reply.to.you") : t("reply.to", { name: message.senderName });
}
