import { button } from "../../dom/button";
import { make } from "../../dom/make";
import type { Conversation, DeclineReason } from "../../engine/types";
import { t as common } from "../../i18n/common";
import { t } from "../../i18n/contact";
import type { Context } from "./context";
import { FormDialog } from "./form-dialog";

const REASONS: DeclineReason[] = ["not-responsible", "no-capacity", "other-way", "none-given"];

interface Choice {
	value: string;
	text: string;
	hint: string;
}

/** Ask for the reason, and decline. `done`: when the dialog has closed. */
export function askDecline(
	context: Context,
	conversation: Conversation,
	name: string,
	done: () => void,
): void {
	const choices = REASONS.map((value) => ({ value, text: t(`decline.${value}`), hint: "" }));
	const field = choiceField(t("decline.legend"), choices);
	const texts = { heading: t("decline.heading"), action: t("decline.action"), busy: t("decline.busy") };
	const complaint = () => (field.value() ? "" : t("decline.missing"));
	const decline = () => {
		const reason = field.value() as DeclineReason;
		return context.messenger.answerContact(conversation.id, { answer: "decline", reason });
	};
	const about = make("p", { text: t("decline.text", { name }) });
	new FormDialog(texts, [about, field.element], complaint, decline, done).show();
}

/** Ask for one of the roles, and forward; say so when there is none. Raises: MessengerFailure. */
export async function askForward(
	context: Context,
	conversation: Conversation,
	name: string,
	done: () => void,
): Promise<void> {
	const roles = await context.messenger.contactRoles(conversation.id);
	if (roles.length === 0) {
		say(t("forward.heading"), t("forward.none"));
		return;
	}
	const choices = roles.map(({ id, name: text, description }) => ({ value: id, text, hint: description }));
	const field = choiceField(t("forward.legend"), choices);
	const texts = { heading: t("forward.heading"), action: t("forward.action"), busy: t("forward.busy") };
	const complaint = () => (field.value() ? "" : t("forward.missing"));
	const forward = () =>
		context.messenger.answerContact(conversation.id, { answer: "forward", roleId: field.value() });
	const about = make("p", { text: t("forward.text", { name }) });
	new FormDialog(texts, [about, field.element], complaint, forward, done).show();
}

function choiceField(legend: string, choices: Choice[]): { element: HTMLElement; value: () => string } {
	const radios = choices.map(({ value }) =>
		make("input", { attributes: { type: "radio", name: "contact-choice", value } }),
	);
	const labels = choices.map(({ text, hint }, at) => {
		const words = make("span", { text });
		if (hint) words.append(make("span", { class: "field__hint contact__hint", text: hint }));
		return make("label", { class: "choice" }, radios[at] ?? null, words);
	});
	return {
		element: make("fieldset", { class: "field" }, make("legend", { text: legend }), ...labels),
		value: () => radios.find(({ checked }) => checked)?.value ?? "",
	};
}

/** A dialog with nothing to choose. */
function say(heading: string, text: string): void {
	const attributes = { "aria-labelledby": "contact-heading" };
	const dialog = make("dialog", { class: "dialog", attributes });
	const close = button(common("close"), () => dialog.close(), { look: "primary" });
	const title = make("h2", { text: heading, attributes: { id: "contact-heading" } });
	dialog.append(
		make("div", { class: "dialog__head" }, title),
		make("div", { class: "dialog__body" }, make("p", { text })),
		make("div", { class: "dialog__foot" }, close),
	);
	dialog.addEventListener("close", () => dialog.remove());
	document.body.append(dialog);
	dialog.showModal();
}
