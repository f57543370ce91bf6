import { make } from "../../dom/make";
import { BackupBroken, OtherBackupKey, type Restored } from "../../engine/backup-restore";
import { t } from "../../i18n/backup";
import { formatInstant } from "../../i18n/format";
import { notice, sentenceOf } from "./words";

/** What came back, and plainly what did not.   how: by the person's kit or takeover, or along with an approval. */
export function restoredNotices(
	restored: Restored | null,
	how: "restore" | "arrival" = "restore",
): HTMLElement[] {
	if (!restored) return [notice("warn", t("restore.none"))];
	const { messages, expired, savedAt, missing, missingConversations, older } = restored;
	const lines = savedAt ? [t(`${how}.saved`, { at: formatInstant(savedAt) })] : [];
	if (expired > 0) lines.push(t.count("restore.expired", expired));
	const lost = missing.map(({ from, to, messages: count }) =>
		t.count("restore.missing", count, { from: formatInstant(from), to: formatInstant(to) }),
	);
	if (missingConversations) lost.push(t("restore.missing.conversations"));
	if (older) lost.push(t("restore.older"));
	return [
		notice("good", t.count(how, messages)),
		...lines.map((text) => make("p", { text })),
		...lost.map((text) => notice("warn", text)),
	];
}

/** Why nothing came back. `again`: whether another try may help. */
export function restoreFailure(error: unknown): { told: HTMLElement; again: boolean } {
	if (error instanceof BackupBroken) return { told: notice("bad", t("restore.broken")), again: false };
	if (error instanceof OtherBackupKey) return { told: notice("bad", t("restore.other-key")), again: false };
	return { told: notice("bad", sentenceOf(error)), again: true };
}
