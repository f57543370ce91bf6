import { button } from "../../../dom/button";
import { make, setHidden, setText } from "../../../dom/make";
import type { Conversation } from "../../../engine/types";
import { t } from "../../../i18n/conduct";
import { confirmed } from "../confirm";
import type { Context } from "../context";
import { sentenceOf } from "../failures";
import { others } from "../names";
import { askReport } from "./report-dialog";

/** In the details of a conversation: report somebody, and in a direct one block them. */
export class ConductSection {
	readonly element: HTMLElement;
	private readonly block: HTMLButtonElement;
	private readonly failure = make("p", {
		class: "notice notice--bad",
		attributes: { role: "alert", hidden: true },
	});
	private conversation: Conversation | null = null;

	constructor(private readonly context: Context) {
		this.block = button(t("block"), () => void this.attempt(() => this.toggle()), { look: "small" });
		const report = button(t("report"), () => void this.attempt(() => this.report()), { look: "small" });
		this.element = make(
			"section",
			{ class: "details__part" },
			make("h3", { text: t("heading") }),
			make("p", { class: "small", text: t("text") }),
			make("div", { class: "cluster" }, this.block, report),
			this.failure,
		);
	}

	update(conversation: Conversation): void {
		if (conversation.id !== this.conversation?.id) setHidden(this.failure, true);
		this.conversation = conversation;
		const other = others(conversation, this.context.me)[0];
		setHidden(this.element, !other);
		setHidden(this.block, conversation.kind !== "direct" || !other);
		if (other) setText(this.block, t(this.context.blocks.has(other.personId) ? "unblock" : "block"));
	}

	private async toggle(): Promise<void> {
		const { blocks, me } = this.context;
		const other = this.conversation && others(this.conversation, me)[0];
		if (!other) return;
		const { name, personId } = other;
		if (blocks.has(personId)) {
			await blocks.unblock(personId);
			this.context.announce(t("unblocked.done", { name }));
			return;
		}
		if (!(await confirmed(t("block.question", { name }), t("block.text", { name }), t("block")))) return;
		await blocks.block(personId);
		this.context.announce(t("blocked.done", { name }));
	}

	private async report(): Promise<void> {
		if (this.conversation) await askReport(this.context, this.conversation);
	}

	private async attempt(act: () => Promise<void>): Promise<void> {
		setHidden(this.failure, true);
		try {
			await act();
		} catch (reason) {
			setText(this.failure, sentenceOf(reason));
			setHidden(this.failure, false);
		}
	}
}
