import { make, setHidden, setText } from "../../dom/make";
import type { Message } from "../../engine/types";
import { t as words } from "../../i18n/conversation";
import { t } from "../../i18n/talk";
import type { Context } from "./context";

/** The first line of a message, for where it is only named. */
export function firstLine(message: Message): string {
	if (message.type === "recalled") return t("recalled.line");
	if (message.attachment) return t("quote.file", { name: message.attachment.name });
	return message.text.trim().split("\n", 1)[0] ?? "";
}

export function nameOf(message: Message): string {
	return message.own ? words("you") : message.senderName;
}

/** What a message answers: who said it and the first line; leads there. */
export class Quote {
	readonly element: HTMLButtonElement;
	private readonly name = make("span", { class: "quote__name" });
	private readonly line = make("span", { class: "quote__line" });
	private readonly lead = make("span", { class: "visually-hidden", text: t("quote.go") });
	private messageId = "";

	constructor(private readonly context: Context) {
		this.element = make(
			"button",
			{
				class: "quote",
				attributes: { type: "button", hidden: true },
				on: { click: () => void goTo(this.context, this.messageId) },
			},
			this.lead,
			this.name,
			this.line,
		);
	}

	/** original: undefined while it is looked for, null when it is not here. */
	update(messageId: string | null | undefined, original: Message | null | undefined): void {
		this.messageId = messageId ?? "";
		setHidden(this.element, !messageId);
		if (!messageId) return;
		const name = original ? nameOf(original) : "";
		const text = original === undefined ? "…" : original ? firstLine(original) : t("quote.gone");
		setText(this.name, name);
		setText(this.line, text);
		setHidden(this.lead, !original);
		this.element.disabled = !original;
	}
}

/** Go to a message, wherever it stands. */
export async function goTo(context: Context, messageId: string): Promise<void> {
	if (!(await context.jumpTo(messageId))) context.announce(t("quote.far"));
}
