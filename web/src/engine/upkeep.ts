/** What a device does for its groups by itself: new keys, leaving no revoked device in, coming back after a crash. */

import type { Committer } from "./commits";
import type { Context } from "./context";
import type { Guard } from "./guard";
import type { CommitRecord } from "./records";

const DAY_MS = 86_400_000;

export class Upkeep {
	constructor(
		private readonly context: Context,
		private readonly committer: Committer,
		private readonly guard: Guard,
	) {}

	/** New keys once a week, and before the first message after a day of silence. */
	async freshenKeys(groupId: string): Promise<void> {
		const { engine, groups, log } = this.context;
		const { keysAtMs, sentAtMs } = groups.get(groupId);
		const now = this.context.now().getTime();
		if (now - keysAtMs < 7 * DAY_MS && now - Math.max(sentAtMs, keysAtMs) < DAY_MS) return;
		await this.committer
			.run(groupId, async () => (send) => engine.update(groupId, send))
			.catch((error) => log("keys not renewed", error));
	}

	/** A commit could not be followed; in the group's lane. */
	async recover(groupId: string, commit: CommitRecord | null): Promise<void> {
		const back = commit?.groupInfo ? await this.committer.rejoin(groupId, commit) : false;
		if (back) await this.guard.check(groupId);
		else await this.committer.giveUp(groupId);
	}
}
