import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Contact, Conversation } from "../../engine/types";
import { t as conductWords } from "../../i18n/conduct";
import { t } from "../../i18n/contact";
import { askReport } from "./conduct/report-dialog";
import { askDecline, askForward } from "./contact-dialogs";
import { wordsOf } from "./contact-words";
import type { Context } from "./context";
import { sentenceOf } from "./failures";
import { others } from "./names";

/** A request to get in touch: what became of it, and what there is to decide. Stands where the composer would be, or
 *  over it while the requester has not written yet. */
export class ContactPanel {
	readonly element = make("section", {
		class: "contact",
		attributes: { "aria-label": t("region"), hidden: true },
	});
	/** Stays while what it says changes, so that screen readers tell the change. */
	private readonly text = make("div", { class: "contact__text", attributes: { role: "status" } });
	private readonly buttons = make("div", { class: "contact__actions" });
	private readonly card = make("div", { class: "contact__card" }, kernIcon("info"), this.text, this.buttons);
	private readonly failure = make("p", {
		class: "notice notice--bad",
		attributes: { role: "alert", hidden: true },
	});
	private shown = "";
	private busy = false;

	/** `answered`: the buttons are gone, and something else should have the focus. */
	constructor(
		private readonly context: Context,
		private readonly answered: () => void,
	) {
		this.element.append(this.card, this.failure);
	}

	/** Returns whether nothing can be written now. */
	update(conversation: Conversation | null): boolean {
		const contact = conversation?.contact ?? null;
		setHidden(this.element, contact === null);
		if (!conversation || !contact) {
			this.shown = "";
			return false;
		}
		this.show(conversation, contact);
		return !(contact.state === "open" && contact.mine && contact.left === 1);
	}

	private show(conversation: Conversation, contact: Contact): void {
		const { title, more } = wordsOf(contact, conversation, this.context.me);
		const key = JSON.stringify([conversation.id, contact, title, more]);
		if (key === this.shown) return;
		this.shown = key;
		setHidden(this.failure, true);
		const asks = contact.state === "open" && !contact.mine;
		this.card.className = asks ? "contact__card contact__card--asks" : "contact__card";
		const lines = more.map((text) => make("p", { class: "small muted", text }));
		const heading = make("p", { class: "contact__title", text: title });
		this.busy = false;
		this.card.firstElementChild?.replaceWith(kernIcon(iconOf(contact)));
		this.text.replaceChildren(heading, ...lines);
		this.buttons.replaceChildren(...this.actions(conversation, contact));
		setHidden(this.buttons, !this.buttons.childElementCount);
	}

	private actions(conversation: Conversation, contact: Contact): HTMLElement[] {
		if (contact.state === "open" && !contact.mine) return this.decisions(conversation);
		if (contact.state === "forwarded" && contact.mine) return [this.turnToRole(conversation)];
		return [];
	}

	private decisions(conversation: Conversation): HTMLElement[] {
		const { messenger, me } = this.context;
		const name = others(conversation, me)[0]?.name ?? "";
		const accept = () => messenger.answerContact(conversation.id, { answer: "accept" });
		const forward = () => askForward(this.context, conversation, name, this.answered);
		const report = () => askReport(this.context, conversation);
		const decline = async () => askDecline(this.context, conversation, name, this.answered);
		return [
			this.decisive(t("theirs.accept"), t("theirs.accept.busy"), accept),
			button(t("theirs.forward"), () => void this.attempt(forward)),
			button(t("theirs.decline"), () => void this.attempt(decline)),
			button(conductWords("report.menu"), () => void this.attempt(report), { look: "quiet" }),
		];
	}

	private turnToRole(conversation: Conversation): HTMLElement {
		const file = conversation.lastMessage?.type === "attachment";
		const text = t(file ? "mine.forwarded.begin" : "mine.forwarded.send");
		const resend = async () => this.context.go(await this.context.messenger.resendToRole(conversation.id));
		return this.decisive(text, t("mine.forwarded.busy"), resend);
	}

	/** A button that says that it works, and is done with when that has succeeded: the page then shows something else. */
	private decisive(text: string, busy: string, act: () => Promise<void>): HTMLButtonElement {
		const made = button(text, () => void press(), { look: "primary" });
		const press = async () => {
			if (this.busy) return;
			setText(made, busy);
			if (!(await this.attempt(act, true))) setText(made, text);
		};
		return made;
	}

	/** Do one thing at a time, and say what went wrong. Returns whether all went well. `stays`: busy after that, too. */
	private async attempt(act: () => Promise<void>, stays = false): Promise<boolean> {
		if (this.busy) return true;
		this.setBusy(true);
		setHidden(this.failure, true);
		try {
			await act();
			this.setBusy(stays);
			return true;
		} catch (reason) {
			setText(this.failure, sentenceOf(reason));
			setHidden(this.failure, false);
			this.setBusy(false);
			return false;
		}
	}

	/** Not `disabled`: that would take the focus from the button that was pressed. */
	private setBusy(busy: boolean): void {
		this.busy = busy;
		for (const made of this.card.querySelectorAll("button")) {
			setAttribute(made, "aria-disabled", busy ? "true" : null);
		}
	}
}

function iconOf({ state, mine }: Contact): string {
	if (state === "expired") return "clock";
	if (state === "forwarded") return "share";
	if (state === "declined") return "info";
	return mine ? "info" : "person-add";
}
