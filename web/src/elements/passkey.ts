/** `<medicus-passkey use="get|create" options="/api/…" label="…">` in a form, around a hidden input.
 *
 *  Its button asks the server for options, the browser for a passkey, puts the answer into the input and sends the form.
 *  `conditional`: the browser also offers passkeys where the e-mail address is typed, if it can. `hidden` until a script
 *  runs in a browser that knows passkeys, so the form stays whole without. */
import { button } from "../dom/button";
import { make, setText } from "../dom/make";
import { t } from "../i18n/passkey";
import { csrfToken } from "../lib/csrf";
import { Http, Problem } from "../lib/http";
import { answerJson, creationOptions, type OptionsJson, requestOptions } from "../lib/webauthn";

const http = new Http({ csrf: async () => csrfToken() });

export class MedicusPasskey extends HTMLElement {
	private readonly told = make("p", { class: "field__error", attributes: { role: "status" } });
	private asking = new AbortController();

	connectedCallback(): void {
		if (!("PublicKeyCredential" in window) || this.contains(this.told)) return;
		const look = this.creates ? "primary" : "block";
		this.append(
			button(this.getAttribute("label") ?? "", () => void this.ask(), { look, icon: "key" }),
			this.told,
		);
		this.hidden = false;
		this.form?.querySelector("[data-without-passkeys]")?.remove();
		this.form?.addEventListener("submit", (event) => this.onSubmit(event));
		if (this.hasAttribute("conditional")) void this.offer();
	}

	disconnectedCallback(): void {
		this.asking.abort();
	}

	/** Ask for a passkey now, because the person pressed the button. */
	async ask(): Promise<void> {
		if (this.creates && this.form?.reportValidity() === false) return;
		setText(this.told, "");
		try {
			this.send(await this.answer());
		} catch (error) {
			// The page that follows asks for the second factor, and comes back with what was typed.
			if (error instanceof Problem && error.code === "fresh-factor-required") this.form?.submit();
			else setText(this.told, sentence(error));
		}
	}

	/** Let the browser offer passkeys by itself; what goes wrong is nobody's concern, for nobody has asked. */
	private async offer(): Promise<void> {
		try {
			if (await PublicKeyCredential.isConditionalMediationAvailable?.()) {
				this.send(await this.answer("conditional"));
			}
		} catch {
			// Aborted by the button, or timed out: the form and the button are still there.
		}
	}

	private async answer(mediation?: CredentialMediationRequirement): Promise<PublicKeyCredential> {
		// A browser runs one ceremony at a time: the offer makes way for the button.
		this.asking.abort();
		this.asking = new AbortController();
		const { signal } = this.asking;
		const { options } = await http.post<{ options: OptionsJson }>(this.getAttribute("options") ?? "");
		const credential = this.creates
			? await navigator.credentials.create({ publicKey: creationOptions(options), signal })
			: await navigator.credentials.get({
					publicKey: requestOptions(options),
					signal,
					...(mediation && { mediation }),
				});
		if (!(credential instanceof PublicKeyCredential)) throw new DOMException("", "NotAllowedError");
		return credential;
	}

	private send(credential: PublicKeyCredential): void {
		const input = this.querySelector<HTMLInputElement>("input[type=hidden]");
		if (!input || !this.form) return;
		input.value = answerJson(credential);
		this.form.submit();
	}

	/** Enter in a field of a form that only a passkey completes. */
	private onSubmit(event: SubmitEvent): void {
		if (!this.creates) return;
		event.preventDefault();
		void this.ask();
	}

	private get creates(): boolean {
		return this.getAttribute("use") === "create";
	}

	private get form(): HTMLFormElement | null {
		return this.closest("form");
	}
}

function sentence(error: unknown): string {
	if (error instanceof Problem) return t("refused", { detail: error.message });
	if (!(error instanceof DOMException)) return t("failed");
	return error.name === "InvalidStateError" ? t("repeated") : t("ended");
}

customElements.define("medicus-passkey", MedicusPasskey);
