import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setText } from "../../dom/make";
import { qrCode } from "../../dom/qr";
import type { EngineState, JoinEnd, Messenger } from "../../engine/types";
import { t } from "../../i18n/joining";

type Asker = Pick<Messenger, "askToJoin" | "withdrawJoin">;
type Waiting = Extract<EngineState, { state: "joining" }>;

const ENDS = [
	"refused",
	"expired",
	"withdrawn",
	"mismatch",
	"revoked",
	"too-many-devices",
	"too-many-attempts",
	"offline",
] as const;
const TICK_MS = 10_000;

/** In a browser that is not a device yet: what that means, and the button that asks.
 *
 *  ended: what became of the last request. */
export function askPane(messenger: Asker, ended: JoinEnd | null): HTMLElement {
	const ask = button(
		t(ended ? "ask.again" : "ask.action"),
		() => {
			ask.disabled = true;
			messenger.askToJoin();
		},
		{ look: "primary" },
	);
	return make(
		"div",
		{ class: "engine-pane__card", attributes: { role: "status" } },
		kernIcon("device"),
		make("h2", { text: t("ask.title") }),
		ended ? notice(ended) : null,
		...t("ask.text")
			.split("\n")
			.map((text) => make("p", { text })),
		ask,
		make("a", { text: t("ask.kit"), attributes: { href: "/account/recovery-kit/use/" } }),
	);
}

function notice(ended: JoinEnd): HTMLElement {
	const known = ENDS.find((one) => one === ended);
	const bad = ["refused", "mismatch", "revoked"].includes(ended);
	return make(
		"div",
		{ class: `notice notice--${bad ? "bad" : "warn"}` },
		kernIcon(bad ? "danger" : "warning"),
		make("span", { text: known ? t(`ended.${known}`) : t("ended.other", { reason: ended }) }),
	);
}

/** While it waits: where to go, what to enter there, and how long it holds. */
export function waitPane(messenger: Asker, { link, code, expiresAt }: Waiting): HTMLElement {
	const where = make("div", { class: "qr" }, qrCode(link, t("wait.qr")));
	const left = make("span", { attributes: { role: "status" } });
	countDown(left, Date.parse(expiresAt));
	return make(
		"div",
		{ class: "engine-pane__card join" },
		kernIcon("device"),
		make("h2", { text: t("wait.title") }),
		make(
			"ol",
			{ class: "join__steps" },
			step(t("wait.open"), t("wait.open.text"), where),
			step(t("wait.code"), t("wait.code.text"), make("code", { class: "join__code", text: code })),
			step(t("wait.here"), "", make("p", { class: "join__left" }, make("span", { class: "spinner" }), left)),
		),
		button(t("wait.cancel"), () => messenger.withdrawJoin(), { look: "quiet" }),
	);
}

function step(title: string, text: string, more: HTMLElement): HTMLElement {
	return make("li", {}, make("h3", { text: title }), text ? make("p", { class: "small", text }) : null, more);
}

/** Minutes are enough; the pane goes when the engine says that the time is over. */
function countDown(left: HTMLElement, endsAtMs: number): void {
	const show = () =>
		setText(left, t.count("wait.left", Math.max(1, Math.ceil((endsAtMs - Date.now()) / 60_000))));
	show();
	const timer = setInterval(() => (left.isConnected ? show() : clearInterval(timer)), TICK_MS);
}
