/** `<medicus-recovery-use done="/">`: brings the identity key and the history back into this browser, by the code on the
 *  paper. Property `open`: how to get at the kit. */
import { button } from "../../dom/button";
import { make } from "../../dom/make";
import { isWhole } from "../../engine/backup-restore";
import type { Recovery } from "../../engine/recovery";
import { t as words } from "../../i18n/backup";
import { t } from "../../i18n/recovery-kit";
import { CodeForm } from "./code-form";
import { ProgressLine } from "./progress";
import { restoredNotices, restoreFailure } from "./restored";
import { notice } from "./words";

type Kit = Pick<Recovery, "restore" | "restoreHistory">;

export class MedicusRecoveryUse extends HTMLElement {
	private kit: Kit | null = null;

	set open(open: () => Promise<Kit | null>) {
		const form = new CodeForm(t("use"), async (secret) => {
			this.kit ??= await open();
			await this.kit?.restore(secret);
			void this.history();
		});
		this.replaceChildren(form.element);
	}

	/** The key is here now; the messages follow. Broken off, they may be asked for again. */
	private async history(): Promise<void> {
		const line = new ProgressLine(
			(done, total) => words("restore.progress", { done, total }),
			words("starting"),
		);
		this.replaceChildren(notice("good", t("use.done")), line.element);
		try {
			const restored = await this.kit?.restoreHistory(line.show);
			const gap = restored && !isWhole(restored) ? [notice("warn", words("trouble.incomplete"))] : [];
			this.done([...restoredNotices(restored ?? null), ...gap]);
		} catch (error) {
			const { told, again } = restoreFailure(error);
			this.done([told], again);
		}
	}

	private done(told: HTMLElement[], again = false): void {
		const next = make("a", {
			class: again ? "button" : "button button--primary",
			text: t("use.done.action"),
			attributes: { href: this.getAttribute("done") ?? "/" },
		});
		const retry = button(words("restore.again"), () => void this.history(), { look: "primary" });
		this.replaceChildren(
			notice("good", t("use.done")),
			...told,
			make("p", { text: t("use.done.text") }),
			make("div", { class: "form__actions" }, again ? retry : null, next),
		);
		(again ? retry : next).focus();
	}
}

customElements.define("medicus-recovery-use", MedicusRecoveryUse);

declare global {
	interface HTMLElementTagNameMap {
		"medicus-recovery-use": MedicusRecoveryUse;
	}
}
