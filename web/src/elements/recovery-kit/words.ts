import { WrongCode } from "../../crypto/recovery-kit";
import { kernIcon } from "../../dom/kern-icon";
import { make } from "../../dom/make";
import { BackupKeyElsewhere, NoIdentityKey } from "../../engine/recovery";
import { t } from "../../i18n/recovery-kit";
import { Problem, Unreachable } from "../../lib/http";

const KNOWN = {
	"fresh-factor-required": "failed.fresh",
	"device-needed": "failed.device",
	"no-recovery-kit": "failed.gone",
	"too-many-attempts": "failed.attempts",
} as const;

/** What went wrong, for the person. */
export function sentenceOf(error: unknown): string {
	if (error instanceof WrongCode) return t("code.wrong");
	if (error instanceof NoIdentityKey) return t("impossible");
	if (error instanceof BackupKeyElsewhere) return t("failed.backup-key");
	if (error instanceof Unreachable) return t("failed.offline");
	if (!(error instanceof Problem)) return t("failed.other", { detail: String(error) });
	const { code, detail } = error;
	if (code in KNOWN) return t(KNOWN[code as keyof typeof KNOWN]);
	return t("failed.other", { detail: detail || code });
}

export function notice(kind: "info" | "good" | "warn" | "bad", text: string): HTMLElement {
	const icon = { info: "info", good: "success", warn: "warning", bad: "danger" }[kind];
	const attributes = { role: kind === "bad" ? "alert" : "status" };
	return make("div", { class: `notice notice--${kind}`, attributes }, kernIcon(icon), make("p", { text }));
}
