/** What the parts of the messenger share: one device's session and its means. */

import type { Lanes } from "../lib/lanes";
import type { Api } from "./api";
import type { Devices } from "./devices";
import type { Groups } from "./groups";
import type { MlsEngine } from "./mls";
import type { Pins } from "./pins";
import type { MessageRecord, SelfRecord } from "./records";
import type { Roster } from "./roster";
import type { Store } from "./store";
import type { Language } from "./texts";

export interface Context {
	api: Api;
	store: Store;
	engine: MlsEngine;
	self: SelfRecord;
	/** The person here is a patient: most doors of staff are not there. */
	isPatient: boolean;
	groups: Groups;
	devices: Devices;
	pins: Pins;
	roster: Roster;
	/** One line of work per group: reading, committing and encrypting never overlap in one group. */
	lanes: Lanes;
	language: Language;
	now(): Date;
	/** Tell pages about messages that are new or changed. `changed`: none of them is new. */
	tell(conversationId: string, messages: readonly MessageRecord[], changed?: boolean): void;
	/** Write down what a page cannot be told: without content, names or keys. */
	log(what: string, error: unknown): void;
}
