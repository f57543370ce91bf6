import { make } from "../../dom/make";
import type { Conversation } from "../../engine/types";
import { t } from "../../i18n/conversation-people";
import type { Context } from "./context";
import { FormDialog } from "./form-dialog";
import { PeoplePicker } from "./people-picker";

/** Ask whom to add to a conversation, and add them. */
export function askAddPeople(context: Context, conversation: Conversation): void {
	const members = new Set(conversation.members.map(({ personId }) => personId));
	const picker = new PeoplePicker(() => undefined, members);
	const explanation = make("p", { text: t("dialog.add.text") });
	const texts = {
		heading: t("dialog.add.heading"),
		action: t("dialog.add"),
		busy: t("dialog.creating"),
		look: "people-dialog",
	};
	const complaint = () => (picker.people.length ? "" : t("dialog.missing.people"));
	const add = () =>
		context.messenger.add(
			conversation.id,
			picker.people.map(({ personId }) => personId),
		);
	new FormDialog(texts, [explanation, picker.element], complaint, add).show();
	picker.focus();
}
