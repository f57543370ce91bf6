/** `<medicus-device-approval join="…" expires="…" account="/account/">`: in the first browser, another one asks to become a
 *  device. Give it the `messenger`; the page around it says which browser asks, and lets the person refuse.
 *
 *  The QR code's link carries the fingerprint of the new browser's keys behind `#`, which no server ever sees. */
import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setText } from "../../dom/make";
import type {
	Approved,
	EngineState,
	JoinProof,
	Messenger,
	MessengerEvent,
	MessengerFailure,
} from "../../engine/types";
import { t } from "../../i18n/joining";
import { ApprovalForm } from "./form";

const SCANNED = "medicus-scanned-join";
const WITHOUT_HISTORY = "medicus-join-without-history";
const FAILURES = ["join-over", "too-many-devices", "offline"] as const;

export class MedicusDeviceApproval extends HTMLElement {
	private given: Messenger | null = null;
	private stop: () => void = () => undefined;
	private form: ApprovalForm | null = null;
	private shown = "";
	private readonly told = make("span");
	private readonly status = make(
		"p",
		{ class: "join__left", attributes: { role: "status" } },
		make("span", { class: "spinner" }),
		this.told,
	);

	set messenger(messenger: Messenger) {
		this.stop();
		this.given = messenger;
		this.stop = messenger.listen((event) => this.onEvent(event));
	}

	disconnectedCallback(): void {
		this.stop();
	}

	private onEvent(event: MessengerEvent): void {
		if (event.type !== "state" || event.state.state === this.shown || this.shown === "over") return;
		this.shown = event.state.state;
		void this.show(event.state);
	}

	private async show(state: EngineState): Promise<void> {
		switch (state.state) {
			case "starting":
			case "setting-up":
			case "restoring":
				return this.say(t("approve.starting"));
			case "locked-elsewhere":
				return this.replaceChildren(notice("info", t("approve.elsewhere"), this.takeOverButton()));
			case "needs-approval":
			case "joining":
			case "awaiting-administrator":
			case "not-approved":
				return this.replaceChildren(notice("warn", t("approve.not-a-device")));
			case "ready":
				return this.ready();
			default:
				return this.replaceChildren(notice("bad", t("approve.unable")));
		}
	}

	private async ready(): Promise<void> {
		if (!(await this.given?.mayApprove())) return this.replaceChildren(notice("warn", t("approve.no-key")));
		const history = await this.given?.historyAtHand().catch(() => null);
		if (!history) return this.replaceChildren(notice("bad", t("approve.unable")));
		this.form ??= new ApprovalForm(
			this.getAttribute("join") ?? "",
			fingerprintFromAddress(),
			{ history, wanted: wantsHistory() },
			(proof) => void this.approve(proof),
		);
		this.replaceChildren(this.form.element);
	}

	private takeOverButton(): HTMLElement {
		return button(t("approve.elsewhere.action"), () => this.given?.takeOver(), { look: "primary" });
	}

	private async approve(proof: JoinProof): Promise<void> {
		let handedOver = 0;
		this.shown = "over";
		this.say(t("approve.checking"));
		this.refusing(false);
		try {
			const wishes = { history: this.form?.history ?? false };
			const progress = (done: number, total: number) => {
				handedOver = total;
				if (total > 0) this.say(t("approve.progress", { done: Math.min(done + 1, total), total }));
			};
			const join = this.getAttribute("join") ?? "";
			const approved = await this.given?.approve(join, proof, wishes, progress);
			this.done(handedOver, approved ?? { history: false });
		} catch (reason) {
			this.failed(reason as MessengerFailure, proof);
		}
	}

	private done(count: number, { history }: Approved): void {
		const back = make("a", {
			class: "button button--primary",
			text: t("approve.done.action"),
			attributes: { href: this.getAttribute("account") ?? "/" },
		});
		this.replaceChildren(
			notice(
				"good",
				t("approve.done"),
				make("p", { text: t.count("approve.done.text", count) }),
				make("p", { text: t(history ? "approve.done.history" : "approve.done.without") }),
			),
			make("div", { class: "form__actions" }, back),
		);
		document.querySelector("form[data-refuse]")?.remove();
	}

	/** A mistyped code can be typed again; everything else has ended the request. */
	private failed({ code, detail }: MessengerFailure, proof: JoinProof): void {
		this.refusing(true);
		if (code === "fresh-factor-required") {
			this.askForFactor(proof);
			return;
		}
		const mistyped = code === "join-mismatch" && "code" in proof;
		const text = mistyped ? t("failed.join-mismatch.code") : sentenceOf(code, detail);
		const again = mistyped || code === "offline";
		this.replaceChildren(notice("bad", text), ...(again && this.form ? [this.form.element] : []));
		if (again) this.form?.focus();
		if (again) this.shown = "ready";
	}

	/** The confirming page leads back here; what was scanned waits in this tab meanwhile. */
	private askForFactor(proof: JoinProof): void {
		if ("fingerprint" in proof) sessionStorage.setItem(SCANNED, proof.fingerprint);
		if (!this.form?.history) sessionStorage.setItem(WITHOUT_HISTORY, "yes");
		const confirm = make("a", {
			class: "button button--primary",
			text: t("approve.confirm.action"),
			attributes: { href: `/account/confirm/?next=${encodeURIComponent(location.pathname)}` },
		});
		this.replaceChildren(
			notice("info", t("approve.confirm")),
			make("div", { class: "form__actions" }, confirm),
		);
		confirm.focus();
	}

	/** While keys are exchanged there is no way back. */
	private refusing(possible: boolean): void {
		const form = document.querySelector<HTMLElement>("form[data-refuse]");
		if (form) form.hidden = !possible;
	}

	private say(text: string): void {
		setText(this.told, text);
		if (!this.status.isConnected) this.replaceChildren(this.status);
	}
}

function sentenceOf(code: string, detail: string): string {
	if (code === "join-mismatch") return t("failed.join-mismatch.fingerprint");
	const known = FAILURES.find((one) => one === code);
	return known ? t(`failed.${known}`) : t("failed.other", { detail: detail || code });
}

function notice(kind: "info" | "good" | "warn" | "bad", text: string, ...more: HTMLElement[]): HTMLElement {
	const icon = { info: "info", good: "success", warn: "warning", bad: "danger" }[kind];
	const says = make("div", { class: "stack stack--s" }, make("p", { text }), ...more);
	return make(
		"div",
		{ class: `notice notice--${kind}`, attributes: { role: "status" } },
		kernIcon(icon),
		says,
	);
}

/** What was chosen before the second factor was asked for. */
function wantsHistory(): boolean {
	const without = sessionStorage.getItem(WITHOUT_HISTORY) !== null;
	sessionStorage.removeItem(WITHOUT_HISTORY);
	return !without;
}

/** Read once, then taken out of the address: it has done its work. */
function fingerprintFromAddress(): string | null {
	const fingerprint = location.hash.slice(1) || sessionStorage.getItem(SCANNED) || "";
	sessionStorage.removeItem(SCANNED);
	if (!/^[\w-]{43}$/.test(fingerprint)) return null;
	history.replaceState(history.state, "", location.pathname);
	return fingerprint;
}

customElements.define("medicus-device-approval", MedicusDeviceApproval);

declare global {
	interface HTMLElementTagNameMap {
		"medicus-device-approval": MedicusDeviceApproval;
	}
}
