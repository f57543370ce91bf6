/** The pages of the recovery kit: made and withdrawn on one, used on the other. */
import "../lib/trusted-types";
import "../elements/recovery-kit/make";
import "../elements/recovery-kit/use";
import { KeyApi } from "../engine/key-api";
import { openRecovery } from "../engine/recovery-open";
import { csrfToken } from "../lib/csrf";
import { Http } from "../lib/http";

const api = new KeyApi(new Http({ csrf: async () => csrfToken() }));
const kit = document.querySelector("medicus-recovery-kit");
if (kit) kit.open = () => openRecovery(api, { anew: false });
const use = document.querySelector("medicus-recovery-use");
if (use) use.open = () => openRecovery(api, { anew: true });
