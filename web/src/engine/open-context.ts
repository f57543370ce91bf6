/** One session's means, put together from what was opened. */

import { ChainVerifier, type VerdictStore } from "../crypto/chain";
import { Lanes } from "../lib/lanes";
import { Announcer } from "./announcer";
import type { Context } from "./context";
import type { DeskOptions } from "./desk-options";
import { Devices } from "./devices";
import type { Groups } from "./groups";
import { Pins } from "./pins";
import type { PinRecord } from "./records";
import { Roster } from "./roster";
import type { Store } from "./store";
import { messageView } from "./views";

export async function openContext(
	{ api, session, language, emit, log, now }: DeskOptions,
	groups: Groups,
): Promise<Context> {
	const { store, engine, self, root } = session;
	const pins = await Pins.load(store);
	const devices = new Devices(api, store, () => now().getTime());
	const sources = {
		devices: (personIds: readonly string[], fresh: boolean) => devices.of(personIds, fresh),
		pin: (personId: string, domain: string) => pins.of(personId, domain),
		keepPin: (pin: PinRecord) => pins.keep(pin),
	};
	const verifier = new ChainVerifier(root, () => now().getTime(), verdictsIn(store));
	await verifier.load();
	const announcer = new Announcer(emit);
	const context: Context = {
		api,
		store,
		engine,
		self,
		isPatient: session.me.isPatient,
		groups,
		devices,
		pins,
		roster: new Roster(sources, verifier, now),
		lanes: new Lanes(),
		language,
		now,
		log,
		tell: (conversationId, messages, changed = false) => {
			if (messages.length === 0) return;
			const views = messages.map((message) => messageView(context, message));
			announcer.tell(conversationId, views, changed);
			// Whether the one message of a request is on its way decides whether another may be written.
			if (groups.find(conversationId)?.contact) groups.touch(conversationId);
		},
	};
	return context;
}

function verdictsIn(store: Store): VerdictStore {
	return {
		all: async () => (await store.all("verdicts")).map(({ hash, device }) => [hash, device]),
		keep: (hash, device) => store.write([{ table: "verdicts", key: hash, value: { hash, device } }]),
	};
}
