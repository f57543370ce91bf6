/** A messenger without server and without encryption, for tests of the elements only. */
import type {
	Contact,
	ContactAnswer,
	ContactRole,
	Conversation,
	EngineState,
	JoinProof,
	Message,
	Messenger,
	MessengerEvent,
	MessengerFailure,
	NewConversation,
} from "../../src/engine/types";
import { alice, anton, conversation, file, message } from "./cast";

export const PAGE = 50;
export const NUMBER = "01234567890123456789012345678901234567890123456789".padEnd(60, "4");

export class FakeMessenger implements Messenger {
	state: EngineState = { state: "ready", deviceId: "device", online: true };
	/** Every call, for the tests to look at. */
	readonly calls: unknown[][] = [];
	/** The next call of `send`, `attach`, … rejects with this. */
	refuseNext: MessengerFailure | null = null;
	/** Whether the person's identity key is in this browser. */
	holdsKey = true;
	/** To which the person here may forward a request. */
	roles: ContactRole[] = [];
	/** Until this is over, `resendToRole` is under way. */
	slow: Promise<void> = Promise.resolve();
	/** The bytes of attachments, by message id. */
	readonly blobs = new Map<string, Blob>();
	/** Told to whoever listens, after the state and the conversations. */
	catchUp: { done: number; total: number } | null = null;
	private listeners = new Set<(event: MessengerEvent) => void>();
	private store = new Map<string, Message[]>();

	constructor(private list: Conversation[] | null = []) {}

	get known(): readonly Conversation[] {
		return this.list ?? [];
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
	arrive(conversationId: string, one: Message): void {
		const known = this.store.get(conversationId) ?? [];
		const fresh = { ...one, conversationId };
		this.store.set(conversationId, [...known.filter(({ id }) => id !== one.id), fresh]);
		this.tell({ type: "messages", conversationId, messages: [fresh] });
		this.changeConversation(conversationId, { lastMessage: fresh });
	}

	listen(listener: (event: MessengerEvent) => void): () => void {
		this.listeners.add(listener);
		listener({ type: "state", state: this.state });
		if (this.list) listener({ type: "conversations", conversations: this.list });
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
		onProgress?: (done: number, total: number) => void,
	): Promise<void> {
		this.calls.push(["approve", joinId, proof]);
		this.refuse();
		for (const done of [0, 1, 2]) onProgress?.(done, 2);
	}

	async conversations(): Promise<Conversation[]> {
		return this.list ?? [];
	}

	async messages(
		conversationId: string,
		options: { before?: number; limit?: number } = {},
	): Promise<Message[]> {
		this.calls.push(["messages", conversationId, options]);
		this.refuse();
		const { before = Number.POSITIVE_INFINITY, limit = PAGE } = options;
		const all = this.store.get(conversationId) ?? [];
		return all.filter(({ seq }) => (seq ?? Number.MAX_SAFE_INTEGER) < before).slice(-limit);
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

	async send(conversationId: string, text: string): Promise<Message> {
		this.calls.push(["send", conversationId, text]);
		this.refuse();
		return this.queue(conversationId, message(null, alice(), text, { send: { state: "queued" } }));
	}

	async attach(conversationId: string, chosen: File): Promise<Message> {
		this.calls.push(["attach", conversationId, chosen.name]);
		this.refuse();
		const fresh = file(null, alice(), chosen.name, chosen.type, chosen.size);
		this.blobs.set(fresh.id, chosen);
		const uploading = { state: "uploading", sentBytes: 0, totalBytes: chosen.size } as const;
		return this.queue(conversationId, { ...fresh, send: uploading });
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

	private answered(contact: Contact, answer: ContactAnswer): Contact | null {
		if (answer.answer === "accept") return null;
		if (answer.answer === "decline") return { ...contact, state: "declined", reason: answer.reason };
		const role = this.roles.find(({ id }) => id === answer.roleId) ?? null;
		return { ...contact, state: "forwarded", role };
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
