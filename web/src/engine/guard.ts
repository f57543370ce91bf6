/** Nothing is encrypted for a leaf that is nobody's. Keeps a verdict per group and epoch, locks a group that has an
 *  unknown leaf, shows it, and reports it to the service's audit log. */

import type { Context } from "./context";
import { Failure } from "./failure";
import { localEvent } from "./notes";
import type { MessageRecord } from "./records";
import type { Verdict } from "./roster";
import type { Trust } from "./types";

/** How old the server's list of revoked devices may be when something is sent. */
const REVOCATIONS_MS = 5 * 60_000;

interface Held {
	epoch: number;
	atMs: number;
	verdict: Verdict;
}

export class Guard {
	private readonly held = new Map<string, Held>();

	/** `ended`: told which leaves have to go because their device was revoked or expired. */
	constructor(
		private readonly context: Context,
		private readonly ended: (groupId: string, identities: string[]) => void,
	) {}

	verdict(groupId: string): Verdict | null {
		return this.held.get(groupId)?.verdict ?? null;
	}

	/** The identities of a group's leaves as last judged; of the engine, if that was in another epoch. */
	async identities(groupId: string, epoch: number): Promise<string[]> {
		const held = this.held.get(groupId);
		if (held?.epoch !== epoch) return this.context.engine.identities(groupId);
		const { certified, unknown, ended } = held.verdict;
		return [...[...certified, ...unknown].map(({ identity }) => identity), ...ended];
	}

	trust(groupId: string): Trust {
		const unknown = this.verdict(groupId)?.unknown ?? [];
		if (unknown.length === 0) return { state: "verified" };
		return { state: "unknown-leaf", identities: unknown.map(({ identity }) => identity) };
	}

	/** Check before sending; to be called in the group's lane, right before encrypting. Returns the epoch.
	 *
	 *  Raises: Failure `unknown-leaf`. */
	async demandTrust(groupId: string): Promise<number> {
		const held = this.held.get(groupId);
		const epoch = await this.context.engine.epoch(groupId);
		const recent = held && held.epoch === epoch && this.now() - held.atMs < REVOCATIONS_MS;
		const verdict = recent ? held.verdict : await this.check(groupId, held?.epoch === epoch);
		if (verdict.unknown.length + verdict.ended.length > 0) throw new Failure("unknown-leaf");
		return epoch;
	}

	/** Judge a group's leaves again, as after each new epoch. `fresh`: with the newest revocations. */
	async check(groupId: string, fresh = false): Promise<Verdict> {
		const { engine, roster } = this.context;
		const epoch = await engine.epoch(groupId);
		const verdict = await roster.judge(await engine.members(groupId), fresh);
		this.held.set(groupId, { epoch, atMs: this.now(), verdict });
		await this.showUnknown(groupId, epoch, verdict);
		await this.showChanged(groupId, verdict);
		if (verdict.ended.length > 0) this.ended(groupId, verdict.ended);
		return verdict;
	}

	forget(groupId: string): void {
		this.held.delete(groupId);
	}

	/** Revocations may have changed: the next send asks the server again. */
	stale(): void {
		for (const held of this.held.values()) held.atMs = 0;
	}

	private async showUnknown(groupId: string, epoch: number, verdict: Verdict): Promise<void> {
		const { api, groups, log } = this.context;
		const identities = verdict.unknown.map(({ identity }) => identity);
		const told = groups.get(groupId).unknown;
		const news = identities.filter((identity) => !told.includes(identity));
		if (news.length > 0) await this.note(groupId, localEvent(this.context, groupId, "unknown-leaf", []));
		if (news.length > 0 || told.length > identities.length) {
			await groups.update(groupId, { unknown: identities });
		}
		for (const identity of news) {
			await api
				.reportUnknownLeaf(groupId, epoch, identity)
				.catch((error) => log("unknown leaf not reported", error));
		}
	}

	/** Another identity key than the one last seen in this conversation is shown in it. */
	private async showChanged(groupId: string, { certified }: Verdict): Promise<void> {
		const known = this.context.groups.get(groupId).keys;
		const now = certified.map(({ device }) => [device.personId, device.identityFingerprint] as const);
		const news = now.filter(([personId, fingerprint]) => known[personId] !== fingerprint);
		if (news.length === 0) return;
		const changed = news.flatMap(([personId]) => (known[personId] ? [personId] : []));
		for (const personId of new Set(changed)) {
			await this.note(groupId, localEvent(this.context, groupId, "key-changed", [personId]));
		}
		await this.context.groups.update(groupId, { keys: { ...known, ...Object.fromEntries(news) } });
	}

	private async note(groupId: string, message: MessageRecord): Promise<void> {
		await this.context.store.write([{ table: "messages", key: message.id, value: message }]);
		this.context.tell(groupId, [message]);
	}

	private now(): number {
		return this.context.now().getTime();
	}
}
