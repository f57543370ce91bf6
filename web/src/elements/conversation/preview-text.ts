import { make } from "../../dom/make";
import type { Attachment } from "../../engine/types";
import { t } from "../../i18n/attachment";
import { formatBytes, formatDay, formatInstant } from "../../i18n/format";
import { language } from "../../i18n/index";
import { type LabFile, type LabValue, labFileOf, MAXIMUM_VALUES } from "../../preview/fhir";
import { apology } from "./preview";

const SHOWN_BYTES = 256 * 1024;

/** Plain text: UTF-8, and where it is not, the letters of Windows. */
export async function textView(_: Attachment, blob: Blob): Promise<HTMLElement> {
	const text = make("pre", { class: "preview__text", attributes: { tabindex: "0" } });
	text.textContent = decoded(new Uint8Array(await blob.slice(0, SHOWN_BYTES).arrayBuffer()));
	const cut = blob.size > SHOWN_BYTES;
	const note = t("preview.text.cut", { size: formatBytes(SHOWN_BYTES) });
	return make(
		"div",
		{ class: "preview__column" },
		cut ? make("p", { class: "muted", text: note }) : null,
		text,
	);
}

/** A FHIR file as a table of values; any other JSON as text. */
export async function labView(attachment: Attachment, blob: Blob): Promise<HTMLElement> {
	const file = labFileOf(await blob.text(), language() === "de" ? "," : ".");
	if (!file) return textView(attachment, blob);
	return file.values.length ? labTable(file) : apology(t("preview.lab.none"));
}

function labTable({ patient, values, cut }: LabFile): HTMLElement {
	const heads = (["name", "value", "flag", "range", "at"] as const).map((key) =>
		make("th", { text: t(`preview.lab.${key}`), attributes: { scope: "col" } }),
	);
	const table = make(
		"table",
		{ class: "lab" },
		make("caption", { text: t("preview.lab.caption") }),
		make("thead", {}, make("tr", {}, ...heads)),
		make("tbody", {}, ...values.map(rowOf)),
	);
	return make(
		"div",
		{ class: "preview__column" },
		patient ? make("p", { class: "lab__patient", text: t("preview.lab.patient", { name: patient }) }) : null,
		cut ? make("p", { class: "muted", text: t("preview.lab.cut", { count: MAXIMUM_VALUES }) }) : null,
		make("div", { class: "lab__scroll", attributes: { tabindex: "0", role: "region" } }, table),
	);
}

function rowOf({ name, value, range, flag, at, status }: LabValue): HTMLElement {
	const cell = (label: Parameters<typeof t>[0], text: string, look = "") =>
		make("td", { text: text || "–", class: look, attributes: { "data-label": t(label) } });
	const notable = flag !== "" && flag !== "normal";
	const state = status ? make("span", { class: "lab__status", text: t(`status.${status}`) }) : null;
	return make(
		"tr",
		{ class: status === "error" ? "lab__withdrawn" : "" },
		make("th", { text: name || "–", attributes: { scope: "row" } }, state),
		cell("preview.lab.value", value, notable ? "lab__value lab__value--notable" : "lab__value"),
		cell("preview.lab.flag", flag ? t(`flag.${flag}`) : "", notable ? "lab__flag" : ""),
		cell("preview.lab.range", range),
		cell("preview.lab.at", whenOf(at)),
	);
}

/** A time that is none stays as it stands in the file. */
function whenOf(at: string): string {
	if (!at || Number.isNaN(Date.parse(at))) return at;
	if (at.length < "YYYY-MM-DD".length) return at;
	return at.length === "YYYY-MM-DD".length ? formatDay(at) : formatInstant(at);
}

function decoded(bytes: Uint8Array): string {
	try {
		// The last letter may be cut through.
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
	} catch {
		return new TextDecoder("windows-1252").decode(bytes);
	}
}
