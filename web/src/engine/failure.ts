/** What a page hears when something did not work: a stable code and a sentence. */

import { AttachmentCorrupt } from "../crypto/attachment";
import { BodyRefused } from "../crypto/body";
import { Problem, Unreachable } from "../lib/http";
import type { MessengerFailure } from "./types";

export class Failure extends Error implements MessengerFailure {
	constructor(
		readonly code: string,
		readonly detail = "",
	) {
		super(detail || code);
	}
}

/** The reader's disk or folder refused a file. */
const NOT_WRITTEN = new Set([
	"NotAllowedError",
	"NoModificationAllowedError",
	"QuotaExceededError",
	"NotFoundError",
]);

/** Turn any error into a failure; `internal` for what nobody foresaw. */
export function failureOf(error: unknown): MessengerFailure {
	if (error instanceof Failure) return { code: error.code, detail: error.detail };
	if (error instanceof Problem) return { code: codeOf(error), detail: error.detail };
	if (error instanceof Unreachable) return { code: "offline", detail: "" };
	if (error instanceof AttachmentCorrupt) return { code: "corrupt", detail: error.message };
	if (error instanceof BodyRefused) return { code: "too-large", detail: error.message };
	if (error instanceof DOMException && NOT_WRITTEN.has(error.name))
		return { code: "not-written", detail: "" };
	return { code: "internal", detail: error instanceof Error ? error.message : String(error) };
}

/** Refused commits share one code; where the reason is one that a person can do something about, it is told instead. */
function codeOf({ code, extra }: Problem): string {
	const reason = String(extra.reason ?? "");
	const telling = reason.startsWith("contact-") || MEMBERSHIP_RULES.has(reason);
	return code === "commit-refused" && telling ? reason : code;
}

/** Reasons for which the service refuses a commit, and which a page has a sentence for. */
const MEMBERSHIP_RULES = new Set([
	"owner-needed",
	"too-many-leaves",
	"direct-is-full",
	"device-not-active",
	"key-package-not-claimed",
	"revoked-leaf-stays",
	"clinicians-only",
	"record-hospital-needed",
	"not-the-patient",
]);
