/** `<medicus-confirm question="…" explanation="…" action="Freigabe beenden">` around a form: asks before it is sent.
 *
 *  Without a script the form is sent at once, so what it does must be safe to do. */
import { make } from "../dom/make";
import { t } from "../i18n/common";

export class MedicusConfirm extends HTMLElement {
	connectedCallback(): void {
		this.addEventListener("submit", (event) => this.onSubmit(event));
	}

	private onSubmit(event: SubmitEvent): void {
		const form = event.target as HTMLFormElement;
		if (form.dataset.confirmed) return;
		event.preventDefault();
		const dialog = this.dialog(() => {
			form.dataset.confirmed = "true";
			form.requestSubmit(event.submitter);
		});
		this.append(dialog);
		dialog.showModal();
	}

	private dialog(confirmed: () => void): HTMLDialogElement {
		const title = make("h2", {
			text: this.getAttribute("question") ?? "",
			attributes: { id: "confirm-title" },
		});
		const cancel = button("button button--quiet", t("cancel"), () => dialog.close());
		const act = button("button button--danger", this.getAttribute("action") ?? t("confirm"), () => {
			dialog.close();
			confirmed();
		});
		const dialog = make(
			"dialog",
			{ class: "dialog", attributes: { "aria-labelledby": "confirm-title" } },
			make("div", { class: "dialog__head" }, title),
			make("div", { class: "dialog__body" }, make("p", { text: this.getAttribute("explanation") ?? "" })),
			make("div", { class: "dialog__foot" }, cancel, act),
		);
		dialog.addEventListener("close", () => dialog.remove());
		return dialog;
	}
}

function button(className: string, text: string, onClick: () => void): HTMLButtonElement {
	return make("button", { class: className, text, attributes: { type: "button" }, on: { click: onClick } });
}

customElements.define("medicus-confirm", MedicusConfirm);
