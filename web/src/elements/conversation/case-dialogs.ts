import { make, setHidden, setText } from "../../dom/make";
import type { CaseOutcome, WaiverReason } from "../../engine/case-types";
import type { Conversation } from "../../engine/types";
import { t } from "../../i18n/case";
import { formatDay } from "../../i18n/format";
import type { Context } from "./context";
import { FormDialog } from "./form-dialog";

const OUTCOMES: CaseOutcome[] = ["answered", "taken-over", "not-needed", "unanswered"];
const REASONS: WaiverReason[] = ["documented", "duplicate", "mistake"];

/** Ask how the case ended, and close it. `done`: when the dialog has closed. */
export function askClose(context: Context, conversation: Conversation, done: () => void): void {
	const choices = OUTCOMES.map((value) => ({ value, text: t(`outcome.${value}`) }));
	const field = new Choice(t("close.legend"), choices);
	const texts = { heading: t("close.heading"), action: t("close.action"), busy: t("close.busy") };
	const about = make("p", { text: t("close.text", { days: conversation.retention?.days ?? "" }) });
	const close = () =>
		context.messenger.actOnCase(conversation.id, { act: "close", outcome: field.value as CaseOutcome });
	const complaint = () => (field.value ? "" : t("close.missing"));
	new FormDialog(texts, [about, field.element], complaint, close, done).show();
}

/** Ask why a message need not be kept any more, and take the mark back. */
export function askWaive(context: Context, conversationId: string, messageId: string): void {
	const choices = REASONS.map((value) => ({ value, text: t(`waive.${value}`) }));
	const field = new Choice(t("waive.legend"), choices);
	const texts = { heading: t("waive.heading"), action: t("waive.action"), busy: t("waive.busy") };
	const waive = () =>
		context.messenger.actOnCase(conversationId, {
			act: "waive",
			messageId,
			reason: field.value as WaiverReason,
		});
	const complaint = () => (field.value ? "" : t("waive.missing"));
	new FormDialog(texts, [make("p", { text: t("waive.text") }), field.element], complaint, waive).show();
}

/** Look for a patient of the own hospital, and say that the case is about them. */
export function askRecord(context: Context, conversation: Conversation, done: () => void): void {
	const input = make("input", {
		attributes: { type: "search", id: "case-patient", autocomplete: "off", spellcheck: "false" },
	});
	const field = new Choice(t("record.legend"), []);
	setHidden(field.element, true);
	const told = make("p", { class: "field__hint", attributes: { role: "status" } });
	const search = patientSearch((found) => {
		setText(told, found === null ? t("record.failed") : found.length ? "" : t("record.empty"));
		field.offer(found ?? []);
		setHidden(field.element, !found?.length);
	});
	input.addEventListener("input", () => search(input.value));
	const label = make("label", { text: t("record.search"), attributes: { for: "case-patient" } });
	const texts = { heading: t("record.heading"), action: t("record.action"), busy: t("record.busy") };
	const assign = () =>
		context.messenger.actOnCase(conversation.id, { act: "record", patientId: field.value });
	const complaint = () => (field.value ? "" : t("record.missing"));
	const fields = [
		make("p", { text: t("record.text") }),
		make("div", { class: "field" }, label, input, told),
		field.element,
	];
	new FormDialog(texts, fields, complaint, assign, done).show();
}

interface Option {
	value: string;
	text: string;
}

/** One of several, as radio buttons. */
class Choice {
	readonly element: HTMLFieldSetElement;
	private radios: HTMLInputElement[] = [];

	constructor(legend: string, options: Option[]) {
		this.element = make("fieldset", { class: "field" }, make("legend", { text: legend }));
		this.offer(options);
	}

	get value(): string {
		return this.radios.find(({ checked }) => checked)?.value ?? "";
	}

	offer(options: readonly Option[]): void {
		this.radios = options.map(({ value }) =>
			make("input", { attributes: { type: "radio", name: "case-choice", value } }),
		);
		const labels = options.map(({ text }, at) =>
			make("label", { class: "choice" }, this.radios[at] ?? null, make("span", { text })),
		);
		this.element.replaceChildren(...[...this.element.children].slice(0, 1), ...labels);
	}
}

const PAUSE_MS = 250;
const SHOWN = 8;

/** Asks the service once the typing pauses; what was typed over is not told. null: no answer. */
function patientSearch(tell: (found: Option[] | null) => void): (query: string) => void {
	let waiting: ReturnType<typeof setTimeout> | undefined;
	let asking: AbortController | undefined;
	return (query) => {
		clearTimeout(waiting);
		asking?.abort();
		const wanted = query.trim();
		if (!wanted) return;
		waiting = setTimeout(async () => {
			const mine = new AbortController();
			asking = mine;
			const found = await patients(wanted, mine.signal).catch(() => null);
			if (!mine.signal.aborted) tell(found);
		}, PAUSE_MS);
	};
}

interface Found {
	results: { id: string; family_name: string; given_name: string; born_on: string; identifier: string }[];
}

async function patients(query: string, signal: AbortSignal): Promise<Option[]> {
	const address = `/api/v1/patients?${new URLSearchParams({ q: query })}`;
	const response = await fetch(address, { signal, headers: { accept: "application/json" } });
	if (!response.ok) throw new Error(`HTTP ${response.status}`);
	const { results } = (await response.json()) as Found;
	return results.slice(0, SHOWN).map((one) => ({ value: one.id, text: lineOf(one) }));
}

function lineOf(one: Found["results"][number]): string {
	const about = t("patient.about", { date: formatDay(one.born_on), number: one.identifier });
	return `${one.family_name}, ${one.given_name} (${about})`;
}
