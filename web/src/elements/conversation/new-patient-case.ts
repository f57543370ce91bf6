import { make } from "../../dom/make";
import type { NewConversation } from "../../engine/types";
import { t } from "../../i18n/patient";
import type { Context } from "./context";
import { FormDialog } from "./form-dialog";
import { patientNotice } from "./patient-reads";

/** Whom the page asks to write to, as the server has resolved the address: attributes `patient-id` (the record),
 *  `patient-person` (who signs in for it), `patient-name`. */
export interface PatientInvited {
	patientId: string;
	personId: string;
	name: string;
}

export function invitedPatient(element: HTMLElement): PatientInvited | null {
	const patientId = element.getAttribute("patient-id");
	const personId = element.getAttribute("patient-person");
	if (!patientId || !personId) return null;
	return { patientId, personId, name: element.getAttribute("patient-name") ?? "" };
}

/** Ask for a title and a first message, and begin a conversation with a patient. */
export function askNewPatientCase(context: Context, { patientId, personId, name }: PatientInvited): void {
	const title = make("input", {
		attributes: { id: "patient-case-title", type: "text", maxlength: "120", autocomplete: "off" },
	});
	const message = make("textarea", { attributes: { id: "patient-case-message", rows: "5" } });
	const complaint = () => {
		if (!title.value.trim()) return t("begin.missing.title");
		return message.value.trim() ? "" : t("begin.missing.message");
	};
	let created = "";
	const begin = async () => {
		const wanted: NewConversation = {
			kind: "patient",
			title: title.value.trim(),
			personIds: [personId],
			patientId,
		};
		// Pressed again after a message that was not taken: the conversation is there already.
		created ||= await context.messenger.create(wanted);
		await context.messenger.send(created, message.value.trim());
	};
	const fields = [
		patientNotice(t("begin.text", { name })),
		fieldOf(t("begin.title"), title, t("begin.title.hint")),
		fieldOf(t("begin.message"), message, t("begin.colleagues")),
	];
	const texts = {
		heading: t("begin.heading", { name }),
		action: t("begin.action"),
		busy: t("begin.busy"),
		look: "people-dialog",
	};
	const dialog = new FormDialog(texts, fields, complaint, begin, () => context.go(created));
	dialog.show();
	title.focus();
}

function fieldOf(label: string, input: HTMLInputElement | HTMLTextAreaElement, hint: string): HTMLElement {
	input.setAttribute("aria-describedby", `${input.id}-hint`);
	return make(
		"div",
		{ class: "field" },
		make("label", { text: label, attributes: { for: input.id } }),
		input,
		make("p", { class: "field__hint", text: hint, attributes: { id: `${input.id}-hint` } }),
	);
}
