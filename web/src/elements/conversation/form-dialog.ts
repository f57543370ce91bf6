import { button } from "../../dom/button";
import { make, setHidden, setText } from "../../dom/make";
import { t as common } from "../../i18n/common";
import { sentenceOf } from "./failures";

/** A dialog with one form: a heading, fields, a refusal when there is one, and two buttons. */
export class FormDialog {
	readonly element: HTMLDialogElement;
	private readonly failure = make("p", {
		class: "notice notice--bad",
		attributes: { role: "alert", hidden: true },
	});
	private readonly submit: HTMLButtonElement;
	private readonly form: HTMLFormElement;

	/** look: a class of its own.   act: what the form asks for; rejects with what is told to the reader.   complaint: what is missing, or nothing.
	 *  done: what follows when the dialog has closed and given the focus back. */
	constructor(
		private readonly texts: { heading: string; action: string; busy: string; look?: string },
		fields: HTMLElement[],
		private readonly complaint: () => string,
		private readonly act: () => Promise<void>,
		private readonly done: () => void = () => undefined,
	) {
		this.submit = button(texts.action, () => void this.send(), { look: "primary" });
		const cancel = button(common("cancel"), () => this.element.close(), { look: "quiet" });
		this.form = make(
			"form",
			{ on: { submit: (event) => event.preventDefault() } },
			make(
				"div",
				{ class: "dialog__head" },
				make("h2", { text: texts.heading, attributes: { id: "form-heading" } }),
			),
			make("div", { class: "dialog__body" }, ...fields, this.failure),
			make("div", { class: "dialog__foot" }, cancel, this.submit),
		);
		const attributes = { "aria-labelledby": "form-heading" };
		this.element = make("dialog", { class: `dialog ${texts.look ?? ""}`.trim(), attributes }, this.form);
		this.element.addEventListener("close", () => this.element.remove());
	}

	show(): void {
		document.body.append(this.element);
		this.element.showModal();
	}

	private async send(): Promise<void> {
		const complaint = this.complaint();
		if (complaint) {
			this.fail(complaint);
			return;
		}
		this.busy(true);
		try {
			await this.act();
			this.element.close();
			this.done();
		} catch (reason) {
			this.fail(sentenceOf(reason));
		} finally {
			this.busy(false);
		}
	}

	private fail(text: string): void {
		setText(this.failure, text);
		setHidden(this.failure, false);
		// It stands below the fields, which on a telephone is below what is seen of them.
		this.failure.scrollIntoView({ block: "nearest" });
	}

	private busy(busy: boolean): void {
		if (busy) setHidden(this.failure, true);
		this.submit.disabled = busy;
		setText(this.submit, busy ? this.texts.busy : this.texts.action);
	}
}
