/** Each group is one stream of entries, read in order, without gaps, each once. The socket brings entries as they
 *  come; what is missing in between is fetched. */

import type { Api, Entry } from "./api";
import type { Context } from "./context";
import type { Outcome, Reader } from "./reader";
import type { CommitRecord } from "./records";

export interface StreamHooks {
	/** Entries were read; in the group's lane. */
	read(groupId: string, outcome: Outcome): Promise<void>;
	/** A commit cannot be followed; `commit`: this device's own, if its GroupInfo is still there. In the lane. */
	lost(groupId: string, commit: CommitRecord | null): Promise<void>;
	progress(done: number, total: number): void;
}

/** Below this, catching up is not worth a progress bar. */
const PROGRESS_FROM = 50;
/** So many of those that follow an entry are shown to the reader. */
const BEHIND = 100;

export class Streams {
	private behind = new Map<string, number>();
	private caughtUp = 0;

	constructor(
		private readonly context: Context,
		private readonly reader: Pick<Reader, "read">,
		private readonly hooks: StreamHooks,
		private readonly api: Pick<Api, "entries"> = context.api,
	) {}

	/** Whether so much is missing that somebody may have to wait. */
	get busy(): boolean {
		return this.caughtUp >= PROGRESS_FROM;
	}

	/** Entries as the socket brought them; they may overlap with what was read, or leave a gap. */
	accept(groupId: string, entries: readonly Entry[]): Promise<void> {
		return this.context.lanes.run(groupId, async () => {
			const { groups } = this.context;
			const first = entries[0]?.seq ?? 0;
			if (groups.follows(groupId) && first > groups.get(groupId).cursor + 1) await this.fill(groupId);
			await this.readAll(groupId, entries);
		});
	}

	/** Fetch and read everything that is missing. */
	catchUp(groupId: string): Promise<void> {
		return this.context.lanes.run(groupId, () => this.fill(groupId));
	}

	/** The same, for callers that are in the group's lane already. */
	async fill(groupId: string): Promise<void> {
		const { groups } = this.context;
		while (groups.follows(groupId)) {
			const { cursor } = groups.get(groupId);
			const page = await this.api.entries(groupId, cursor);
			// The service has forgotten what was read here: what it numbers anew would be skipped, unseen.
			if (page.lastSeq < cursor) return this.hooks.lost(groupId, null);
			this.measure(groupId, page.lastSeq - cursor);
			await this.readAll(groupId, page.entries);
			const now = groups.get(groupId).cursor;
			if (now >= page.lastSeq || now === cursor) return this.measure(groupId, 0);
		}
	}

	private async readAll(groupId: string, entries: readonly Entry[]): Promise<void> {
		const sum: Outcome = { epochChanged: false, lost: null };
		let count = 0;
		for (const [at, entry] of entries.entries()) {
			const { groups } = this.context;
			if (!groups.follows(groupId)) break;
			const group = groups.get(groupId);
			if (entry.seq <= group.cursor) continue;
			const outcome = await this.reader.read(group, entry, entries.slice(at + 1, at + 1 + BEHIND));
			sum.epochChanged ||= outcome.epochChanged;
			count += 1;
			this.step(groupId);
			if (outcome.lost) {
				await this.hooks.lost(groupId, outcome.lost === "unknown" ? null : outcome.lost);
				break;
			}
		}
		if (count > 0) await this.hooks.read(groupId, sum);
	}

	private measure(groupId: string, missing: number): void {
		if (missing > 0) this.behind.set(groupId, missing);
		else this.behind.delete(groupId);
		if (this.behind.size === 0) {
			if (this.caughtUp >= PROGRESS_FROM) this.hooks.progress(this.caughtUp, this.caughtUp);
			this.caughtUp = 0;
		}
	}

	private step(groupId: string): void {
		const missing = this.behind.get(groupId);
		if (!missing) return;
		this.behind.set(groupId, missing - 1);
		this.caughtUp += 1;
		const left = [...this.behind.values()].reduce((sum, each) => sum + each, 0);
		const total = this.caughtUp + left;
		if (total >= PROGRESS_FROM && this.caughtUp % 10 === 0) this.hooks.progress(this.caughtUp, total);
	}
}
