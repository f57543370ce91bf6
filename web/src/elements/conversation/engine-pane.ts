import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setHidden } from "../../dom/make";
import type { EngineState, Messenger } from "../../engine/types";
import { t as backup } from "../../i18n/backup";
import { t } from "../../i18n/conversation";
import { t as offline } from "../../i18n/offline";
import { t as own } from "../../i18n/own-messages";
import { ProgressLine } from "../recovery-kit/progress";
import { awaitPane, notApprovedPane } from "./administrator-pane";
import { askPane, waitPane } from "./join-pane";

const STEPS = ["identity-key", "device", "key-packages"] as const;

type Doer = Pick<Messenger, "takeOver" | "askToJoin" | "withdrawJoin" | "askAdministratorAgain">;

/** Fills the workspace while there is nothing to work with: being set up, open elsewhere, locked out, signed out. */
export class EnginePane {
	readonly element = make("div", { class: "engine-pane", attributes: { hidden: true } });
	private shown = "";
	private progress: ProgressLine | null = null;

	constructor(
		private readonly messenger: Doer,
		private readonly forPatient: boolean,
	) {}

	/** Returns whether the pane stands instead of the workspace. `queued`: own messages that wait. */
	update(engine: EngineState, queued: number): boolean {
		const covers = engine.state !== "ready" && engine.state !== "starting";
		// The bar moves in its place.
		const stands = engine.state === "restoring" ? engine.state : engine;
		const key = covers ? JSON.stringify([stands, queued]) : "";
		if (key !== this.shown) this.element.replaceChildren(...(covers ? [this.pane(engine, queued)] : []));
		this.shown = key;
		if (engine.state === "restoring") this.progress?.show(engine.done, engine.total);
		setHidden(this.element, !covers);
		return covers;
	}

	private pane(engine: EngineState, queued: number): HTMLElement {
		if (engine.state === "setting-up") return settingUp(engine.step);
		if (engine.state === "locked-elsewhere") {
			const takeOver = () => this.messenger.takeOver();
			const here = button(t("engine.locked.action"), takeOver, { look: "primary" });
			return paneOf("open-in-new", t("engine.locked.title"), t("engine.locked.text"), here);
		}
		if (engine.state === "needs-approval") return askPane(this.messenger, engine.ended);
		if (engine.state === "restoring") return this.restoring();
		if (engine.state === "joining") return waitPane(this.messenger, engine);
		if (engine.state === "awaiting-administrator") return awaitPane(engine);
		if (engine.state === "not-approved") return notApprovedPane(this.messenger, engine);
		if (engine.state === "signed-out") {
			const text = queued ? offline.count("signed-out", queued) : t("engine.signed-out.text");
			return paneOf("lock", t("engine.signed-out.title"), text, signInLink());
		}
		if (engine.state === "access-ended") {
			const text = engine.detail || (this.forPatient ? own("engine.access-ended.text") : "");
			return paneOf("lock", t("engine.access-ended.title"), text, signInLink());
		}
		return failed(engine.state === "failed" ? engine.reason : engine.state);
	}

	private restoring(): HTMLElement {
		const words = (done: number, total: number) => backup("restore.progress", { done, total });
		this.progress = new ProgressLine(words, backup("starting"));
		return make(
			"div",
			{ class: "engine-pane__card" },
			kernIcon("device"),
			make("h2", { text: backup("arrival.restoring") }),
			make("p", { text: backup("arrival.restoring.text") }),
			this.progress.element,
		);
	}
}

function failed(reason: string): HTMLElement {
	if (reason === "device-revoked") return paneOf("lock", t("engine.revoked.title"), t("engine.revoked.text"));
	if (reason === "root-changed") return paneOf("danger", t("engine.root.title"), t("engine.root.text"));
	const again = button(t("engine.failed.action"), () => location.reload(), { look: "primary" });
	if (reason === "offline") {
		return paneOf("offline", t("engine.unreachable.title"), t("engine.unreachable.text"), again);
	}
	return paneOf("danger", t("engine.failed.title"), t("engine.failed.text", { reason }), again);
}

/** text: its first paragraph says what is, each further one what to do. */
function paneOf(icon: string, title: string, text: string, ...rest: HTMLElement[]): HTMLElement {
	return make(
		"div",
		{ class: "engine-pane__card", attributes: { role: "status" } },
		kernIcon(icon),
		make("h2", { text: title }),
		...text.split("\n").map((paragraph) => make("p", { text: paragraph })),
		...rest,
	);
}

function settingUp(current: (typeof STEPS)[number]): HTMLElement {
	const reached = STEPS.indexOf(current);
	const steps = STEPS.map((step, index) => stepOf(step, index - reached));
	const list = make("ol", { class: "setup" }, ...steps);
	return paneOf("key", t("engine.setting-up.title"), t("engine.setting-up.text"), list);
}

/** distance: negative for steps that are done, 0 for the present one. */
function stepOf(step: (typeof STEPS)[number], distance: number): HTMLElement {
	const done = distance < 0;
	const sign = done
		? kernIcon("success")
		: make("span", { class: distance === 0 ? "spinner" : "setup__waiting" });
	const text = make("span", { text: t(`engine.step.${step}`) });
	const hint = done ? make("span", { class: "visually-hidden", text: ` (${t("engine.step.done")})` }) : null;
	const attributes: Record<string, string> = distance === 0 ? { "aria-current": "step" } : {};
	return make("li", { attributes }, sign, text, hint);
}

function signInLink(): HTMLElement {
	const next = new URLSearchParams({ next: location.pathname });
	const attributes = { href: `/sign-in/?${next}` };
	return make("a", { class: "button button--primary", text: t("engine.signed-out.action"), attributes });
}
