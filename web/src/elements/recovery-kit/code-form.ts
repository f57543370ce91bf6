import { readKitCode } from "../../crypto/recovery-kit";
import { button } from "../../dom/button";
import { make, setAttribute, setText } from "../../dom/make";
import { t } from "../../i18n/recovery-kit";
import { sentenceOf } from "./words";

/** The field for the code on the paper. Says in which group a character is wrong before anything is tried. */
export class CodeForm {
	readonly element = make("form", { class: "form", attributes: { novalidate: true } });
	private readonly input = make("textarea", {
		class: "mono",
		attributes: {
			id: "kit-code",
			rows: "3",
			autocomplete: "off",
			autocapitalize: "characters",
			spellcheck: "false",
			"aria-describedby": "kit-code-hint kit-code-error",
		},
	});
	private readonly error = make("p", {
		class: "field__error",
		attributes: { id: "kit-code-error", role: "alert" },
	});
	private readonly submit: HTMLButtonElement;

	/** `act`: what is done with a code that is whole; rejects with what is told. */
	constructor(
		action: string,
		private readonly act: (secret: Uint8Array) => Promise<void>,
	) {
		const label = make("label", { text: t("code.label"), attributes: { for: "kit-code" } });
		const hint = make("p", {
			class: "field__hint",
			text: t("code.hint"),
			attributes: { id: "kit-code-hint" },
		});
		this.submit = button(action, () => this.element.requestSubmit(), { look: "primary" });
		this.element.append(
			make("div", { class: "field" }, label, hint, this.input, this.error),
			make("div", { class: "form__actions" }, this.submit),
		);
		this.element.addEventListener("submit", (event) => {
			event.preventDefault();
			void this.send();
		});
	}

	private async send(): Promise<void> {
		const secret = readKitCode(this.input.value);
		if (!(secret instanceof Uint8Array)) return this.fail(t("code.group", { group: secret.wrongGroup }));
		this.fail("");
		this.submit.disabled = true;
		try {
			await this.act(secret);
		} catch (error) {
			this.fail(sentenceOf(error));
		} finally {
			this.submit.disabled = false;
		}
	}

	private fail(text: string): void {
		setText(this.error, text);
		setAttribute(this.input, "aria-invalid", text ? "true" : null);
		if (text) this.input.focus();
	}
}
