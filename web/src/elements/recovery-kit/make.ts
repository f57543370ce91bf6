/** `<medicus-recovery-kit person="a@b" since="…">`: makes a recovery kit of the person's identity key, shows its code once,
 *  lets it be printed and tested, and withdraws it. Property `open`: how to get at the key. Event `kit-changed`. */
import { button } from "../../dom/button";
import { make } from "../../dom/make";
import type { Recovery } from "../../engine/recovery";
import { formatDay } from "../../i18n/format";
import { t } from "../../i18n/recovery-kit";
import { CodeForm } from "./code-form";
import { notice, sentenceOf } from "./words";

type Kit = Pick<Recovery, "canMake" | "make" | "test" | "withdraw">;

export class MedicusRecoveryKit extends HTMLElement {
	private kit: Kit | null = null;
	private since = this.getAttribute("since");

	set open(open: () => Promise<Kit | null>) {
		this.replaceChildren(make("p", { text: t("starting"), attributes: { role: "status" } }));
		void this.doing(async () => {
			this.kit = await open();
			const canMake = (await this.kit?.canMake()) ?? false;
			this.offer(canMake);
		});
	}

	private offer(canMake: boolean, told: HTMLElement | null = null): void {
		const { since } = this;
		const state = make("p", { text: since ? t("since", { date: formatDay(since) }) : t("none") });
		const create = button(t(since ? "make.again" : "make"), () => void this.make(), { look: "primary" });
		const withdraw = button(t("withdraw"), () => void this.withdraw(canMake), { look: "danger" });
		const actions = make("div", { class: "form__actions" }, canMake ? create : null, since ? withdraw : null);
		this.replaceChildren(
			...(told ? [told] : []),
			state,
			...(canMake ? [] : [notice("info", t("impossible"))]),
			actions,
		);
	}

	private make(): Promise<void> {
		return this.doing(async () => {
			const groups = await this.kit?.make();
			if (!groups) return;
			this.since = new Date().toISOString();
			this.replaceChildren(this.paper(groups), this.test());
			this.dispatchEvent(new Event("kit-changed"));
			this.querySelector("h2")?.focus();
		});
	}

	private withdraw(canMake: boolean): Promise<void> {
		return this.doing(async () => {
			await this.kit?.withdraw();
			this.since = null;
			this.offer(canMake, notice("good", t("withdrawn")));
		});
	}

	private paper(groups: readonly string[]): HTMLElement {
		const person = this.getAttribute("person") ?? "";
		const items = groups.map((group) => make("li", {}, make("code", { class: "code", text: group })));
		const print = button(t("print"), () => window.print(), { look: "primary" });
		return make(
			"div",
			{ class: "stack" },
			make("h2", { text: t("made.title"), attributes: { tabindex: "-1" } }),
			make("p", { text: t("made.text") }),
			make("ol", { class: "recovery-codes recovery-codes--groups" }, ...items),
			make("p", {
				class: "small",
				text: t("made.of", { person, date: formatDay(new Date().toISOString()) }),
			}),
			make("p", { class: "small", text: t("made.use") }),
			make("div", { class: "form__actions not-printed" }, print),
		);
	}

	private test(): HTMLElement {
		const place = make("div", { class: "stack not-printed" });
		const form = new CodeForm(t("test"), async (secret) => {
			await this.kit?.test(secret);
			place.replaceChildren(notice("good", t("test.good")));
		});
		place.append(make("h2", { text: t("test.title") }), make("p", { text: t("test.text") }), form.element);
		return place;
	}

	/** A refusal stands above what is there. */
	private async doing(act: () => Promise<void>): Promise<void> {
		this.querySelector(":scope > .notice--bad")?.remove();
		try {
			await act();
		} catch (error) {
			this.prepend(notice("bad", sentenceOf(error)));
		}
	}
}

customElements.define("medicus-recovery-kit", MedicusRecoveryKit);

declare global {
	interface HTMLElementTagNameMap {
		"medicus-recovery-kit": MedicusRecoveryKit;
	}
}
