import { make } from "../../dom/make";
import { t as words } from "../../i18n/attachment";
import { t } from "../../i18n/viewer";
import { watchAccess } from "../../viewer/access";
import { kindOf } from "../conversation/attachment-kind";
import { apology, viewOf } from "../conversation/preview";

/** A document of a patient's folder, shown on its page.
 *
 *  src: address of the file on the own server.   name, type: what it is.
 *  poll: address that answers 404 once access has ended; then nothing of it stays. */
export class MedicusDocument extends HTMLElement {
	private life = new AbortController();

	connectedCallback(): void {
		this.life = new AbortController();
		const { signal } = this.life;
		this.replaceChildren(make("p", { class: "empty", text: words("preview.loading") }));
		void this.show(signal).catch(() => {
			if (!signal.aborted) this.replaceChildren(apology(t("document.failed")));
		});
		const poll = this.getAttribute("poll");
		if (poll) watchAccess(poll, signal, () => this.end());
	}

	disconnectedCallback(): void {
		this.life.abort();
	}

	private async show(signal: AbortSignal): Promise<void> {
		const response = await fetch(this.getAttribute("src") ?? "", { signal, credentials: "same-origin" });
		if (response.status === 404 || response.status === 403) {
			this.end();
			return;
		}
		if (!response.ok) throw new Error(`HTTP ${response.status}`);
		const blob = await response.blob();
		const name = this.getAttribute("name") ?? "";
		const mediaType = this.getAttribute("type") ?? "";
		const file = { objectId: "", name, mediaType, sizeBytes: blob.size };
		const view = await viewOf(kindOf(file), file, blob, signal);
		if (!signal.aborted) this.replaceChildren(view ?? apology(t("document.download")));
	}

	private end(): void {
		this.life.abort();
		this.replaceChildren(apology(t("viewer.failed.ended")));
		this.dispatchEvent(new CustomEvent("viewer-state", { bubbles: true, detail: "ended" }));
	}
}

customElements.define("medicus-document", MedicusDocument);
