import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make } from "../../dom/make";
import type { EngineState, Messenger } from "../../engine/types";
import { t } from "../../i18n/administrator";
import { formatInstant } from "../../i18n/format";

type Waiting = Extract<EngineState, { state: "awaiting-administrator" }>;
type Ended = Extract<EngineState, { state: "not-approved" }>;

const ENDS = ["refused", "expired", "withdrawn"] as const;

/** While an administrator has to approve this browser's keys: whom to call, and what to read to them. */
export function awaitPane({ code, expiresAt }: Waiting): HTMLElement {
	return make(
		"div",
		{ class: "engine-pane__card join" },
		kernIcon("device"),
		make("h2", { text: t("wait.title") }),
		make("p", { text: t("wait.text") }),
		make("code", { class: "join__code", text: code }),
		make(
			"div",
			{ class: "join__left", attributes: { role: "status" } },
			make("span", { class: "spinner" }),
			make("span", { text: t("wait.left") }),
		),
		make("p", { class: "small muted", text: t("wait.close", { at: formatInstant(expiresAt) }) }),
	);
}

/** An administrator has refused these keys, or nobody has looked at them in time: why, and how to ask again. */
export function notApprovedPane(
	messenger: Pick<Messenger, "askAdministratorAgain">,
	{ ended, reason }: Ended,
): HTMLElement {
	const known = ENDS.find((one) => one === ended);
	const again = button(
		t("again"),
		() => {
			again.disabled = true;
			messenger.askAdministratorAgain();
		},
		{ look: "primary" },
	);
	return make(
		"div",
		{ class: "engine-pane__card", attributes: { role: "status" } },
		kernIcon("device"),
		make("h2", { text: known ? t(`ended.${known}.title`) : t("ended.other.title") }),
		reason ? make("blockquote", { class: "join__reason", text: reason }) : null,
		known ? make("p", { text: t(`ended.${known}.text`) }) : null,
		again,
	);
}
