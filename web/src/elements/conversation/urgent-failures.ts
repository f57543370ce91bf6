import { t } from "../../i18n/urgent";
import { failureOf, sentenceOf } from "./failures";

const KNOWN = {
	"nobody-on-duty": "failed.nobody-on-duty",
	"holder-not-told": "failed.holder-not-told",
	"chain-not-members": "failed.chain",
	"urgent-over": "failed.urgent-over",
	"not-taken-over": "failed.not-taken-over",
	offline: "failed.offline",
} as const;

/** A refusal around an urgent message or an acknowledgement as a sentence. */
export function sentenceOfUrgent(reason: unknown): string {
	const { code, detail } = failureOf(reason);
	if (code === "taken-over") {
		return detail ? t("failed.taken-over", { name: detail }) : t("failed.taken-over.somebody");
	}
	return code in KNOWN ? t(KNOWN[code as keyof typeof KNOWN]) : sentenceOf(reason);
}
