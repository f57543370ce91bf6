import { make, setHidden } from "../../../dom/make";
import type { Conversation, Member, Message } from "../../../engine/types";
import { t } from "../../../i18n/conduct";
import { formatInstant } from "../../../i18n/format";
import type { Context } from "../context";
import { FormDialog } from "../form-dialog";
import { others } from "../names";

const CATEGORIES = ["harassment", "impersonation", "patient-data", "advertising", "other"] as const;
const OFFERED = 20;
const LOOKED_THROUGH = 200;
const LINE = 60;

/** Ask what happened, and report it. about: the message that it is about, when that is known.
 *  Raises: MessengerFailure when the messages cannot be read. */
export async function askReport(
	context: Context,
	conversation: Conversation,
	about?: Message,
): Promise<void> {
	const latest = await context.messenger.messages(conversation.id, { limit: LOOKED_THROUGH });
	const older = about && !latest.some(({ id }) => id === about.id);
	const form = new ReportForm(others(conversation, context.me), older ? [about, ...latest] : latest, about);
	const texts = { heading: t("report.heading"), action: t("report.send"), busy: t("report.busy") };
	const send = () => context.blocks.report({ conversationId: conversation.id, ...form.report });
	const done = () => context.tell(t("report.done"));
	new FormDialog(texts, form.fields, () => form.complaint, send, done).show();
}

/** The fields of a report. */
class ReportForm {
	readonly fields: HTMLElement[];
	private readonly person: HTMLSelectElement;
	private readonly message = make("select", { on: { change: () => this.messageChosen() } });
	private readonly attach = make("input", { attributes: { type: "checkbox" } });
	private readonly attachField: HTMLElement;
	private readonly words = make("textarea", { attributes: { rows: "3", maxlength: "2000" } });
	private readonly radios: HTMLInputElement[];

	constructor(
		people: readonly Member[],
		private readonly messages: readonly Message[],
		private readonly about?: Message,
	) {
		const options = people.map(({ personId, name }) => option(personId, name));
		this.person = make("select", { on: { change: () => this.offer() } }, ...options);
		this.radios = CATEGORIES.map((value) =>
			make("input", { attributes: { type: "radio", name: "report-category", value } }),
		);
		const choices = CATEGORIES.map((category, at) =>
			make(
				"label",
				{ class: "choice" },
				this.radios[at] ?? null,
				make("span", { text: t(`report.${category}`) }),
			),
		);
		const attach = make("span", { text: t("report.attach") });
		attach.append(make("span", { class: "field__hint contact__hint", text: t("report.attach.hint") }));
		this.attachField = make("label", { class: "choice" }, this.attach, attach);
		if (about) this.person.value = about.senderPersonId;
		const who = field(t("report.person"), this.person);
		setHidden(who, people.length < 2);
		this.fields = [
			make("p", { text: t("report.text") }),
			who,
			make("fieldset", { class: "field" }, make("legend", { text: t("report.category") }), ...choices),
			field(t("report.message"), this.message),
			this.attachField,
			field(t("report.words"), this.words, t("report.words.hint")),
		];
		this.offer();
	}

	get complaint(): string {
		if (!this.category) return t("report.category.missing");
		return this.category === "other" && !this.words.value.trim() ? t("report.words.missing") : "";
	}

	get report(): {
		personId: string;
		category: string;
		words: string;
		messageId: string | null;
		text: string | null;
	} {
		const chosen = this.chosen;
		return {
			personId: this.person.value,
			category: this.category,
			words: this.words.value.trim(),
			messageId: chosen?.id ?? null,
			text: chosen && this.attach.checked ? textOf(chosen) : null,
		};
	}

	private get category(): string {
		return this.radios.find(({ checked }) => checked)?.value ?? "";
	}

	private get chosen(): Message | undefined {
		return this.messages.find(({ id }) => id === this.message.value);
	}

	/** The last messages of the person who is reported. */
	private offer(): void {
		const theirs = this.messages.filter(
			({ senderPersonId, type, seq }) =>
				senderPersonId === this.person.value && seq !== null && (type === "text" || type === "attachment"),
		);
		const offered = theirs.filter(({ id }, at) => id === this.about?.id || at >= theirs.length - OFFERED);
		const options = offered.reverse().map((message) => option(message.id, lineOf(message)));
		this.message.replaceChildren(option("", t("report.message.none")), ...options);
		if (this.about?.senderPersonId === this.person.value) this.message.value = this.about.id;
		this.messageChosen();
	}

	/** Attaching is decided anew for every message: never by a box that was ticked for another one. */
	private messageChosen(): void {
		this.attach.checked = false;
		setHidden(this.attachField, !this.message.value);
	}
}

function lineOf(message: Message): string {
	const text = textOf(message).replace(/\s+/g, " ");
	return `${formatInstant(message.sentAt)}: ${text.length > LINE ? `${text.slice(0, LINE)} …` : text}`;
}

function textOf({ text, attachment }: Message): string {
	return [attachment ? t("file", { name: attachment.name }) : "", text]
		.filter(Boolean)
		.join("\n")
		.slice(0, 10_000);
}

function option(value: string, text: string): HTMLOptionElement {
	return make("option", { text, attributes: { value } });
}

function field(label: string, control: HTMLElement, hint = ""): HTMLElement {
	const words = make("span", { text: label });
	return make(
		"label",
		{ class: "field" },
		words,
		control,
		hint ? make("span", { class: "field__hint", text: hint }) : null,
	);
}
