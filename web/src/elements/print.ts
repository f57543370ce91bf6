/** `<medicus-print label="Drucken">`: a button that prints the page. Without a script the browser's own menu does. */
import { button } from "../dom/button";

export class MedicusPrint extends HTMLElement {
	connectedCallback(): void {
		if (this.firstChild) return;
		this.append(button(this.getAttribute("label") ?? "", () => window.print()));
	}
}

customElements.define("medicus-print", MedicusPrint);
