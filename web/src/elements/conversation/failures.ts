import type { MessengerFailure } from "../../engine/types";
import { t as fileWords, refusalSentence } from "../../i18n/attachment";
import { t as cases } from "../../i18n/case";
import { t } from "../../i18n/conversation";
import { t as patient } from "../../i18n/patient";
import { t as talk } from "../../i18n/talk";

/** Codes of the engine and of the service that have a sentence here; for the others the service has written one. */
const KNOWN = {
	offline: "failed.offline",
	"no-device": "failed.no-device",
	"unknown-leaf": "failed.unknown-leaf",
	corrupt: "failed.corrupt",
	"stale-epoch": "failed.stale-epoch",
	"not-found": "failed.absent",
	inactive: "locked.inactive",
	"file-lost": "failed.file-lost",
	upload: "failed.upload",
	"too-large": "failed.too-large",
	unavailable: "failed.unavailable",
	"number-changed": "failed.number-changed",
	"contact-not-accepted": "failed.contact-not-accepted",
	"contact-answered": "failed.contact-answered",
	"case-closed": "failed.case-closed",
	"message-expired": "failed.message-expired",
	"nobody-on-duty": "failed.nobody-on-duty",
	"owner-needed": "failed.owner-needed",
	"too-many-leaves": "failed.too-many-leaves",
	"direct-is-full": "failed.direct-is-full",
	"device-not-active": "failed.device-not-active",
	"key-package-not-claimed": "failed.device-not-active",
	"revoked-leaf-stays": "failed.revoked-leaf-stays",
} as const;

const RECORD = {
	"record-unnamed": "failed.record-unnamed",
	"no-folder": "failed.no-folder",
	"not-marked": "failed.not-marked",
	"not-recordable": "failed.not-recordable",
	"too-large-for-record": "failed.too-large-for-record",
	"too-much-for-record": "failed.too-much-for-record",
	"not-examined": "failed.not-examined",
} as const;

const PATIENT = {
	"forward-patient": "forward.refused",
	"patient-reads": "failed.not-urgent",
	"not-urgent-here": "failed.not-urgent",
	"clinicians-only": "failed.clinicians-only",
	"record-hospital-needed": "failed.record-hospital",
	"not-the-patient": "failed.not-the-patient",
} as const;

const FILES = {
	"file-too-large": "too-large",
	"too-large-here": "too-large-here",
	"not-written": "not-written",
	"other-file": "upload.other",
} as const;

/** A refusal as a sentence for the reader. */
export function sentenceOf(reason: unknown): string {
	const { code, detail } = failureOf(reason);
	return sentenceOfCode(code, detail);
}

/** detail: names for `no-device`; otherwise a sentence of the service, used where there is none here. */
export function sentenceOfCode(code: string, detail = ""): string {
	if (code === "no-device" && detail) return t("failed.no-device.names", { names: detail });
	if (code in KNOWN) return t(KNOWN[code as keyof typeof KNOWN]);
	if (code === "edit-late") return talk("failed.late");
	if (code === "forward-policy") return talk("forward.case-only");
	if (code in PATIENT) return patient(PATIENT[code as keyof typeof PATIENT]);
	if (code in RECORD)
		return cases(RECORD[code as keyof typeof RECORD], {
			name: detail,
			reason: detail || cases("failed.not-examined.waiting"),
		});
	if (code === "executable") return refusedFile(detail);
	if (code in FILES) return fileWords(FILES[code as keyof typeof FILES]);
	// Why somebody cannot be asked now: a whole sentence of the service.
	if (code.startsWith("contact-") && detail) return detail;
	return t("failed.other", { detail: detail || code });
}

function refusedFile(reason: string): string {
	return [refusalSentence(reason), fileWords("refused.why"), fileWords("refused.instead")].join(" ");
}

export function failureOf(reason: unknown): MessengerFailure {
	const known = reason as Partial<MessengerFailure> | null;
	if (typeof known?.code === "string") return { code: known.code, detail: known.detail ?? "" };
	return { code: "unexpected", detail: reason instanceof Error ? reason.message : String(reason) };
}
