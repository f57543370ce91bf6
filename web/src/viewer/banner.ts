import { make } from "../dom/make";
import { formatDay } from "../i18n/format";
import { t } from "../i18n/viewer";
import type { ImageHeader } from "./header";

/** Whose image this is, as the file itself says. */
export function patientBanner(header: ImageHeader): HTMLElement {
	const { patient, study, series } = header;
	const title = make("p", { class: "viewer__patient" });
	title.append(
		make("strong", { text: patient.name || t("viewer.unnamed") }),
		...[born(patient.bornOn), sex(patient.sex), identifier(patient.id)]
			.filter(Boolean)
			.map((text) => make("span", { text })),
	);
	const facts = make("dl", { class: "viewer__facts" });
	fact(facts, t("viewer.modality"), series.modality);
	fact(facts, t("viewer.study"), [study.on && formatDay(study.on), study.at].filter(Boolean).join(", "));
	fact(facts, t("viewer.description"), described(header));
	fact(facts, t("viewer.institution"), study.institution);
	const label = { "aria-label": t("viewer.patient") };
	return make("section", { class: "viewer__banner", attributes: label }, title, facts);
}

function born(on: string): string {
	return on ? t("viewer.born", { date: formatDay(on) }) : "";
}

function sex(code: string): string {
	return code === "F" || code === "M" || code === "O" ? t(`viewer.sex.${code}`) : "";
}

function identifier(id: string): string {
	return id ? `${t("viewer.id")} ${id}` : "";
}

function described({ study, series }: ImageHeader): string {
	const texts = [study.description, series.description].filter(Boolean);
	return [...new Set(texts)].join(" · ");
}

function fact(list: HTMLElement, term: string, value: string): void {
	if (!value) return;
	list.append(make("div", {}, make("dt", { text: term }), make("dd", { text: value })));
}
