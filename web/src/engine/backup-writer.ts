/** Saves the history by itself, in the one tab that owns the engine: soon after it starts, then a while after something
 *  was written. */

import type { BackupApi } from "./backup-api";
import { saveBackup } from "./backup-save";
import { type Dirty, marked } from "./backup-slots";
import { Settling } from "./settling";
import type { Session } from "./setup";

/** After the first change; more changes until then are saved with it. */
const SAVE_AFTER_MS = 30_000;

export interface WriterOptions {
	api: BackupApi;
	session: Pick<Session, "store" | "me">;
	log(what: string, error: unknown): void;
	afterMs?: number;
}

export class BackupWriter {
	private readonly settling: Settling;
	/** The first save looks at everything: what the last life left unsaved, nobody has written down. */
	private dirty: Dirty = null;
	private stopped = false;

	constructor(private readonly options: WriterOptions) {
		this.settling = new Settling(options.afterMs ?? SAVE_AFTER_MS, () => void this.save());
		options.session.store.watch((changes) => {
			const fresh: NonNullable<Dirty> = new Map();
			marked(fresh, changes);
			if (fresh.size === 0 || this.stopped) return;
			if (this.dirty) marked(this.dirty, changes);
			this.settling.soon();
		});
		this.settling.soon();
	}

	stop(): void {
		this.stopped = true;
		this.settling.stop();
	}

	/** What could not be saved, the next one looks for everywhere. */
	private async save(): Promise<void> {
		const { api, session, log } = this.options;
		const { personId, organisation } = session.me;
		const owner = { personId, organisationId: organisation.id };
		const dirty = this.dirty;
		this.dirty = new Map();
		try {
			await saveBackup({ api, store: session.store, owner, now: () => new Date() }, dirty);
		} catch (error) {
			this.dirty = null;
			if (this.stopped) return;
			log("not backed up", error);
			this.settling.soon();
		}
	}
}
