/** The recovery kit as a page opens it, beside the engine. */

import type { KeyApi } from "./key-api";
import { Recovery } from "./recovery";
import { Store } from "./store";

/** Null where nothing was set up. `anew`: this browser may be set up by what comes. Raises: Problem, Unreachable. */
export async function openRecovery(api: KeyApi, { anew }: { anew: boolean }): Promise<Recovery | null> {
	const me = await api.me();
	const name = `medicus-${me.personId}`;
	const store = (await Store.existing(name)) ?? (anew ? await Store.open(name) : null);
	return store && new Recovery({ api, me, store });
}
