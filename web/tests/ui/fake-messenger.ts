/** A messenger without server and without encryption, for tests of the elements only. */

import type { CaseAct, CasePage } from "../../src/engine/case-types";
import type { SearchAnswer, SearchQuery } from "../../src/engine/search-types";
import type {
	Annotation,
	ApprovalWishes,
	Approved,
	Contact,
	ContactAnswer,
	ContactRole,
	Conversation,
	EngineState,
	HistoryArrival,
	HistoryAtHand,
	JoinProof,
	Message,
	MessagePage,
	Messenger,
	MessengerEvent,
	MessengerFailure,
	NewConversation,
	SendOptions,
	Stretch,
	UploadHeld,
} from "../../src/engine/types";
import type {
	AcknowledgementKind,
	Newcomer,
	OpenItems,
	RolePlan,
	UrgentOrder,
} from "../../src/engine/urgent-types";
import { withAnnotation } from "./annotated";
import { afterAct, afterTaking } from "./case-scenes";
import { alice, anton, conversation, file, message } from "./cast";
import { searchIn } from "./search-scene";

export const PAGE = 50;
export const NUMBER = "01234567890123456789012345678901234567890123456789".padEnd(60, "4");

export class FakeMessenger implements Messenger {
	state: EngineState = { state: "ready", deviceId: "device", online: true };
	/** Every call, for the tests to look at. */
	readonly calls: unknown[][] = [];
	/** The next call of `send`, `attach`, … rejects with this. */
	refuseNext: MessengerFailure | null = null;
	/** The next message, not what comes before it, finds no connection. */
	failSendOnce = false;
	/** Whether the person's identity key is in this browser. */
	holdsKey = true;
	history: HistoryAtHand = "ready";
	/** Told to whoever listens, until it is read. */
	arrival: HistoryArrival | null = null;
	/** To which the person here may forward a request. */
	roles: ContactRole[] = [];
	/** Until this is over, `resendToRole` is under way. */
	slow: Promise<void> = Promise.resolve();
	/** The bytes of attachments, by message id. */
	readonly blobs = new Map<string, Blob>();
	/** Told to whoever listens, after the state and the conversations. */
	catchUp: { done: number; total: number } | null = null;
	/** Who would be asked, by role. */
	readonly plans = new Map<string, RolePlan>();
	items: OpenItems = { due: [], roles: [], newcomers: [] };
	private listeners = new Set<(event: MessengerEvent) => void>();
	private store = new Map<string, Message[]>();

	constructor(private list: Conversation[] | null = []) {}

	get known(): readonly Conversation[] {
		return this.list ?? [];
	}

	know(...conversations: Conversation[]): void {
		this.list = [...(this.list ?? []), ...conversations];
	}

	forget(): void {
		this.list = [];
	}

	put(conversationId: string, messages: Message[]): void {
		this.store.set(
			conversationId,
			messages.map((one) => ({ ...one, conversationId })),
		);
		this.changeConversation(conversationId, { lastMessage: this.store.get(conversationId)?.at(-1) ?? null });
	}

	changeConversation(conversationId: string, change: Partial<Conversation>): void {
		this.list = (this.list ?? []).map((one) => (one.id === conversationId ? { ...one, ...change } : one));
		this.tell({ type: "conversations", conversations: this.list });
	}

	setState(state: EngineState): void {
		this.state = state;
		this.tell({ type: "state", state });
	}

	tell(event: MessengerEvent): void {
		for (const listener of this.listeners) listener(event);
	}

	/** A message comes in or changes. */
	arrive(conversationId: string, one: Message, last = true): void {
		const known = this.store.get(conversationId) ?? [];
		const fresh = { ...one, conversationId };
		this.store.set(conversationId, [...known.filter(({ id }) => id !== one.id), fresh]);
		this.tell({ type: "messages", conversationId, messages: [fresh] });
		if (last) this.changeConversation(conversationId, { lastMessage: fresh });
	}

	listen(listener: (event: MessengerEvent) => void): () => void {
		this.listeners.add(listener);
		listener({ type: "state", state: this.state });
		if (this.list) listener({ type: "conversations", conversations: this.list });
		listener({ type: "urgent", items: this.items });
		if (this.arrival) listener({ type: "history", arrival: this.arrival });
		if (this.catchUp) listener({ type: "catch-up", ...this.catchUp });
		return () => this.listeners.delete(listener);
	}

	takeOver(): void {
		this.calls.push(["takeOver"]);
		this.setState({ state: "ready", deviceId: "device", online: true });
	}

	askAdministratorAgain(): void {
		this.calls.push(["askAdministratorAgain"]);
	}

	askToJoin(): void {
		this.calls.push(["askToJoin"]);
	}

	withdrawJoin(): void {
		this.calls.push(["withdrawJoin"]);
	}

	async safetyNumber(personId: string, domain: string): Promise<string> {
		this.calls.push(["safetyNumber", personId, domain]);
		this.refuse();
		return NUMBER;
	}

	async confirmSafetyNumber(personId: string, domain: string, number: string): Promise<void> {
		this.calls.push(["confirmSafetyNumber", personId, domain, number]);
		this.refuse();
		const verified = { verifiedAt: "2026-03-01T12:00:00.000Z", keyChanged: false };
		for (const { id, members } of this.list ?? []) {
			const changed = members.map((one) => (one.personId === personId ? { ...one, ...verified } : one));
			this.changeConversation(id, { members: changed });
		}
	}

	async mayApprove(): Promise<boolean> {
		return this.holdsKey;
	}

	/** Two conversations, then done. */
	async approve(
		joinId: string,
		proof: JoinProof,
		{ history }: ApprovalWishes,
		onProgress?: (done: number, total: number) => void,
	): Promise<Approved> {
		this.calls.push(["approve", joinId, proof, history]);
		this.refuse();
		for (const done of [0, 1, 2]) onProgress?.(done, 2);
		return { history };
	}

	async historyAtHand(): Promise<HistoryAtHand> {
		this.refuse();
		return this.history;
	}

	async historyRead(): Promise<void> {
		this.calls.push(["historyRead"]);
	}

	async conversations(): Promise<Conversation[]> {
		return this.list ?? [];
	}

	async messages(conversationId: string, options: MessagePage = {}): Promise<Message[]> {
		this.calls.push(["messages", conversationId, options]);
		this.refuse();
		const { before = Number.POSITIVE_INFINITY, after, limit = PAGE } = options;
		const all = this.store.get(conversationId) ?? [];
		if (after !== undefined) return all.filter(({ seq }) => (seq ?? Infinity) >= after).slice(0, limit);
		return all.filter(({ seq }) => (seq ?? Number.MAX_SAFE_INTEGER) < before).slice(-limit);
	}

	async around(messageId: string): Promise<Stretch | null> {
		this.calls.push(["around", messageId]);
		this.refuse();
		for (const [conversationId, all] of this.store) {
			const at = all.findIndex(({ id }) => id === messageId);
			if (at < 0) continue;
			const messages = all.slice(Math.max(0, at - 25), at + 25);
			return { conversationId, messages, first: at < 25, last: at + 25 >= all.length };
		}
		return null;
	}

	/** As the engine's own index finds it. */
	async search(
		query: SearchQuery,
		onProgress?: (done: number, total: number) => void,
	): Promise<SearchAnswer> {
		this.calls.push(["search", query]);
		onProgress?.(0, 1);
		await this.slow;
		this.refuse();
		return searchIn([...this.store.values()].flat(), query);
	}

	async create(wanted: NewConversation): Promise<string> {
		this.calls.push(["create", wanted]);
		this.refuse();
		const fresh = conversation(700, [alice(), anton()], { kind: wanted.kind, title: wanted.title });
		this.list = [...(this.list ?? []), fresh];
		this.tell({ type: "conversations", conversations: this.list });
		return fresh.id;
	}

	async add(conversationId: string, personIds: string[]): Promise<void> {
		this.calls.push(["add", conversationId, personIds]);
		this.refuse();
	}

	async remove(conversationId: string, personId: string): Promise<void> {
		this.calls.push(["remove", conversationId, personId]);
		this.refuse();
		const members = this.list?.find(({ id }) => id === conversationId)?.members ?? [];
		this.changeConversation(conversationId, { members: members.filter((one) => one.personId !== personId) });
	}

	async answerContact(conversationId: string, answer: ContactAnswer): Promise<void> {
		this.calls.push(["answerContact", conversationId, answer]);
		this.refuse();
		const known = this.list?.find(({ id }) => id === conversationId)?.contact;
		if (known) this.changeConversation(conversationId, { contact: this.answered(known, answer) });
	}

	async contactRoles(conversationId: string): Promise<ContactRole[]> {
		this.calls.push(["contactRoles", conversationId]);
		this.refuse();
		return this.roles;
	}

	/** The conversation with whoever holds the role is the second one. */
	async resendToRole(conversationId: string): Promise<string> {
		this.calls.push(["resendToRole", conversationId]);
		await this.slow;
		this.refuse();
		return this.list?.[1]?.id ?? "";
	}

	async rolePlan(roleId: string, minutes: number): Promise<RolePlan> {
		this.calls.push(["rolePlan", roleId, minutes]);
		this.refuse();
		const plan = this.plans.get(roleId);
		if (!plan) throw { code: "not-found", detail: "" } satisfies MessengerFailure;
		const chain = plan.chain.map((step) => ({ ...step, afterMinutes: step.step * minutes }));
		return { ...plan, chain };
	}

	async sendUrgent(conversationId: string, text: string, order: UrgentOrder): Promise<Message> {
		this.calls.push(["sendUrgent", conversationId, text, order]);
		this.refuse();
		return this.queue(conversationId, message(null, alice(), text, { send: { state: "queued" } }));
	}

	async acknowledge(messageId: string, kind: AcknowledgementKind): Promise<void> {
		this.calls.push(["acknowledge", messageId, kind]);
		this.refuse();
		this.changeMessage(messageId, (one) => {
			const row = { kind, personId: alice().personId, at: new Date().toISOString(), endedAt: null };
			return { ...one, acknowledgements: [...(one.acknowledgements ?? []), row] };
		});
	}

	async handBack(messageId: string): Promise<void> {
		this.calls.push(["handBack", messageId]);
		this.refuse();
		const endedAt = new Date().toISOString();
		this.changeMessage(messageId, (one) => {
			const ended = (row: NonNullable<Message["acknowledgements"]>[number]) =>
				row.kind === "taken-over" ? { ...row, endedAt } : row;
			return { ...one, acknowledgements: one.acknowledgements?.map(ended) ?? [] };
		});
	}

	async withdrawUrgent(messageId: string): Promise<void> {
		this.calls.push(["withdrawUrgent", messageId]);
		this.refuse();
	}

	async openItems(): Promise<OpenItems> {
		return this.items;
	}

	async bringIn(newcomer: Newcomer): Promise<void> {
		this.calls.push(["bringIn", newcomer.personId]);
		this.refuse();
		this.items = { ...this.items, newcomers: [] };
		this.tell({ type: "urgent", items: this.items });
	}

	async send(conversationId: string, text: string, ...options: [SendOptions?]): Promise<Message> {
		this.calls.push(["send", conversationId, text, ...options]);
		if (this.failSendOnce) this.refuseNext = { code: "offline", detail: "" };
		this.failSendOnce = false;
		this.refuse();
		const said = { ...options[0], send: { state: "queued" } } as const;
		return this.queue(conversationId, message(null, alice(), text, said));
	}

	async message(messageId: string): Promise<Message | null> {
		this.calls.push(["message", messageId]);
		return [...this.store.values()].flat().find(({ id }) => id === messageId) ?? null;
	}

	async annotate(messageId: string, annotation: Annotation): Promise<void> {
		this.calls.push(["annotate", messageId, annotation]);
		this.refuse();
		const found = await this.message(messageId);
		if (found) this.change(withAnnotation(found, annotation, alice()));
	}

	/** Something was said about a message. */
	change(one: Message): void {
		const { conversationId } = one;
		const known = this.store.get(conversationId) ?? [];
		const all = known.map((other) => (other.id === one.id ? one : other));
		this.store.set(conversationId, all);
		this.tell({ type: "messages", conversationId, messages: [one], changed: true });
		const pinned = all.filter(({ notes }) => notes?.pinned);
		this.changeConversation(conversationId, { pinned, lastMessage: all.at(-1) ?? null });
	}

	async forward(messageId: string, conversationId: string): Promise<Message> {
		this.calls.push(["forward", messageId, conversationId]);
		this.refuse();
		const found = await this.message(messageId);
		const said = { forwarded: true, send: { state: "queued" } } as const;
		return this.queue(conversationId, message(null, alice(), found?.text ?? "", said));
	}

	async attach(
		conversationId: string,
		chosen: File,
		caption = "",
		...options: [SendOptions?]
	): Promise<Message> {
		this.calls.push(["attach", conversationId, chosen.name, ...(caption ? [caption] : []), ...options]);
		this.refuse();
		const fresh = { ...file(null, alice(), chosen.name, chosen.type, chosen.size), text: caption };
		this.blobs.set(fresh.id, chosen);
		const uploading = { state: "uploading", sentBytes: 0, totalBytes: chosen.size } as const;
		return this.queue(conversationId, { ...fresh, send: uploading });
	}

	async pauseUpload(messageId: string): Promise<void> {
		this.calls.push(["pauseUpload", messageId]);
		this.holdUpload(messageId, "paused");
	}

	async resumeUpload(messageId: string): Promise<void> {
		this.calls.push(["resumeUpload", messageId]);
		this.holdUpload(messageId, null);
	}

	async supplyFile(messageId: string, chosen: File): Promise<void> {
		this.calls.push(["supplyFile", messageId, chosen.name]);
		this.refuse();
		this.holdUpload(messageId, null);
	}

	async saveInto(messageId: string, handle: FileSystemFileHandle): Promise<void> {
		this.calls.push(["saveInto", messageId, handle.name]);
		this.refuse();
	}

	async stopOpening(messageId: string): Promise<void> {
		this.calls.push(["stopOpening", messageId]);
	}

	/** Change why an upload waits; null: it goes on. */
	holdUpload(messageId: string, held: UploadHeld | null): void {
		for (const messages of this.store.values()) {
			const one = messages.find(({ id }) => id === messageId);
			if (one?.send?.state !== "uploading") continue;
			const { sentBytes, totalBytes } = one.send;
			const send = { state: "uploading", sentBytes, totalBytes, ...(held ? { held } : {}) } as const;
			this.arrive(one.conversationId, { ...one, send });
		}
	}

	async waiting(): Promise<Message[]> {
		return [...this.store.values()].flat().filter(({ own, seq }) => own && seq === null);
	}

	async retry(messageId: string): Promise<void> {
		this.calls.push(["retry", messageId]);
	}

	async discard(messageId: string): Promise<void> {
		this.calls.push(["discard", messageId]);
	}

	async markSeen(conversationId: string, seq: number): Promise<void> {
		this.calls.push(["markSeen", conversationId, seq]);
		const members = this.list?.find(({ id }) => id === conversationId)?.members ?? [];
		const own = alice().personId;
		this.changeConversation(conversationId, {
			unread: 0,
			members: members.map((one) => (one.personId === own ? { ...one, seen: seq } : one)),
		});
	}

	async open(messageId: string, onProgress?: (done: number, total: number) => void): Promise<Blob> {
		this.calls.push(["open", messageId]);
		this.refuse();
		const blob = this.blobs.get(messageId);
		if (!blob) throw { code: "corrupt", detail: "" } satisfies MessengerFailure;
		onProgress?.(blob.size, blob.size);
		return blob;
	}

	/** What the reader may see of the case; the same for every one. */
	about: CasePage = { patient: null, findings: [], marked: [], namesRecord: false, folder: false };

	async actOnCase(conversationId: string, act: CaseAct): Promise<void> {
		this.calls.push(["actOnCase", conversationId, act]);
		this.refuse();
		const known = this.known.find(({ id }) => id === conversationId);
		if (known) this.changeConversation(conversationId, afterAct(known, act));
	}

	async takeIntoRecord(
		conversationId: string,
		messageIds: string[],
		onProgress?: (done: number, total: number) => void,
	): Promise<void> {
		this.calls.push(["takeIntoRecord", conversationId, messageIds]);
		onProgress?.(1, 2);
		await this.slow;
		this.refuse();
		const known = this.known.find(({ id }) => id === conversationId);
		if (known) this.changeConversation(conversationId, afterTaking(known, messageIds));
	}

	async casePage(conversationId: string): Promise<CasePage> {
		this.calls.push(["casePage", conversationId]);
		this.refuse();
		return this.about;
	}

	private answered(contact: Contact, answer: ContactAnswer): Contact | null {
		if (answer.answer === "accept") return null;
		if (answer.answer === "decline") return { ...contact, state: "declined", reason: answer.reason };
		const role = this.roles.find(({ id }) => id === answer.roleId) ?? null;
		return { ...contact, state: "forwarded", role };
	}

	private changeMessage(messageId: string, change: (one: Message) => Message): void {
		for (const [conversationId, known] of this.store) {
			const found = known.find(({ id }) => id === messageId);
			if (found) this.arrive(conversationId, change(found), false);
		}
	}

	private queue(conversationId: string, one: Message): Message {
		const queued = { ...one, conversationId };
		this.arrive(conversationId, queued);
		return queued;
	}

	private refuse(): void {
		const failure = this.refuseNext;
		this.refuseNext = null;
		if (failure) throw failure;
	}
}
