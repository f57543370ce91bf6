/** Urgent messages: who would be asked, announcing and sending one, and what is open for the person here. */

import { newId } from "../crypto/ids";
import { Problem } from "../lib/http";
import { Acknowledgements } from "./acknowledgements";
import type { Context } from "./context";
import { Failure } from "./failure";
import { handOver } from "./handover";
import type { Outbox } from "./outbox";
import { Settling } from "./settling";
import type { Message } from "./types";
import type {
	Newcomer,
	OpenItems,
	RolePlan,
	Urgent,
	UrgentItem,
	UrgentOrder,
	UrgentState,
} from "./urgent-types";
import { roleOf, stateOf, type WireItem, type WireOpenItems } from "./urgent-wire";
import { messageView } from "./views";

export interface UrgentPorts {
	add(groupId: string, personIds: string[]): Promise<void>;
	remove(groupId: string, personId: string): Promise<void>;
	/** Raises: Failure, when nothing can be written there. */
	mayWrite(groupId: string): void;
	outbox: Pick<Outbox, "enqueue" | "pump" | "find">;
	/** What is open for the person has changed. */
	opened(items: OpenItems): void;
}

const NOTHING: OpenItems = { due: [], roles: [], newcomers: [] };
/** Hints that come together are answered once. */
const WAIT_MS = 250;
/** So many urgent messages of one conversation are looked after. */
const LOOKED_AFTER = 20;
const OVER: ReadonlySet<UrgentState> = new Set(["acknowledged", "withdrawn", "lapsed"]);

export class Urgents {
	readonly acknowledgements: Acknowledgements;
	private wire: WireOpenItems | null = null;
	private readonly looked = new Set<string>();
	/** Message → its group: to be asked about. */
	private readonly hinted = new Map<string, string>();
	private readonly listing = new Settling(WAIT_MS, () => this.background(() => this.refresh()));
	private readonly hints = new Settling(WAIT_MS, () => this.background(() => this.followHints()));

	constructor(
		private readonly context: Context,
		private readonly ports: UrgentPorts,
	) {
		this.acknowledgements = new Acknowledgements(context);
	}

	/** A new connection: what was missed is asked for, of conversations when they are looked at. */
	connected(): void {
		this.looked.clear();
		if (this.context.isPatient) return;
		this.listing.soon();
	}

	stop(): void {
		this.listing.stop();
		this.hints.stop();
	}

	/** The service says that an urgent message has changed. */
	hear(groupId: string, messageId: string): void {
		this.listing.soon();
		this.hint(groupId, messageId);
	}

	/** A page looks at a conversation: once in a connection, fetch what became of its messages. */
	look(groupId: string): void {
		if (this.looked.has(groupId) || !this.takesUrgent(groupId)) return;
		this.looked.add(groupId);
		this.background(async () => {
			try {
				await this.lookAt(groupId);
			} catch (error) {
				this.looked.delete(groupId);
				throw error;
			}
		});
	}

	/** Entries of a group were read. */
	async read(groupId: string): Promise<void> {
		await this.acknowledgements.read(groupId);
		if ([...this.hinted.values()].includes(groupId)) this.hints.soon();
		if (this.wire && concerns(this.wire, groupId)) this.ports.opened(await this.openItems());
	}

	/** Raises: Problem `not-found`, Unreachable. */
	async plan(roleId: string, minutes: number): Promise<RolePlan> {
		const plan = await this.context.api.urgent.plan(roleId, minutes);
		await this.introduce(plan);
		return plan;
	}

	/** Bring the chain in, announce, send, and start the clock.
	 *
	 *  Raises: Failure `inactive`, `no-device`; Problem, Unreachable: then nothing was sent. */
	async send(groupId: string, text: string, order: UrgentOrder): Promise<Message> {
		const { mayWrite, outbox } = this.ports;
		mayWrite(groupId);
		if (!this.takesUrgent(groupId)) throw new Failure("patient-reads");
		if (order.roleId) await this.bringChain(groupId, await this.plan(order.roleId, order.minutes));
		const messageId = newId();
		const urgent = await this.context.api.urgent.announce(groupId, messageId, order);
		const message = await outbox.enqueue(groupId, { type: "text", text }, null, messageId);
		await this.keep(groupId, messageId, urgent);
		await outbox.pump(groupId);
		if (outbox.find(messageId) === null) this.background(() => this.startClock(groupId, messageId, order));
		const record = await this.context.store.get("messages", messageId);
		return messageView(this.context, record ?? message);
	}

	/** Raises: Problem `urgent-over`, Unreachable. */
	async withdraw(messageId: string): Promise<void> {
		const groupId = await this.groupOf(messageId);
		try {
			await this.keep(groupId, messageId, await this.context.api.urgent.withdraw(groupId, messageId));
		} catch (error) {
			if (error instanceof Problem && error.code === "urgent-over") this.hint(groupId, messageId);
			throw error;
		}
	}

	async acknowledge(messageId: string, kind: "acknowledged" | "taken-over"): Promise<void> {
		await this.acknowledgements.acknowledge(messageId, kind);
		this.hear(await this.groupOf(messageId), messageId);
	}

	async handBack(messageId: string): Promise<void> {
		await this.acknowledgements.handBack(messageId);
		this.hear(await this.groupOf(messageId), messageId);
	}

	/** With what this browser has decrypted of each. */
	async openItems(): Promise<OpenItems> {
		if (!this.wire) return NOTHING;
		const { due, roles, to_add } = this.wire;
		return {
			due: await Promise.all(due.map((item) => this.item(item))),
			roles: await Promise.all(roles.map((item) => this.item(item))),
			newcomers: to_add.filter(({ group_id }) => this.context.groups.follows(group_id)).map(newcomerOf),
		};
	}

	/** Let whoever holds the role now into a conversation that has open items of it. */
	async bringIn(newcomer: Newcomer): Promise<void> {
		await handOver(this.context, this.ports, newcomer);
		this.listing.soon();
	}

	private async refresh(): Promise<void> {
		this.wire = await this.context.api.urgent.openItems();
		for (const { group_id, message_id } of [...this.wire.due, ...this.wire.roles]) {
			this.hint(group_id, message_id);
		}
		this.ports.opened(await this.openItems());
	}

	private async item(wire: WireItem): Promise<UrgentItem> {
		const { groups, store } = this.context;
		const message = await store.get("messages", wire.message_id);
		return {
			conversationId: wire.group_id,
			messageId: wire.message_id,
			senderName: wire.sender_name,
			role: roleOf(wire.role),
			state: stateOf(wire.state),
			dueAt: wire.due_at,
			announcedAt: wire.announced_at,
			member: wire.member && groups.follows(wire.group_id),
			title: groups.find(wire.group_id)?.title ?? "",
			text: message?.type === "text" ? message.text : "",
		};
	}

	/** Whoever is asked must be able to read it. */
	private async bringChain(groupId: string, plan: RolePlan): Promise<void> {
		const { groups, self } = this.context;
		const present = new Set(groups.get(groupId).members.map(({ personId }) => personId));
		const missing = peopleOf(plan).filter((id) => id !== self.personId && !present.has(id));
		if (missing.length > 0) await this.ports.add(groupId, missing);
	}

	/** A refusal names people, who may be nobody's colleagues yet. */
	private async introduce({ chain, role }: RolePlan): Promise<void> {
		const { groups } = this.context;
		const strangers = chain.flatMap(({ personId, name }) =>
			personId && name && !groups.person(personId).organisation.id
				? [{ personId, name, function: "", organisation: { id: "", name: role.hospital } }]
				: [],
		);
		await groups.learn(strangers);
	}

	private async startClock(groupId: string, messageId: string, order: UrgentOrder): Promise<void> {
		await this.keep(groupId, messageId, await this.context.api.urgent.announce(groupId, messageId, order));
	}

	private async lookAt(groupId: string): Promise<void> {
		const { api, groups, store } = this.context;
		const ids = await api.urgent.urgentAfter(groupId, 0);
		for (const id of ids.slice(-LOOKED_AFTER)) {
			const known = await store.get("messages", id);
			if (!known?.urgent || !OVER.has(known.urgent.state)) this.hint(groupId, id);
		}
		if (groups.get(groupId).kind === "case" || ids.length > 0) await this.acknowledgements.refresh(groupId);
	}

	/** Nothing that a patient reads is urgent, nor acknowledged: that is between colleagues. */
	private takesUrgent(groupId: string): boolean {
		const { groups } = this.context;
		if (!groups.follows(groupId)) return false;
		const group = groups.get(groupId);
		return groups.kindOf(group, group.members) !== "patient";
	}

	private hint(groupId: string, messageId: string): void {
		this.hinted.set(messageId, groupId);
		this.hints.soon();
	}

	/** Ask about each message that was hinted at and is here; the others wait until they are read. */
	private async followHints(): Promise<void> {
		const { api, store } = this.context;
		for (const [messageId, groupId] of [...this.hinted]) {
			if (!(await store.get("messages", messageId))) continue;
			this.hinted.delete(messageId);
			try {
				await this.keep(groupId, messageId, await api.urgent.urgent(groupId, messageId));
			} catch (error) {
				// Not to be seen any more: the others still are.
				if (!(error instanceof Problem)) throw error;
			}
		}
	}

	private async keep(groupId: string, messageId: string, urgent: Urgent): Promise<void> {
		const { lanes, store, tell } = this.context;
		await lanes.run(groupId, async () => {
			const message = await store.get("messages", messageId);
			if (!message || JSON.stringify(message.urgent) === JSON.stringify(urgent)) return;
			const changed = { ...message, urgent };
			await store.write([{ table: "messages", key: messageId, value: changed }]);
			tell(groupId, [changed]);
		});
	}

	/** Raises: Failure `not-found`. */
	private async groupOf(messageId: string): Promise<string> {
		const found = await this.context.store.get("messages", messageId);
		if (!found) throw new Failure("not-found");
		return found.conversationId;
	}

	private background(work: () => Promise<unknown>): void {
		void work().catch((error) => this.context.log("urgent messages", error));
	}
}

/** Whom a message to the role needs in the conversation. */
export function peopleOf({ chain }: RolePlan): string[] {
	return chain.flatMap(({ personId, gap }) => (personId && !gap ? [personId] : []));
}

function concerns({ due, roles }: WireOpenItems, groupId: string): boolean {
	return [...due, ...roles].some(({ group_id }) => group_id === groupId);
}

function newcomerOf(wire: WireOpenItems["to_add"][number]): Newcomer {
	return {
		conversationId: wire.group_id,
		personId: wire.person_id,
		name: wire.name,
		roleName: wire.role_name,
		relievedPersonId: wire.relieved_person_id,
		messageIds: wire.message_ids,
	};
}
