/** Changing a group: one commit wins each epoch, the others follow it and try again.
 *
 *  The engine keeps the new keys only after the server's answer. A browser closed in that moment has a commit in
 *  the stream whose keys it never saved; so what is needed to come back (`groupInfo`) is written before sending. */

import { base64, fromBase64 } from "../crypto/bytes";
import { newId } from "../crypto/ids";
import { backoffMs, pause } from "../lib/backoff";
import { Problem, Unreachable } from "../lib/http";
import type { CommitRequest } from "./api";
import type { Context } from "./context";
import { Failure } from "./failure";
import type { Guard } from "./guard";
import type { SendCommit } from "./mls";
import { localEvent } from "./notes";
import type { CommitRecord } from "./records";
import type { Streams } from "./streams";

/** What to commit, given the group as it is now; null when there is nothing left to do. */
export type Plan = () => Promise<((send: SendCommit) => Promise<void>) | null>;

const ATTEMPTS = 12;

export class Committer {
	constructor(
		private readonly context: Context,
		private readonly streams: Pick<Streams, "fill">,
		private readonly guard: Pick<Guard, "check" | "identities">,
	) {}

	/** Raises: Failure (`stale-epoch` after many lost races, or the server's refusal), Unreachable. */
	async run(groupId: string, plan: Plan): Promise<void> {
		for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
			if (await this.context.lanes.run(groupId, () => this.attempt(groupId, plan))) return;
			await pause(backoffMs(attempt, { firstMs: 60, longestMs: 1500 }));
		}
		throw new Failure("stale-epoch");
	}

	/** Come back into a group by an external commit, with the GroupInfo of the own commit that was lost.
	 *
	 *  To be called in the group's lane. Returns false when the group has moved on or the server refuses. */
	async rejoin(groupId: string, commit: CommitRecord): Promise<boolean> {
		const { engine, groups, log } = this.context;
		const made = this.record(groupId, commit.epoch + 1, commit.before);
		try {
			await engine.rejoin(groupId, fromBase64(commit.groupInfo), this.sender(made));
		} catch (error) {
			log("could not rejoin", error);
			return false;
		}
		await groups.update(groupId, { place: "held" }, [{ table: "commits", key: commit.id, value: null }]);
		return true;
	}

	/** Mark a group whose changes this device can no longer follow, and say so. In the group's lane. */
	async giveUp(groupId: string): Promise<void> {
		const note = localEvent(this.context, groupId, "lost", []);
		await this.context.groups.update(groupId, { place: "lost" }, [
			{ table: "messages", key: note.id, value: note },
		]);
		this.context.tell(groupId, [note]);
	}

	private async attempt(groupId: string, plan: Plan): Promise<boolean> {
		await this.streams.fill(groupId);
		this.context.groups.writable(groupId);
		const work = await plan();
		if (!work) return true;
		const epoch = await this.context.engine.epoch(groupId);
		const made = this.record(groupId, epoch, await this.guard.identities(groupId, epoch));
		try {
			await work(this.sender(made));
		} catch (error) {
			if (error instanceof Problem && error.code === "stale-epoch") return false;
			if (!revokedLeafStays(error)) throw error;
			// The newest revocations let the guard have these leaves removed; then this is tried again.
			await this.guard.check(groupId, true);
			return false;
		}
		await this.afterwards(made);
		// The own commit is in the stream now; reading it makes it visible to the person.
		await this.streams.fill(groupId).catch((error) => this.context.log("not read on", error));
		return true;
	}

	/** The commit stands; what fails now is only told. */
	private async afterwards(made: CommitRecord): Promise<void> {
		const { groups, log, now } = this.context;
		const groupId = made.conversationId;
		await this.guard.check(groupId).catch((error) => log("not checked", error));
		const value = { ...made, after: await this.guard.identities(groupId, made.epoch + 1) };
		const change = { table: "commits", key: made.id, value } as const;
		await groups.update(groupId, { keysAtMs: now().getTime() }, [change]);
	}

	private record(groupId: string, epoch: number, before: string[]): CommitRecord {
		return { id: newId(), conversationId: groupId, epoch, groupInfo: "", before, after: [] };
	}

	private sender(made: CommitRecord): SendCommit {
		return async (outgoing) => {
			await this.keep({ ...made, groupInfo: base64(outgoing.groupInfo) });
			const { commit, welcome } = outgoing;
			try {
				return await this.deliver(made.conversationId, { id: made.id, epoch: made.epoch, commit, welcome });
			} catch (error) {
				await this.context.store.write([{ table: "commits", key: made.id, value: null }]);
				throw error;
			}
		};
	}

	private keep(commit: CommitRecord): Promise<void> {
		return this.context.store.write([{ table: "commits", key: commit.id, value: commit }]);
	}

	/** Ask until the server says for sure what became of the commit: silence means neither yes nor no. */
	private async deliver(groupId: string, request: CommitRequest): Promise<{ seq: number }> {
		for (let attempt = 0; ; attempt++) {
			try {
				return await this.context.api.commit(groupId, request);
			} catch (error) {
				if (!(error instanceof Unreachable)) throw error;
				await pause(backoffMs(attempt, { firstMs: 300, longestMs: 10_000 }));
			}
		}
	}
}

/** A device was revoked that this browser did not know of: the service takes no commit that leaves its leaf. */
function revokedLeafStays(error: unknown): boolean {
	return error instanceof Problem && error.extra.reason === "revoked-leaf-stays";
}
