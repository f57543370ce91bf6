/** Who has acknowledged a message, and who has taken it over: as the service tells it, kept with the message. */

import { Problem } from "../lib/http";
import type { Context } from "./context";
import { Failure } from "./failure";
import type { MessageRecord } from "./records";
import type { Acknowledgement, AcknowledgementKind } from "./urgent-types";
import type { OfMessage } from "./urgent-wire";

/** Those of messages that this device has not read yet; more would be somebody's mischief. */
const EARLY = 500;

export class Acknowledgements {
	private readonly early = new Map<string, OfMessage[]>();

	constructor(private readonly context: Context) {}

	/** Raises: Failure `not-found`, `taken-over` (detail: by whom); Problem, Unreachable. */
	async acknowledge(messageId: string, kind: AcknowledgementKind): Promise<void> {
		const { conversationId } = await this.message(messageId);
		try {
			const made = await this.context.api.urgent.acknowledge(conversationId, messageId, kind);
			// Whoever takes over has acknowledged; the service says both to those who fetch.
			const both: OfMessage[] = kind === "taken-over" ? [{ ...made, kind: "acknowledged" }, made] : [made];
			await this.keep(conversationId, both);
		} catch (error) {
			if (!(error instanceof Problem) || error.code !== "taken-over") throw error;
			await this.refresh(conversationId);
			throw new Failure("taken-over", this.context.groups.person(String(error.extra.person_id)).name);
		}
	}

	/** Raises: Failure `not-found`; Problem `not-taken-over`, Unreachable. */
	async handBack(messageId: string): Promise<void> {
		const { conversationId } = await this.message(messageId);
		await this.keep(conversationId, [await this.context.api.urgent.handBack(conversationId, messageId)]);
	}

	/** Fetch what the service knows of a group. */
	async refresh(groupId: string): Promise<void> {
		const group = this.context.groups.get(groupId);
		const [oldest] = await this.context.store.messages(groupId, null, SHOWN);
		const since = Math.max(0, (oldest?.seq ?? group.cursor) - 1);
		await this.keep(groupId, await this.context.api.urgent.acknowledgements(groupId, since));
	}

	/** Put them to their messages; those that are not here yet wait for theirs. */
	async keep(groupId: string, rows: readonly OfMessage[]): Promise<void> {
		if (rows.length === 0) return;
		const { store, lanes, tell } = this.context;
		await lanes.run(groupId, async () => {
			const changed: MessageRecord[] = [];
			for (const [messageId, its] of byMessage(rows)) {
				const message = await store.get("messages", messageId);
				if (!message) this.wait(groupId, its);
				else if (message.conversationId === groupId) {
					const acknowledgements = merged(message.acknowledgements ?? [], its);
					if (!same(acknowledgements, message.acknowledgements)) {
						changed.push({ ...message, acknowledgements });
					}
				}
			}
			if (changed.length === 0) return;
			await store.write(changed.map((value) => ({ table: "messages", key: value.id, value }) as const));
			tell(groupId, changed);
		});
	}

	/** Messages of a group were read: what waited for them may find them now. */
	async read(groupId: string): Promise<void> {
		const waiting = this.early.get(groupId) ?? [];
		this.early.delete(groupId);
		await this.keep(groupId, waiting);
	}

	/** Raises: Failure `not-found`. */
	private async message(messageId: string): Promise<MessageRecord> {
		const found = await this.context.store.get("messages", messageId);
		if (!found) throw new Failure("not-found");
		return found;
	}

	private wait(groupId: string, rows: readonly OfMessage[]): void {
		const { cursor } = this.context.groups.get(groupId);
		const early = rows.filter(({ seq }) => seq > cursor);
		if (early.length > 0)
			this.early.set(groupId, [...(this.early.get(groupId) ?? []), ...early].slice(-EARLY));
	}
}

/** As many messages as a page shows at first, twice. */
const SHOWN = 100;

function byMessage(rows: readonly OfMessage[]): Map<string, OfMessage[]> {
	const found = new Map<string, OfMessage[]>();
	for (const row of rows) found.set(row.messageId, [...(found.get(row.messageId) ?? []), row]);
	return found;
}

/** A row that is known is replaced: what changes in it is its end. */
export function merged(known: readonly Acknowledgement[], fresh: readonly OfMessage[]): Acknowledgement[] {
	const rows = new Map(known.map((one) => [keyOf(one), one]));
	for (const { kind, personId, at, endedAt } of fresh) {
		rows.set(keyOf({ kind, personId, at }), { kind, personId, at, endedAt });
	}
	return [...rows.values()].sort((one, other) => one.at.localeCompare(other.at));
}

function keyOf({ kind, personId, at }: Pick<Acknowledgement, "kind" | "personId" | "at">): string {
	// A message is acknowledged once by a person, but taken over again after it was handed back.
	return kind === "acknowledged" ? `${kind} ${personId}` : `${kind} ${personId} ${at}`;
}

function same(one: unknown, other: unknown): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}
