import { readCode } from "../../crypto/join";
import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setAttribute, setText } from "../../dom/make";
import type { HistoryAtHand, JoinProof } from "../../engine/types";
import { t } from "../../i18n/joining";
import { canScan, Scanner } from "./scanner";

/** Three steps: is it yours, does the code fit, approve, with earlier messages or without. What was scanned takes the place of what is typed. */
export class ApprovalForm {
	readonly element = make("form", { class: "join", attributes: { novalidate: true } });
	private readonly input = make("input", {
		class: "join__input",
		attributes: {
			id: "join-code",
			name: "code",
			autocomplete: "off",
			autocapitalize: "characters",
			spellcheck: "false",
			"aria-describedby": "join-code-hint join-code-error",
		},
	});
	private readonly error = make("p", {
		class: "field__error",
		attributes: { id: "join-code-error", role: "alert" },
	});
	private readonly compare = make("div", { class: "stack stack--s" });

	private readonly along = make("input", {
		attributes: { id: "join-history", type: "checkbox", "aria-describedby": "join-history-hint" },
	});

	/** history: whether it can come along; wanted: whether that is chosen at first. */
	constructor(
		private readonly joinId: string,
		private fingerprint: string | null,
		{ history, wanted }: { history: HistoryAtHand; wanted: boolean },
		private readonly approve: (proof: JoinProof) => void,
	) {
		this.element.addEventListener("submit", (event) => this.submit(event));
		this.along.checked = history === "ready" && wanted;
		const action = button(t("approve.action"), () => this.element.requestSubmit(), { look: "primary" });
		this.element.append(
			make(
				"ol",
				{ class: "join__steps" },
				step(t("approve.who"), make("p", { text: t("approve.who.text") })),
				step(t("approve.code"), this.compare),
				step(
					t("approve.then"),
					make("p", { text: t("approve.then.text") }),
					this.historyPart(history),
					action,
				),
			),
		);
		this.showCompare();
	}

	/** Whether the earlier messages are to come along. */
	get history(): boolean {
		return this.along.checked;
	}

	focus(): void {
		if (!this.fingerprint) this.input.focus();
	}

	private historyPart(history: HistoryAtHand): HTMLElement {
		const hint = { id: "join-history-hint" };
		const text = make("p", { class: "field__hint", text: t(`approve.history.${history}`), attributes: hint });
		if (history !== "ready") return make("div", { class: "stack stack--s" }, text, backupLink(history));
		const label = make(
			"label",
			{ class: "join__along" },
			this.along,
			make("span", { text: t("approve.history") }),
		);
		return make("div", { class: "field" }, label, text);
	}

	private showCompare(): void {
		if (this.fingerprint) {
			this.compare.replaceChildren(
				make("p", { class: "join__scanned" }, kernIcon("success"), t("approve.scanned")),
			);
			return;
		}
		const label = make("label", { text: t("approve.code.label"), attributes: { for: "join-code" } });
		const hint = make("p", {
			class: "field__hint",
			text: t("approve.code.hint"),
			attributes: { id: "join-code-hint" },
		});
		this.compare.replaceChildren(
			make("div", { class: "field" }, label, hint, this.input, this.error),
			...(canScan() ? [this.scanButton()] : []),
		);
	}

	private scanButton(): HTMLElement {
		return button(t("approve.scan"), () => void this.scan(), { icon: "scan" });
	}

	private async scan(): Promise<void> {
		setText(this.error, "");
		const scanner = new Scanner(t("approve.scan.label"));
		this.compare.append(scanner.element);
		try {
			const link = await scanner.read();
			const { pathname, hash } = new URL(link, location.href);
			if (pathname.split("/").includes(this.joinId)) this.fingerprint = hash.slice(1);
			else setText(this.error, t("approve.scan.other"));
		} catch {
			setText(this.error, t("approve.scan.failed"));
		} finally {
			scanner.element.remove();
		}
		if (this.fingerprint) this.showCompare();
	}

	private submit(event: SubmitEvent): void {
		event.preventDefault();
		if (this.fingerprint) this.approve({ fingerprint: this.fingerprint });
		else this.submitTyped();
	}

	private submitTyped(): void {
		const code = readCode(this.input.value);
		setAttribute(this.input, "aria-invalid", code ? false : "true");
		setText(this.error, code ? "" : t("approve.code.invalid"));
		if (code) this.approve({ code });
		else this.input.focus();
	}
}

function backupLink(history: HistoryAtHand): HTMLElement | null {
	if (history !== "off") return null;
	const attributes = { href: "/account/recovery-kit/" };
	return make("a", { text: t("approve.history.off.action"), attributes });
}

function step(title: string, ...more: HTMLElement[]): HTMLElement {
	return make("li", {}, make("h2", { text: title }), ...more);
}
