/** `<medicus-key-watch account="/account/" answers>`: checks the log of the person's own keys and devices, now and then
 *  again, and warns of what this browser does not know. Shows nothing in a browser that is no device.
 *
 *  answers: here the person answers; elsewhere a link leads there. Property `open`: how to get at the check. */

import { NoEd25519 } from "../../crypto/checkpoint";
import { make } from "../../dom/make";
import type { KeyMemory } from "../../engine/key-memory";
import type { KeyWatch } from "../../engine/key-watch";
import { formatTime } from "../../i18n/format";
import { t } from "../../i18n/key-watch";
import { notice } from "./notice";

type Watch = Pick<KeyWatch, "last" | "check" | "answer">;

const EVERY_MS = 30 * 60_000;
/** Pages come and go; what was checked so lately need not be again. */
const LATELY_MS = 5 * 60_000;

export class MedicusKeyWatch extends HTMLElement {
	private watch: Watch | null = null;
	private timer: ReturnType<typeof setInterval> | undefined;

	set open(open: () => Promise<Watch | null>) {
		void this.begin(open);
	}

	disconnectedCallback(): void {
		clearInterval(this.timer);
	}

	private async begin(open: () => Promise<Watch | null>): Promise<void> {
		clearInterval(this.timer);
		try {
			this.watch = await open();
			const last = await this.watch?.last();
			if (last) this.show(last);
			if (last && (this.answers || Date.now() - last.checkedAtMs > LATELY_MS)) await this.check();
		} catch (error) {
			this.failed(error);
		}
		// A browser that is no device yet may have become one.
		this.timer = setInterval(() => void (this.watch ? this.check() : this.begin(open)), EVERY_MS);
	}

	private get answers(): boolean {
		return this.hasAttribute("answers");
	}

	private async check(): Promise<void> {
		try {
			const found = await this.watch?.check();
			if (found) this.show(found);
		} catch (error) {
			this.failed(error);
		}
	}

	private async answer(id: string): Promise<void> {
		const left = await this.watch?.answer(id);
		if (left) this.show(left);
	}

	private show({ warnings, checkedAtMs, begun }: KeyMemory): void {
		const account = this.getAttribute("account") ?? "/account/";
		const answer = this.answers ? (id: string) => void this.answer(id) : null;
		this.replaceChildren(...warnings.map((warning) => notice(warning, { account, answer })));
		if (warnings.length > 0 || !begun) return;
		this.say(t("checked.good", { at: formatTime(new Date(checkedAtMs).toISOString()) }));
	}

	/** What was found before stays; that this time nothing could be, only the account's page says. */
	private failed(error: unknown): void {
		if (this.querySelector(".notice")) return;
		this.say(t(error instanceof NoEd25519 ? "checked.unable" : "checked.offline"));
	}

	private say(text: string): void {
		if (this.answers)
			this.replaceChildren(make("p", { class: "muted", text, attributes: { role: "status" } }));
	}
}

customElements.define("medicus-key-watch", MedicusKeyWatch);

declare global {
	interface HTMLElementTagNameMap {
		"medicus-key-watch": MedicusKeyWatch;
	}
}
