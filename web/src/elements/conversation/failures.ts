import type { MessengerFailure } from "../../engine/types";
import { t } from "../../i18n/conversation";

/** Codes of the engine and of the service that have a sentence here; for the others the service has written one. */
const KNOWN = {
	offline: "failed.offline",
	"no-device": "failed.no-device",
	"unknown-leaf": "failed.unknown-leaf",
	corrupt: "failed.corrupt",
	"stale-epoch": "failed.stale-epoch",
	"not-found": "failed.absent",
	inactive: "locked.inactive",
	executable: "refused.executable",
	"file-lost": "failed.file-lost",
	upload: "failed.upload",
	"too-large": "failed.too-large",
	unavailable: "failed.unavailable",
	"number-changed": "failed.number-changed",
	"contact-not-accepted": "failed.contact-not-accepted",
	"contact-answered": "failed.contact-answered",
	"nobody-on-duty": "failed.nobody-on-duty",
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
	// Why somebody cannot be asked now: a whole sentence of the service.
	if (code.startsWith("contact-") && detail) return detail;
	return t("failed.other", { detail: detail || code });
}

export function failureOf(reason: unknown): MessengerFailure {
	const known = reason as Partial<MessengerFailure> | null;
	if (typeof known?.code === "string") return { code: known.code, detail: known.detail ?? "" };
	return { code: "unexpected", detail: reason instanceof Error ? reason.message : String(reason) };
}
