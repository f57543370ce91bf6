import { make } from "../../dom/make";
import type { Conversation } from "../../engine/types";
import { t } from "../../i18n/conversation-people";
import { t as patient } from "../../i18n/patient";
import type { Context } from "./context";
import { FormDialog } from "./form-dialog";
import { namesOfPatients, patientNotice } from "./patient-reads";
import { PeoplePicker } from "./people-picker";

/** Ask whom to add to a conversation, and add them. Whoever is not responsible in it adds colleagues only. */
export function askAddPeople(context: Context, conversation: Conversation): void {
	const members = new Set(conversation.members.map(({ personId }) => personId));
	const picker = new PeoplePicker(() => undefined, members);
	const explanation = make("p", { text: t("dialog.add.text") });
	const limit = limitOf(conversation, context.me);
	const name = namesOfPatients(conversation);
	const hints = [
		...(name ? [patientNotice(patient("add.notice", { name }))] : []),
		...(limit ? [make("p", { class: "notice notice--info", text: limit.sentence })] : []),
	];
	const texts = {
		heading: t("dialog.add.heading"),
		action: t("dialog.add"),
		busy: t("dialog.creating"),
		look: "people-dialog",
	};
	const complaint = () => {
		if (!picker.people.length) return t("dialog.missing.people");
		const stranger = picker.people.find(({ organisation }) => limit && organisation.id !== limit.hospital.id);
		if (!limit || !stranger) return "";
		return t("dialog.add.foreign", { name: stranger.name, names: limit.names });
	};
	const add = () =>
		context.messenger.add(
			conversation.id,
			picker.people.map(({ personId }) => personId),
		);
	new FormDialog(texts, [explanation, ...hints, picker.element], complaint, add).show();
	picker.focus();
}

interface Limit {
	hospital: { id: string; name: string };
	/** Who is responsible: of the reader's hospital, or where it has nobody, of the others. */
	names: string;
	sentence: string;
}

/** What holds for somebody who is not responsible; the service refuses it as well (`owner-needed`). */
function limitOf({ members }: Conversation, me: string): Limit | null {
	const reader = members.find(({ personId }) => personId === me);
	if (!reader || reader.owner) return null;
	const hospital = reader.organisation;
	const owners = members.filter(({ owner }) => owner);
	const here = owners.filter(({ organisation }) => organisation.id === hospital.id);
	const names = (here.length ? here : owners).map(({ name }) => name).join(", ");
	return { hospital, names, sentence: t("dialog.add.colleagues", { hospital: hospital.name, names }) };
}
