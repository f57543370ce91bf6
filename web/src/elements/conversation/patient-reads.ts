/** What everybody has to see who writes where a patient reads along; and what patients have to know before they write. */

import { kernIcon } from "../../dom/kern-icon";
import { make, setHidden, setText } from "../../dom/make";
import type { Conversation, Member } from "../../engine/types";
import { t as own } from "../../i18n/own-messages";
import { t } from "../../i18n/patient";

/** The patients of a conversation; mostly one, or none any more. */
export function patientsOf({ members }: Pick<Conversation, "members">): Member[] {
	return members.filter(({ isPatient }) => isPatient);
}

/** Only where others are known to be here and none of them is a patient: who has just been brought in is not listed yet. */
function isGone(conversation: Conversation): boolean {
	return patientsOf(conversation).length === 0 && conversation.members.length > 1;
}

export function namesOfPatients(conversation: Pick<Conversation, "members">): string {
	return patientsOf(conversation)
		.map(({ name }) => name)
		.join(", ");
}

/** Stands at a conversation for good: in lists and in its head. Says it in words and by a sign, not by colour alone. */
export class PatientBadge {
	readonly element = make("span", { class: "badge badge--patient", attributes: { hidden: true } });
	private readonly text = make("span");

	/** `shown`: not to the patient. */
	constructor(private readonly shown: boolean) {
		this.element.append(kernIcon("visibility"), this.text);
	}

	update(conversation: Conversation): void {
		const shown = this.shown && conversation.kind === "patient";
		setHidden(this.element, !shown);
		if (shown) setText(this.text, t(isGone(conversation) ? "no-longer" : "reads-along"));
	}
}

/** In a dialog, before somebody begins to write or brings others in. */
export function patientNotice(text: string): HTMLElement {
	return make(
		"div",
		{ class: "notice notice--patient" },
		kernIcon("visibility"),
		make("p", { class: "notice__title", text: t("reads-along") }),
		make("p", { text }),
	);
}

/** Above the composer, as long as the conversation is shown. No answer is promised where nobody can write any more. */
export class PatientNotice {
	readonly element = make("div", { class: "notice", attributes: { hidden: true } });
	private readonly title = make("p", { class: "notice__title" });
	private readonly text = make("p");

	constructor(private readonly forPatient: boolean) {
		this.element.append(kernIcon(forPatient ? "warning" : "visibility"), this.title, this.text);
		this.element.classList.add(forPatient ? "notice--info" : "notice--patient");
	}

	update(conversation: Conversation): void {
		setHidden(this.element, conversation.kind !== "patient");
		if (conversation.kind !== "patient") return;
		const [title, text] = this.forPatient
			? [own("emergency"), conversation.case?.state === "closed" ? "" : own("emergency.wait")]
			: staffWords(conversation);
		setText(this.title, title);
		setText(this.text, text);
		setHidden(this.text, !text);
	}
}

function staffWords(conversation: Conversation): [title: string, text: string] {
	if (isGone(conversation)) return [t("no-longer"), t("notice.no-longer")];
	const name = namesOfPatients(conversation);
	return [t("reads-along"), name ? t("notice.reads", { name }) : t("notice.reads.unnamed")];
}
