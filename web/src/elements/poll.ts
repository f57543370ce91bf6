/** `<medicus-poll id="findings" every="3">`: keeps a part of the page fresh while it is `data-busy` inside.
 *
 *  unattended: for a part that is busy for long; looking again does not keep the session from ending.
 *
 *  It loads this same page again and takes over its own part of it (by `id`). `medicus-upload:done` anywhere in the
 *  document makes it look at once. Works without a script, too: then the page stays as it was loaded. */
import { loadPage } from "../lib/page";

const TRIGGERS = ["medicus-upload:done", "medicus-upload:idle", "medicus-refresh"];

export class MedicusPoll extends HTMLElement {
	private timer = 0;
	private listening = new AbortController();

	connectedCallback(): void {
		this.listening = new AbortController();
		for (const trigger of TRIGGERS) {
			document.addEventListener(trigger, () => void this.refresh(), { signal: this.listening.signal });
		}
		this.schedule();
	}

	disconnectedCallback(): void {
		this.listening.abort();
		window.clearTimeout(this.timer);
	}

	/** Load the page and take over this part, if it has changed. */
	async refresh(): Promise<void> {
		const fresh = document.hidden ? null : await loadPage(location.href, this.look);
		const part = fresh?.getElementById(this.id);
		if (part && !this.isInUse()) this.takeOver(part);
		this.schedule();
	}

	private get look(): { unattended: boolean } {
		return { unattended: this.hasAttribute("unattended") };
	}

	private schedule(): void {
		window.clearTimeout(this.timer);
		if (!this.isConnected || !this.querySelector("[data-busy]")) return;
		const seconds = Number(this.getAttribute("every") ?? 3);
		this.timer = window.setTimeout(() => void this.refresh(), seconds * 1000);
	}

	/** Somebody types or has a dialog open in here: do not take it from under their hands. */
	private isInUse(): boolean {
		return this.querySelector("dialog[open], details[open], :is(input, textarea, select):focus") !== null;
	}

	private takeOver(part: Element): void {
		if (this.textContent?.trim() === part.textContent?.trim()) return;
		const focused = this.contains(document.activeElement) ? document.activeElement?.id : "";
		this.replaceChildren(...[...part.childNodes].map((node) => document.importNode(node, true)));
		if (focused) document.getElementById(focused)?.focus();
	}
}

customElements.define("medicus-poll", MedicusPoll);
