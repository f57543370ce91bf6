/** `<medicus-recovery-use done="/">`: brings the identity key back into this browser, by the code on the paper.
 *  Property `open`: how to get at the kit. */
import { make } from "../../dom/make";
import type { Recovery } from "../../engine/recovery";
import { t } from "../../i18n/recovery-kit";
import { CodeForm } from "./code-form";
import { notice } from "./words";

export class MedicusRecoveryUse extends HTMLElement {
	set open(open: () => Promise<Pick<Recovery, "restore"> | null>) {
		const form = new CodeForm(t("use"), async (secret) => {
			this.kit ??= await open();
			await this.kit?.restore(secret);
			this.done();
		});
		this.replaceChildren(form.element);
	}

	private kit: Pick<Recovery, "restore"> | null = null;

	private done(): void {
		const next = make("a", {
			class: "button button--primary",
			text: t("use.done.action"),
			attributes: { href: this.getAttribute("done") ?? "/" },
		});
		this.replaceChildren(
			notice("good", t("use.done")),
			make("p", { text: t("use.done.text") }),
			make("div", { class: "form__actions" }, next),
		);
		next.focus();
	}
}

customElements.define("medicus-recovery-use", MedicusRecoveryUse);

declare global {
	interface HTMLElementTagNameMap {
		"medicus-recovery-use": MedicusRecoveryUse;
	}
}
