import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setHidden } from "../../dom/make";
import type { CaseInfo, CasePage } from "../../engine/case-types";
import type { Conversation } from "../../engine/types";
import { t } from "../../i18n/case";
import { t as common } from "../../i18n/common";
import { formatDay } from "../../i18n/format";
import { t as patientWords } from "../../i18n/patient";
import { askClose, askRecord } from "./case-dialogs";
import { keptWords, markedOf, recordedWords, retentionWords } from "./case-words";
import type { Context } from "./context";
import { askPatientDevice } from "./patient-device";
import { askTake } from "./record-dialog";

const NOTHING_SEEN = { patient: null, folder: false };

/** What a case is about, in the details: the patient, the findings shared here, and how it is closed. */
export class CasePart {
	readonly element = make("section", { class: "details__part case", attributes: { hidden: true } });
	private readonly body = make("div", { class: "case__body" });
	private readonly badge = make("span", { class: "badge" });
	private shown = "";
	private asked = "";
	private page: CasePage | "failed" | null = null;
	private conversation: Conversation | null = null;

	constructor(private readonly context: Context) {
		const head = make("div", { class: "case__head" }, make("h3", { text: t("heading") }), this.badge);
		this.element.append(head, this.body);
	}

	/** `visible`: nothing of a patient is asked for, and recorded as looked at, before it is shown. */
	update(conversation: Conversation, visible: boolean): void {
		const about = conversation.case;
		setHidden(this.element, about === null);
		this.conversation = conversation;
		if (!about || !visible) return;
		const question = JSON.stringify([conversation.id, about.hasPatient, conversation.members.length]);
		if (question !== this.asked) void this.ask(conversation.id, question);
		this.show(conversation, about);
	}

	private async ask(conversationId: string, question: string): Promise<void> {
		this.asked = question;
		this.page = null;
		const page = await this.context.messenger.casePage(conversationId).catch(() => "failed" as const);
		if (question !== this.asked) return;
		this.page = page;
		if (this.conversation?.case) this.show(this.conversation, this.conversation.case);
	}

	private again = (): void => {
		const { conversation } = this;
		this.asked = "";
		if (conversation) this.update(conversation, true);
	};

	private show(conversation: Conversation, about: CaseInfo): void {
		const { id, retention, kept, recorded } = conversation;
		const key = JSON.stringify([id, about, retention, kept, recorded, this.page]);
		if (key === this.shown) return;
		this.shown = key;
		const closed = about.state === "closed";
		this.badge.className = `badge ${closed ? "badge--plain" : "badge--info"}`;
		this.badge.textContent = t(`state.${about.state}`);
		const begun = t("of.hospital", { hospital: about.organisation.name, date: formatDay(about.openedAt) });
		this.body.replaceChildren(
			...this.patient(about),
			...this.findings(),
			...this.kept(conversation),
			make("p", { class: "small muted", text: begun }),
			...this.actions(conversation, about),
		);
	}

	private patient(about: CaseInfo): HTMLElement[] {
		const { page } = this;
		if (page === "failed") {
			const retry = button(common("retry"), this.again, { look: "small" });
			return [make("p", { class: "small", text: t("patient.failed") }), retry];
		}
		if (!page) return [];
		const { patient } = page;
		if (!patient) {
			const text = t(about.hasPatient ? "patient.hidden" : "patient.none");
			return [make("p", { class: "small", text })];
		}
		const name = make("strong", { text: `${patient.familyName}, ${patient.givenName}` });
		const details = t("patient.about", { date: formatDay(patient.bornOn), number: patient.identifier });
		const open = make("a", {
			text: t("patient.open"),
			attributes: { href: `/patients/${patient.id}/` },
		});
		const lines = make(
			"div",
			{ class: "case__patient-text" },
			name,
			make("span", { class: "small", text: details }),
			make("span", { class: "small muted", text: patient.organisation.name }),
			page.folder ? open : null,
		);
		return [make("div", { class: "case__patient" }, kernIcon("patients"), lines)];
	}

	private findings(): HTMLElement[] {
		const { page } = this;
		if (!page || page === "failed" || !page.patient) return [];
		const heading = make("h4", { text: t("findings") });
		if (page.findings.length === 0) {
			return [heading, make("p", { class: "small muted", text: t("findings.none") })];
		}
		const items = page.findings.map(({ id, modality, description, studyOn }) => {
			const kind = modality === "DOC" ? t("findings.document") : modality || "DICOM";
			const text = [kind, description, studyOn && formatDay(studyOn)].filter(Boolean).join(" · ");
			return make("li", {}, make("a", { text, attributes: { href: `/findings/${id}/` } }));
		});
		return [heading, make("ul", { class: "case__findings" }, ...items)];
	}

	private kept(conversation: Conversation): HTMLElement[] {
		const { retention, recorded } = conversation;
		const [until] = retention ? retentionWords(retention, new Date()) : [];
		const look = retention?.holds.length ? "notice notice--warn" : "";
		return [
			...(until ? [make("p", { class: look, text: until })] : []),
			make("p", { class: "small muted", text: keptWords(markedOf(conversation).length) }),
			...recordedWords(recorded).map((text) => make("p", { class: "small muted", text })),
		];
	}

	private actions(conversation: Conversation, about: CaseInfo): HTMLElement[] {
		const { context, again } = this;
		const buttons: HTMLElement[] = [];
		const { patient, folder } = this.page && this.page !== "failed" ? this.page : NOTHING_SEEN;
		if (patient && folder && conversation.kept.some(({ own }) => own)) {
			const take = () => void askTake(context, conversation, patient);
			buttons.push(button(t("take"), take, { look: "primary small", icon: "patients" }));
		}
		if (this.page && this.page !== "failed" && this.page.namesRecord) {
			const text = t(this.page.patient ? "patient.change" : "patient.choose");
			buttons.push(button(text, () => askRecord(context, conversation, again), { look: "small" }));
		}
		if (patient && folder && conversation.kind === "patient" && conversation.active) {
			const bringIn = () => askPatientDevice(context, conversation, patient);
			buttons.push(button(patientWords("device"), bringIn, { look: "small" }));
		}
		if (about.mayClose && about.state === "open" && conversation.active) {
			const ask = () => askClose(context, conversation, () => undefined);
			buttons.push(button(t("close"), ask, { look: "small" }));
		}
		return buttons.length ? [make("div", { class: "cluster" }, ...buttons)] : [];
	}
}
