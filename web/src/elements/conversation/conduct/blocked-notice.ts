import { button } from "../../../dom/button";
import { kernIcon } from "../../../dom/kern-icon";
import { make, setHidden, setText } from "../../../dom/make";
import type { Conversation } from "../../../engine/types";
import { t } from "../../../i18n/conduct";
import type { Context } from "../context";
import { sentenceOf } from "../failures";
import { others } from "../names";

/** Stands where the composer would be, in a direct conversation with somebody whom the reader blocked. */
export class BlockedNotice {
	readonly element: HTMLElement;
	private readonly title = make("p", { class: "contact__title" });
	private readonly failure = make("p", { attributes: { role: "alert", hidden: true } });
	private person: { personId: string; name: string } | null = null;

	constructor(private readonly context: Context) {
		const lift = button(t("unblock"), () => void this.lift());
		const text = make("p", { class: "small muted", text: t("blocked.text") });
		const words = make(
			"div",
			{ class: "contact__text", attributes: { role: "status" } },
			this.title,
			text,
			this.failure,
		);
		const actions = make("div", { class: "contact__actions" }, lift);
		const card = make("div", { class: "contact__card" }, kernIcon("info"), words, actions);
		this.element = make("section", { class: "contact", attributes: { hidden: true } }, card);
	}

	/** Returns whether the reader has closed this conversation. */
	update(conversation: Conversation): boolean {
		const other = others(conversation, this.context.me)[0];
		const blocked = conversation.kind === "direct" && other && this.context.blocks.has(other.personId);
		this.person = blocked ? other : null;
		setHidden(this.element, !blocked);
		if (blocked) setText(this.title, t("blocked", { name: other.name }));
		return Boolean(blocked);
	}

	private async lift(): Promise<void> {
		if (!this.person) return;
		const { name, personId } = this.person;
		setHidden(this.failure, true);
		try {
			await this.context.blocks.unblock(personId);
			this.context.announce(t("unblocked.done", { name }));
		} catch (reason) {
			setText(this.failure, sentenceOf(reason));
			setHidden(this.failure, false);
		}
	}
}
