/** Saves the history by itself, in the one tab that owns the engine: soon after it starts, then a while after something
 *  was written. */

import { Unreachable } from "../lib/http";
import type { BackupApi } from "./backup-api";
import type { Trouble } from "./backup-memory";
import { saveBackup } from "./backup-save";
import { type Dirty, marked } from "./backup-slots";
import { Settling } from "./settling";
import type { Session } from "./setup";

/** After the first change; more changes until then are saved with it. */
const SAVE_AFTER_MS = 30_000;
/** What the service refuses is tried again more and more seldom. */
const LONGEST_MS = 60 * 60_000;

export interface WriterOptions {
	api: BackupApi;
	session: Pick<Session, "store" | "me">;
	log(what: string, error: unknown): void;
	afterMs?: number;
}

export class BackupWriter {
	private readonly settling: Settling;
	private readonly afterMs: number;
	private waitMs: number;
	/** The first save looks at everything: what the last life left unsaved, nobody has written down. */
	private dirty: Dirty = null;
	private stopped = false;

	constructor(private readonly options: WriterOptions) {
		this.afterMs = options.afterMs ?? SAVE_AFTER_MS;
		this.waitMs = this.afterMs;
		this.settling = new Settling(this.afterMs, () => void this.save());
		options.session.store.watch((changes) => {
			const fresh: NonNullable<Dirty> = new Map();
			marked(fresh, changes);
			if (fresh.size === 0 || this.stopped) return;
			if (this.dirty) marked(this.dirty, changes);
			this.settling.soon(this.waitMs);
		});
		this.settling.soon();
	}

	stop(): void {
		this.stopped = true;
		this.settling.stop();
	}

	/** Without waiting for more to come. */
	now(): Promise<void> {
		return this.save();
	}

	/** What could not be saved, the next one looks for everywhere. */
	private async save(): Promise<void> {
		const { api, session, log } = this.options;
		const { personId, organisation } = session.me;
		const owner = { personId, organisationId: organisation.id };
		const dirty = this.dirty;
		this.dirty = new Map();
		try {
			const memory = await saveBackup({ api, store: session.store, owner, now: () => new Date() }, dirty);
			this.saved(memory?.trouble ?? null);
		} catch (error) {
			if (!this.stopped) log("not backed up", error);
			this.again(error instanceof Unreachable);
		}
	}

	private saved(trouble: Trouble | null): void {
		// Told about a backup that goes on.
		if (!trouble || trouble === "rolled-back") this.waitMs = this.afterMs;
		else if (trouble === "refused") this.again(false);
		else this.dirty = null;
	}

	private again(soon: boolean): void {
		this.dirty = null;
		this.waitMs = soon ? this.afterMs : Math.min(2 * this.waitMs, LONGEST_MS);
		if (!this.stopped) this.settling.soon(this.waitMs);
	}
}
