import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make } from "../../dom/make";
import type { KeyWarning } from "../../engine/key-memory";
import { formatInstant } from "../../i18n/format";
import { t } from "../../i18n/key-watch";

/** What the person can do about a warning. `account`: where the account's page is. */
export interface NoticeActions {
	account: string;
	/** On the account's page itself, where warnings are answered. */
	answer: ((id: string) => void) | null;
}

/** A warning in words, and what to do. */
export function notice(warning: KeyWarning, { account, answer }: NoticeActions): HTMLElement {
	const actions = answer ? answers(warning, account, answer) : [link(t("action.account"), account, "small")];
	return make(
		"div",
		{ class: "notice notice--bad", attributes: { role: "alert" } },
		kernIcon("danger"),
		make("p", { class: "notice__title", text: t(`${warning.doubt}.title`) }),
		make("p", { text: textOf(warning) }),
		make("div", { class: "form__actions" }, ...actions),
	);
}

function textOf(warning: KeyWarning): string {
	const { doubt, device, resetAt } = warning;
	const at = warning.at && formatInstant(warning.at);
	const name = device?.name ?? t("unknown-device.nameless");
	if (doubt === "unknown-device") {
		return t(device?.revoked ? "unknown-device.revoked" : "unknown-device.text", { at, name });
	}
	if (doubt === "unknown-key" && resetAt)
		return t("unknown-key.reset", { at, reset: formatInstant(resetAt) });
	if (doubt === "missing" && device) return t("missing.device", { name });
	return t(`${doubt}.text`, { at });
}

function answers(
	{ id, doubt, device }: KeyWarning,
	account: string,
	answer: (id: string) => void,
): HTMLElement[] {
	const own = doubt === "unknown-device" || doubt === "unknown-key";
	const text = device?.revoked ? "action.done" : own ? "action.mine" : "action.told";
	const told = button(t(text), () => answer(id), { look: "small" });
	if (!device || device.revoked) return [told];
	return [link(t("action.revoke"), `${account}devices/${device.id}/revoke/`, "small danger"), told];
}

function link(text: string, href: string, look: string): HTMLElement {
	const modifiers = look.split(" ").map((name) => `button--${name}`);
	return make("a", { class: ["button", ...modifiers].join(" "), text, attributes: { href } });
}
