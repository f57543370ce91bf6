/** `<medicus-copy for="field" label="Kopieren" done="Kopiert">`: a button that copies a field's value.
 *
 *  Without a script, or where the browser has no clipboard for us, the field is selected and copied by hand. */
import { button } from "../dom/button";
import { make } from "../dom/make";

const SHOWN_MS = 4000;

export class MedicusCopy extends HTMLElement {
	private readonly told = make("span", { class: "small muted", attributes: { role: "status" } });

	connectedCallback(): void {
		if (this.firstChild) return;
		const copy = button(this.getAttribute("label") ?? "", () => void this.copy(), { look: "small" });
		this.append(copy, " ", this.told);
	}

	private async copy(): Promise<void> {
		const field = document.getElementById(this.getAttribute("for") ?? "");
		if (!(field instanceof HTMLInputElement)) return;
		field.select();
		try {
			await navigator.clipboard.writeText(field.value);
		} catch {
			return; // it stays selected
		}
		this.told.textContent = this.getAttribute("done");
		setTimeout(() => {
			this.told.textContent = "";
		}, SHOWN_MS);
	}
}

customElements.define("medicus-copy", MedicusCopy);
