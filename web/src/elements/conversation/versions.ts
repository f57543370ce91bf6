import { button } from "../../dom/button";
import { make } from "../../dom/make";
import type { Message } from "../../engine/types";
import { t as common } from "../../i18n/common";
import { formatInstant } from "../../i18n/format";
import { t } from "../../i18n/talk";

/** Show what stood in a message before it was changed, newest first. */
export function showVersions(message: Message): void {
	const { earlier = [], editedAt = null } = message.notes ?? {};
	const now = { text: message.text, at: editedAt ?? message.sentAt };
	const entries = [now, ...[...earlier].reverse()].map(({ text, at }, index) =>
		make(
			"li",
			{ class: "versions__one" },
			make(
				"p",
				{ class: "small muted" },
				index === 0 ? `${t("versions.now")} · ` : null,
				make("time", { text: formatInstant(at), attributes: { datetime: at } }),
			),
			make("p", { class: "message__text", text }),
		),
	);
	const close = button(common("close"), () => dialog.close(), { look: "primary" });
	const dialog = make(
		"dialog",
		{ class: "dialog", attributes: { "aria-labelledby": "versions-heading" } },
		make(
			"div",
			{ class: "dialog__head" },
			make("h2", { text: t("versions"), attributes: { id: "versions-heading" } }),
		),
		make("div", { class: "dialog__body" }, make("ol", { class: "versions" }, ...entries)),
		make("div", { class: "dialog__foot" }, close),
	);
	dialog.addEventListener("close", () => dialog.remove());
	document.body.append(dialog);
	dialog.showModal();
}
