/** The messenger as pages hold it: a thin proxy of the worker. Pages import this file and `types.ts`, nothing else
 *  of the engine. `lib/trusted-types` must have been imported before. */

import { csrfToken } from "../lib/csrf";
import type { CaseAct, CasePage } from "./case-types";
import type { Arguments, FromWorker, Method, Result, ToWorker } from "./rpc";
import type { SearchAnswer, SearchQuery } from "./search-types";
import type {
	Annotation,
	ApprovalWishes,
	Approved,
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
} from "./types";
import type { AcknowledgementKind, Newcomer, OpenItems, RolePlan, UrgentOrder } from "./urgent-types";

interface Pending {
	resolve(value: never): void;
	reject(failure: MessengerFailure): void;
	progress?: ((done: number, total: number) => void) | undefined;
}

export interface ClientOptions {
	/** Of the texts that the engine writes itself; else the page's. */
	language?: "de" | "en";
	/** How this device is called in the person's list of devices. */
	deviceName?: string;
}

/** Start the engine in a worker of this page. Once per page. */
export function createMessenger(options: ClientOptions = {}): Messenger {
	return new MessengerClient(options);
}

function startWorker(): Worker {
	return new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "medicus-engine" });
}

class MessengerClient implements Messenger {
	state: EngineState = { state: "starting" };
	private conversationsNow: Conversation[] | null = null;
	private urgentNow: OpenItems | null = null;
	private historyNow: HistoryArrival | null = null;
	private readonly listeners = new Set<(event: MessengerEvent) => void>();
	private readonly pending = new Map<number, Pending>();
	private calls = 0;
	private worker: Worker;

	constructor(private readonly options: ClientOptions) {
		this.worker = this.begin(false);
	}

	listen(listener: (event: MessengerEvent) => void): () => void {
		this.listeners.add(listener);
		listener({ type: "state", state: this.state });
		if (this.conversationsNow) listener({ type: "conversations", conversations: this.conversationsNow });
		if (this.urgentNow) listener({ type: "urgent", items: this.urgentNow });
		if (this.historyNow) listener({ type: "history", arrival: this.historyNow });
		return () => this.listeners.delete(listener);
	}

	takeOver(): void {
		this.post({ type: "take-over" });
	}

	conversations(): Promise<Conversation[]> {
		return this.call("conversations", []);
	}

	messages(conversationId: string, options?: MessagePage): Promise<Message[]> {
		return this.call("messages", [conversationId, options]);
	}

	around(messageId: string): Promise<Stretch | null> {
		return this.call("around", [messageId]);
	}

	search(query: SearchQuery, onProgress?: (done: number, total: number) => void): Promise<SearchAnswer> {
		return this.call("search", [query], onProgress);
	}

	create(conversation: NewConversation): Promise<string> {
		return this.call("create", [conversation]);
	}

	add(conversationId: string, personIds: string[]): Promise<void> {
		return this.call("add", [conversationId, personIds]);
	}

	remove(conversationId: string, personId: string): Promise<void> {
		return this.call("remove", [conversationId, personId]);
	}

	message(messageId: string): Promise<Message | null> {
		return this.call("message", [messageId]);
	}

	send(conversationId: string, text: string, options?: SendOptions): Promise<Message> {
		return this.call("send", [conversationId, text, options]);
	}

	attach(
		conversationId: string,
		file: File,
		caption = "",
		options?: Pick<SendOptions, "replyTo">,
	): Promise<Message> {
		return this.call("attach", [conversationId, file, caption, options]);
	}

	annotate(messageId: string, annotation: Annotation): Promise<void> {
		return this.call("annotate", [messageId, annotation]);
	}

	forward(messageId: string, conversationId: string): Promise<Message> {
		return this.call("forward", [messageId, conversationId]);
	}

	pauseUpload(messageId: string): Promise<void> {
		return this.call("pauseUpload", [messageId]);
	}

	resumeUpload(messageId: string): Promise<void> {
		return this.call("resumeUpload", [messageId]);
	}

	supplyFile(messageId: string, file: File): Promise<void> {
		return this.call("supplyFile", [messageId, file]);
	}

	waiting(): Promise<Message[]> {
		return this.call("waiting", []);
	}

	retry(messageId: string): Promise<void> {
		return this.call("retry", [messageId]);
	}

	discard(messageId: string): Promise<void> {
		return this.call("discard", [messageId]);
	}

	markSeen(conversationId: string, seq: number): Promise<void> {
		return this.call("markSeen", [conversationId, seq]);
	}

	answerContact(conversationId: string, answer: ContactAnswer): Promise<void> {
		return this.call("answerContact", [conversationId, answer]);
	}

	contactRoles(conversationId: string): Promise<ContactRole[]> {
		return this.call("contactRoles", [conversationId]);
	}

	resendToRole(conversationId: string): Promise<string> {
		return this.call("resendToRole", [conversationId]);
	}

	rolePlan(roleId: string, minutes: number): Promise<RolePlan> {
		return this.call("rolePlan", [roleId, minutes]);
	}

	sendUrgent(conversationId: string, text: string, order: UrgentOrder): Promise<Message> {
		return this.call("sendUrgent", [conversationId, text, order]);
	}

	acknowledge(messageId: string, kind: AcknowledgementKind): Promise<void> {
		return this.call("acknowledge", [messageId, kind]);
	}

	handBack(messageId: string): Promise<void> {
		return this.call("handBack", [messageId]);
	}

	withdrawUrgent(messageId: string): Promise<void> {
		return this.call("withdrawUrgent", [messageId]);
	}

	openItems(): Promise<OpenItems> {
		return this.call("openItems", []);
	}

	bringIn(newcomer: Newcomer): Promise<void> {
		return this.call("bringIn", [newcomer]);
	}

	actOnCase(conversationId: string, act: CaseAct): Promise<void> {
		return this.call("actOnCase", [conversationId, act]);
	}

	takeIntoRecord(
		conversationId: string,
		messageIds: string[],
		onProgress?: (done: number, total: number) => void,
	): Promise<void> {
		return this.call("takeIntoRecord", [conversationId, messageIds], onProgress);
	}

	casePage(conversationId: string): Promise<CasePage> {
		return this.call("casePage", [conversationId]);
	}

	open(messageId: string, onProgress?: (done: number, total: number) => void): Promise<Blob> {
		return this.call("open", [messageId], onProgress);
	}

	saveInto(
		messageId: string,
		handle: FileSystemFileHandle,
		onProgress?: (done: number, total: number) => void,
	): Promise<void> {
		return this.call("saveInto", [messageId, handle], onProgress);
	}

	stopOpening(messageId: string): Promise<void> {
		return this.call("stopOpening", [messageId]);
	}

	safetyNumber(personId: string, domain: string): Promise<string> {
		return this.call("safetyNumber", [personId, domain]);
	}

	confirmSafetyNumber(personId: string, domain: string, number: string): Promise<void> {
		return this.call("confirmSafetyNumber", [personId, domain, number]);
	}

	askToJoin(): void {
		this.post({ type: "ask-to-join" });
	}

	withdrawJoin(): void {
		this.post({ type: "withdraw-join" });
	}

	askAdministratorAgain(): void {
		this.post({ type: "ask-administrator-again" });
	}

	mayApprove(): Promise<boolean> {
		return this.call("mayApprove", []);
	}

	historyAtHand(): Promise<HistoryAtHand> {
		return this.call("historyAtHand", []);
	}

	approve(
		joinId: string,
		proof: JoinProof,
		wishes: ApprovalWishes,
		onProgress?: (done: number, total: number) => void,
	): Promise<Approved> {
		return this.call("approve", [joinId, proof, wishes], onProgress);
	}

	historyRead(): Promise<void> {
		this.historyNow = null;
		return this.call("historyRead", []);
	}

	private begin(again: boolean): Worker {
		const worker = startWorker();
		worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.hear(data);
		worker.onerror = () => this.fell();
		const page = document.documentElement.lang.startsWith("en") ? "en" : "de";
		const { language = page, deviceName = thisDevice() } = this.options;
		const start: ToWorker = { type: "start", csrf: csrfToken(), language, deviceName, again };
		worker.postMessage(start);
		return worker;
	}

	/** The engine went to another tab: wait for it with a fresh worker. */
	private beginAgain(): void {
		this.worker.terminate();
		this.rejectAll("locked-elsewhere");
		this.worker = this.begin(true);
	}

	private rejectAll(code: string): void {
		for (const id of [...this.pending.keys()]) this.settle(id, ({ reject }) => reject({ code, detail: "" }));
	}

	private call<M extends Method>(
		method: M,
		args: Arguments<M>,
		progress?: (done: number, total: number) => void,
	): Promise<Result<M>> {
		const id = ++this.calls;
		return new Promise<Result<M>>((resolve, reject) => {
			this.pending.set(id, { resolve: resolve as (value: never) => void, reject, progress });
			this.post({ type: "call", id, method, args });
		});
	}

	private post(message: ToWorker): void {
		this.worker.postMessage(message);
	}

	private hear(message: FromWorker): void {
		switch (message.type) {
			case "event":
				this.tell(message.event);
				break;
			case "result":
				this.settle(message.id, (pending) => pending.resolve(message.value as never));
				break;
			case "failure":
				this.settle(message.id, (pending) => pending.reject(message.failure));
				break;
			case "progress":
				this.pending.get(message.id)?.progress?.(message.done, message.total);
				break;
			case "ask-csrf":
				this.post({ type: "csrf", token: csrfToken() });
				break;
			case "ended":
				this.beginAgain();
				break;
		}
	}

	private settle(id: number, how: (pending: Pending) => void): void {
		const pending = this.pending.get(id);
		this.pending.delete(id);
		if (pending) how(pending);
	}

	private tell(event: MessengerEvent): void {
		if (event.type === "conversations") this.conversationsNow = event.conversations;
		if (event.type === "urgent") this.urgentNow = event.items;
		if (event.type === "history") this.historyNow = event.arrival;
		if (event.type === "state") this.become(event.state);
		for (const listener of this.listeners) listener(event);
	}

	private become(state: EngineState): void {
		// Once there is something to lose, ask the browser not to clear it away.
		if (state.state === "ready" && this.state.state !== "ready") void navigator.storage?.persist?.();
		this.state = state;
	}

	private fell(): void {
		this.tell({ type: "state", state: { state: "failed", reason: "internal" } });
		this.rejectAll("internal");
	}
}

/** Such as "Chrome, Windows": only for the person's own list of devices. */
function thisDevice(): string {
	const agent = navigator.userAgent;
	const browser = /(Firefox|Edg|Chrome|Safari)/.exec(agent)?.[1]?.replace("Edg", "Edge") ?? "Browser";
	const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1] ?? "";
	return system ? `${browser}, ${system}` : browser;
}
