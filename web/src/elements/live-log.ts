/** `<medicus-live-log id="own-log" news="/api/…/new" every="5">` around a list of `[data-event]` with `data-newest`:
 *  keeps the list up to date. What is new is marked, and told to a screen reader when it has a pause.
 *
 *  It asks only how much is new; the list itself comes from this same page. Without a script the page stays as it was loaded. */
import { make } from "../dom/make";
import { t } from "../i18n/live-log";
import { loadPage, UNATTENDED } from "../lib/page";

const SIGNED_OUT = 401;

export class MedicusLiveLog extends HTMLElement {
	private timer = 0;
	private readonly told = make("p", { class: "live-log__told", attributes: { role: "status" } });

	connectedCallback(): void {
		if (!this.told.isConnected) this.before(this.told);
		document.addEventListener("visibilitychange", this.look);
		this.schedule();
	}

	disconnectedCallback(): void {
		document.removeEventListener("visibilitychange", this.look);
		window.clearTimeout(this.timer);
	}

	private readonly look = (): void => {
		if (!document.hidden) void this.refresh();
	};

	/** Ask whether there is anything new, and take it over. */
	async refresh(): Promise<void> {
		window.clearTimeout(this.timer);
		const found = document.hidden ? 0 : await this.news();
		if (found === null) {
			this.told.textContent = t("signedOut");
			return;
		}
		if (found > 0) await this.takeOver();
		this.schedule();
	}

	private schedule(): void {
		window.clearTimeout(this.timer);
		if (!this.isConnected) return;
		const seconds = Number(this.getAttribute("every") ?? 5);
		this.timer = window.setTimeout(() => void this.refresh(), seconds * 1000);
	}

	/** How much is new; null: nobody is signed in here any more. */
	private async news(): Promise<number | null> {
		const newest = this.querySelector<HTMLElement>("[data-newest]")?.dataset.newest;
		if (!newest) return 1;
		try {
			const answer = await fetch(`${this.getAttribute("news")}?after=${encodeURIComponent(newest)}`, {
				headers: { Accept: "application/json", [UNATTENDED]: "1" },
			});
			if (answer.status === SIGNED_OUT) return null;
			return answer.ok ? ((await answer.json()) as { count: number }).count : 0;
		} catch {
			return 0; // no connection: the next time
		}
	}

	private async takeOver(): Promise<void> {
		const fresh = await loadPage(location.href, { unattended: true });
		const part = fresh?.getElementById(this.id);
		if (!part) return;
		const known = new Set(this.events().map((event) => event.dataset.event));
		const focused = this.contains(document.activeElement) ? document.activeElement?.id : "";
		this.replaceChildren(...[...part.childNodes].map((node) => document.importNode(node, true)));
		if (focused) document.getElementById(focused)?.focus();
		this.tell(this.events().filter((event) => !known.has(event.dataset.event)));
	}

	private tell(events: HTMLElement[]): void {
		const others = events.filter((event) => !event.classList.contains("access--you"));
		for (const event of others) this.mark(event);
		if (others.length) this.told.textContent = t.count("new", others.length, { first: summary(others[0]) });
	}

	private mark(event: HTMLElement): void {
		event.classList.add("access--new");
		const badge = make("span", { class: "badge badge--warn", text: t("badge") });
		event.querySelector(".row__title")?.append(" ", badge);
	}

	private events(): HTMLElement[] {
		return [...this.querySelectorAll<HTMLElement>("[data-event]")];
	}
}

/** Who did what, of one entry. */
function summary(event: HTMLElement | undefined): string {
	const who = event?.querySelector(".row__title")?.firstChild?.textContent?.trim() ?? "";
	return `${who}: ${event?.querySelector(".access__what")?.textContent?.trim() ?? ""}`;
}

customElements.define("medicus-live-log", MedicusLiveLog);
