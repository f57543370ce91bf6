/** Receipts: delivered when a message is kept on this device, seen when a page says a person saw it. Sent a moment
 *  later, so that a hundred messages make one receipt. */

import type { Context } from "./context";
import type { Live } from "./live";
import { passagesAfter } from "./receipt-times";

const WAIT_MS = 250;

export class Receipts {
	private readonly due = new Map<string, ReturnType<typeof setTimeout>>();
	private readonly sent = new Map<string, string>();

	constructor(
		private readonly context: Context,
		private readonly live: Pick<Live, "say">,
	) {}

	/** Something was kept or seen in a group. */
	changed(groupId: string): void {
		if (this.due.has(groupId)) return;
		this.due.set(
			groupId,
			setTimeout(() => {
				this.due.delete(groupId);
				void this.send(groupId).catch((error) => this.context.log("receipt not sent", error));
			}, WAIT_MS),
		);
	}

	/** Another person's device told how far it is. */
	async heard(groupId: string, personId: string, delivered: number, seen: number): Promise<void> {
		const group = this.context.groups.find(groupId);
		if (!group) return;
		const members = group.members.map((member) => {
			if (member.personId !== personId) return member;
			return {
				...member,
				delivered: Math.max(member.delivered, delivered),
				seen: Math.max(member.seen, seen),
			};
		});
		const passages = passagesAfter(group, members, this.context.now());
		await this.context.groups.update(groupId, { members, passages });
	}

	stop(): void {
		for (const timer of this.due.values()) clearTimeout(timer);
	}

	private async send(groupId: string): Promise<void> {
		const group = this.context.groups.find(groupId);
		if (!group?.active) return;
		const { cursor: delivered, seen } = group;
		const mark = `${delivered}/${seen}`;
		if (this.sent.get(groupId) === mark) return;
		this.sent.set(groupId, mark);
		if (this.live.say({ op: "receipt", group: groupId, delivered, seen })) return;
		await this.context.api.receipts(groupId, delivered, seen);
	}
}
