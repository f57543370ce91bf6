import { make } from "../dom/make";
import { t } from "../i18n/viewer";
import type { ViewerFailure } from "./failure";
import { icon } from "./icon";

/** The line every image stands under. */
export function notDiagnostic(): HTMLElement {
	return make(
		"p",
		{ class: "viewer__caution", attributes: { title: t("viewer.not-diagnostic.why") } },
		icon("warning"),
		make("strong", { text: t("viewer.not-diagnostic") }),
		make("span", { class: "viewer__why", text: t("viewer.not-diagnostic.why") }),
	);
}

/** Why there is no picture, and what to do. */
export function failureNotice(failure: ViewerFailure, again: (() => void) | null): HTMLElement {
	const notice = make(
		"div",
		{ class: "viewer__failure", attributes: { role: "alert", "data-failure": failure.kind } },
		icon(failure.kind === "ended" ? "lock" : "warning"),
		make("p", { class: "viewer__failure-title", text: t(`viewer.failed.${failure.kind}`) }),
		make("p", { text: t(`viewer.failed.${failure.kind}.do`) }),
	);
	if (failure.detail) {
		const text = t("viewer.failed.detail", { detail: failure.detail });
		notice.append(make("p", { class: "viewer__detail", text }));
	}
	if (again) {
		const attributes = { type: "button" };
		const on = { click: again };
		notice.append(make("button", { class: "viewer__button", text: t("viewer.again"), attributes, on }));
	}
	return notice;
}
