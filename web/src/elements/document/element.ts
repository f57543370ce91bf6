import { make } from "../../dom/make";
import type { Attachment } from "../../engine/types";
import { t as words } from "../../i18n/attachment";
import { t } from "../../i18n/viewer";
import { watchAccess } from "../../viewer/access";
import { type AttachmentKind, isShown, kindOf } from "../conversation/attachment-kind";
import { apology, viewOf } from "../conversation/preview";

/** A document of a patient's folder, shown on its page.
 *
 *  src: address of the file on the own server.   name, type, size (bytes): what it is. One that cannot be shown is not fetched.
 *  poll: address that answers 404 once access has ended; then nothing of it stays. */
export class MedicusDocument extends HTMLElement {
	private life = new AbortController();

	connectedCallback(): void {
		this.life = new AbortController();
		const { signal } = this.life;
		void this.showOrApologise(signal);
		const poll = this.getAttribute("poll");
		if (poll) watchAccess(poll, signal, () => this.end());
	}

	disconnectedCallback(): void {
		this.life.abort();
	}

	private async showOrApologise(signal: AbortSignal): Promise<void> {
		const name = this.getAttribute("name") ?? "";
		const mediaType = this.getAttribute("type") ?? "";
		const file = { objectId: "", name, mediaType, sizeBytes: Number(this.getAttribute("size")) };
		const kind = kindOf(file);
		if (kind === "other" || !isShown(kind, file.sizeBytes)) {
			this.replaceChildren(apology(t("document.download")));
			return;
		}
		this.replaceChildren(make("p", { class: "empty", text: words("preview.loading") }));
		try {
			await this.show(kind, file, signal);
		} catch {
			if (!signal.aborted) this.replaceChildren(apology(t("document.failed")));
		}
	}

	private async show(kind: AttachmentKind, file: Attachment, signal: AbortSignal): Promise<void> {
		const response = await fetch(this.getAttribute("src") ?? "", { signal, credentials: "same-origin" });
		if (response.status === 404 || response.status === 403) {
			this.end();
			return;
		}
		if (!response.ok) throw new Error(`HTTP ${response.status}`);
		const blob = await response.blob();
		const view = await viewOf(kind, file, blob, signal);
		if (!signal.aborted) this.replaceChildren(view ?? apology(t("document.download")));
	}

	private end(): void {
		this.life.abort();
		this.replaceChildren(apology(t("viewer.failed.ended")));
		this.dispatchEvent(new CustomEvent("viewer-state", { bubbles: true, detail: "ended" }));
	}
}

customElements.define("medicus-document", MedicusDocument);
