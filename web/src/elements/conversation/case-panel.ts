import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setHidden, setText } from "../../dom/make";
import type { CaseInfo } from "../../engine/case-types";
import type { Conversation } from "../../engine/types";
import { t } from "../../i18n/case";
import { formatDay } from "../../i18n/format";
import { t as own } from "../../i18n/own-messages";
import { retentionWords } from "./case-words";
import type { Context } from "./context";
import { sentenceOf } from "./failures";

/** Stands where the composer would be when a case is closed: how it ended, until when it can be read, and how to go on. */
export class CasePanel {
	readonly element = make("section", {
		class: "contact",
		attributes: { "aria-label": t("heading"), hidden: true },
	});
	private readonly text = make("div", { class: "contact__text", attributes: { role: "status" } });
	private readonly buttons = make("div", { class: "contact__actions" });
	private readonly failure = make("p", {
		class: "notice notice--bad",
		attributes: { role: "alert", hidden: true },
	});
	private shown = "";

	constructor(private readonly context: Context) {
		const card = make("div", { class: "contact__card" }, kernIcon("lock"), this.text, this.buttons);
		this.element.append(card, this.failure);
	}

	/** Returns whether the case is closed. */
	update(conversation: Conversation | null): boolean {
		const about = conversation?.case ?? null;
		const closed = about?.state === "closed";
		setHidden(this.element, !closed);
		if (!closed || !conversation) this.shown = "";
		else this.show(conversation, about);
		return closed;
	}

	private show(conversation: Conversation, about: CaseInfo): void {
		const { retention, id } = conversation;
		const [until] = retention ? retentionWords(retention, new Date()) : [];
		const key = JSON.stringify([id, about, until]);
		if (key === this.shown) return;
		this.shown = key;
		setHidden(this.failure, true);
		if (this.context.forPatient) {
			this.showEnded(about);
			return;
		}
		const outcome = about.outcome ? t(`outcome.${about.outcome}`) : "";
		const by = t("closed.by", { date: formatDay(about.closedAt ?? about.openedAt), name: about.closedBy });
		this.text.replaceChildren(
			make("p", { class: "contact__title", text: t("closed.title", { outcome }) }),
			make("p", { class: "small muted", text: [by, until].filter(Boolean).join(" ") }),
		);
		this.buttons.replaceChildren(...(about.mayClose ? [this.reopen(id)] : []));
		setHidden(this.buttons, !about.mayClose);
	}

	/** How it ended and who ended it is between clinicians. */
	private showEnded({ closedAt, openedAt }: CaseInfo): void {
		this.text.replaceChildren(
			make("p", { class: "contact__title", text: own("closed.title") }),
			make("p", { text: own("closed.text", { date: formatDay(closedAt ?? openedAt) }) }),
		);
		this.buttons.replaceChildren();
		setHidden(this.buttons, true);
	}

	private reopen(id: string): HTMLElement {
		const made = button(t("reopen"), () => void press());
		let busy = false;
		const press = async () => {
			if (busy) return;
			busy = true;
			setText(made, t("reopen.busy"));
			try {
				await this.context.messenger.actOnCase(id, { act: "reopen" });
			} catch (reason) {
				setText(this.failure, sentenceOf(reason));
				setHidden(this.failure, false);
				setText(made, t("reopen"));
				busy = false;
			}
		};
		return made;
	}
}
