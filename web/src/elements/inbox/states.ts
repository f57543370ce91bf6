/** What stands in place of the list while the messenger is not ready, and what to do about it. */
import { make } from "../../dom/make";
import type { EngineState } from "../../engine/types";
import { t } from "../../i18n/inbox";

const STEPS = ["identity-key", "device", "key-packages"] as const;

export interface Doings {
	takeOver(): void;
	reload(): void;
}

/** The picture of a state; null when the list itself can be shown. */
export function pictureOf(state: EngineState, doings: Doings): HTMLElement | null {
	switch (state.state) {
		case "starting":
			return skeleton();
		case "setting-up":
			return settingUp(state.step);
		case "locked-elsewhere":
			return empty("lockedElsewhere", t("lockedElsewhereWhy"), button(t("takeOver"), doings.takeOver));
		case "needs-approval":
			return empty("needsApproval", t("needsApprovalWhy"), link("/conversations/", t("addBrowser")));
		case "restoring":
			return empty("restoring", t("restoringWhy"));
		case "joining":
			return empty("joining", t("joiningWhy"), link("/conversations/", t("showCode")));
		case "awaiting-administrator":
			return empty("administrator", t("administratorWhy"), link("/conversations/", t("showCode")));
		case "not-approved":
			return empty("notApproved", t("notApprovedWhy"), link("/conversations/", t("showReason")));
		case "signed-out":
			return empty("signedOut", "", button(t("signIn"), doings.reload));
		case "access-ended":
			return empty("accessEnded", state.detail);
		case "failed":
			return empty("failed", t("failedWhy", { reason: state.reason }), button(t("reload"), doings.reload));
		case "ready":
			return null;
	}
}

export function nothingYet(directory: string): HTMLElement {
	return empty("none", t("noneWhy"), link(directory, t("find")));
}

function skeleton(): HTMLElement {
	const bars = Array.from({ length: 4 }, () => make("span", { attributes: { "aria-hidden": "true" } }));
	const told = make("p", { class: "visually-hidden", text: t("starting"), attributes: { role: "status" } });
	return make("div", { class: "skeleton" }, told, ...bars);
}

function settingUp(step: (typeof STEPS)[number]): HTMLElement {
	const now = STEPS.indexOf(step);
	const items = STEPS.map((name, index) => stepItem(t(`step.${name}`), index - now));
	return make(
		"div",
		{ class: "panel__body", attributes: { role: "status" } },
		make("p", { class: "strong", text: t("settingUp") }),
		make("ol", { class: "steps" }, ...items),
		make("p", { class: "small muted", text: t("settingUpWhy") }),
	);
}

/** ahead: below 0 is done, 0 is now, above 0 is still to come. */
function stepItem(text: string, ahead: number): HTMLElement {
	const attributes = ahead === 0 ? { "aria-current": "step" } : {};
	return make("li", { class: ahead < 0 ? "is-done" : "", text, attributes });
}

function empty(
	title:
		| "lockedElsewhere"
		| "needsApproval"
		| "joining"
		| "restoring"
		| "administrator"
		| "notApproved"
		| "signedOut"
		| "accessEnded"
		| "failed"
		| "none",
	why: string,
	act: HTMLElement | null = null,
): HTMLElement {
	return make(
		"div",
		{ class: "empty", attributes: { role: "status" } },
		make("p", { class: "empty__title", text: t(title) }),
		why ? make("p", { text: why }) : null,
		act,
	);
}

function link(href: string, text: string): HTMLAnchorElement {
	return make("a", { class: "button", text, attributes: { href } });
}

function button(text: string, onClick: () => void): HTMLButtonElement {
	return make("button", { class: "button", text, attributes: { type: "button" }, on: { click: onClick } });
}
