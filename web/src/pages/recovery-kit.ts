/** The pages of the recovery kit: made and withdrawn on one, with the backup that it opens; used on the other. */
import "../lib/trusted-types";
import "../elements/recovery-kit/backup";
import "../elements/recovery-kit/make";
import "../elements/recovery-kit/use";
import { openRecovery } from "../engine/recovery-open";
import { language } from "../i18n";
import { csrfToken } from "../lib/csrf";
import { Http } from "../lib/http";

const http = new Http({ csrf: async () => csrfToken(), timeoutMs: 60_000 });
const opened = (anew: boolean) => openRecovery(http, { anew, language: language() });
const kit = document.querySelector("medicus-recovery-kit");
const backup = document.querySelector("medicus-history-backup");
const lookAtBackup = () => {
	if (backup) backup.open = async () => (await opened(false))?.backup ?? null;
};
if (kit) kit.open = async () => (await opened(false))?.recovery ?? null;
lookAtBackup();
// A new kit may be the first one that opens a backup.
kit?.addEventListener("kit-changed", lookAtBackup);
const use = document.querySelector("medicus-recovery-use");
if (use) use.open = async () => (await opened(true))?.recovery ?? null;
