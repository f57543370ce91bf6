/** The recovery kit and the backup as a page opens them, beside the engine. */

import type { Http } from "../lib/http";
import { Backup } from "./backup";
import { BackupApi } from "./backup-api";
import { KeyApi } from "./key-api";
import { EngineLock } from "./lock";
import { Recovery } from "./recovery";
import { Store } from "./store";
import type { Language } from "./texts";

interface Opening {
	/** This browser may be set up by what comes. */
	anew: boolean;
	language: Language;
}

/** Null where nothing was set up; for patients the service keeps no backup. Raises: Problem, Unreachable. */
export async function openRecovery(
	http: Http,
	{ anew, language }: Opening,
): Promise<{ recovery: Recovery; backup: Backup | null } | null> {
	const api = new KeyApi(http);
	const me = await api.me();
	const name = `medicus-${me.personId}`;
	const store = (await Store.existing(name)) ?? (anew ? await Store.open(name) : null);
	if (!store) return null;
	if (me.isPatient) return { recovery: new Recovery({ api, me, store }), backup: null };
	const backup = new Backup({
		api: new BackupApi(http),
		groups: api,
		store,
		owner: { personId: me.personId, organisationId: me.organisation.id },
		language,
		now: () => new Date(),
		alone: (work) => new EngineLock().alone(work),
	});
	return { recovery: new Recovery({ api, me, store, backup }), backup };
}
