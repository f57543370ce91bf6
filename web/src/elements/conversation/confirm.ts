import { button } from "../../dom/button";
import { make } from "../../dom/make";
import { t as common } from "../../i18n/common";

/** Ask before something that cannot be undone. The safe answer comes first and is what Escape means. */
export function confirmed(question: string, explanation: string, action: string): Promise<boolean> {
	const dialog = make("dialog", { class: "dialog", attributes: { "aria-labelledby": "confirm-question" } });
	const answer = (value: string) => () => dialog.close(value);
	dialog.append(
		make(
			"div",
			{ class: "dialog__head" },
			make("h2", { text: question, attributes: { id: "confirm-question" } }),
		),
		make("div", { class: "dialog__body" }, make("p", { text: explanation })),
		make(
			"div",
			{ class: "dialog__foot" },
			button(common("cancel"), answer(""), { look: "quiet" }),
			button(action, answer("yes"), { look: "danger" }),
		),
	);
	document.body.append(dialog);
	dialog.showModal();
	return new Promise((resolve) => {
		dialog.addEventListener("close", () => {
			dialog.remove();
			resolve(dialog.returnValue === "yes");
		});
	});
}
