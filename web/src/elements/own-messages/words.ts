/** What a patient's first page says of their messages. Pure. */
import type { Conversation, EngineState } from "../../engine/types";
import { t } from "../../i18n/own-messages";

/** How many messages the reader has not seen. */
export function unreadIn(conversations: readonly Conversation[]): number {
	return conversations.reduce((sum, { unread }) => sum + unread, 0);
}

/** `unread`: null while it is not known. */
export function wordsOf({ state }: EngineState, unread: number | null): string {
	switch (state) {
		case "starting":
		case "setting-up":
			return t("unread.starting");
		case "ready":
			if (unread === null) return t("unread.starting");
			return unread === 0 ? t("unread.none") : t.count("unread", unread);
		case "needs-approval":
		case "joining":
			return t("unread.here");
		case "locked-elsewhere":
			return t("unread.elsewhere");
		default:
			return t("unread.unknown");
	}
}
