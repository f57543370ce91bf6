/** One device's messenger, put together: what pages ask for, and what happens by itself. Lives in the worker. */

import { Admission } from "./admission";
import type { GroupListing, Taken } from "./api";
import { Cases } from "./cases";
import { Committer } from "./commits";
import { Companions } from "./companions";
import { Contacts } from "./contacts";
import type { Context } from "./context";
import type { DeskOptions } from "./desk-options";
import { Downloads } from "./downloads";
import { Failure } from "./failure";
import { Groups } from "./groups";
import { Guard } from "./guard";
import * as history from "./history";
import { Live } from "./live";
import { Membership } from "./membership";
import { openContext } from "./open-context";
import { Outbox } from "./outbox";
import { Reader } from "./reader";
import { Receipts } from "./receipts";
import { Recording } from "./recording";
import type { MessageRecord } from "./records";
import { Search } from "./search";
import { topUpKeyPackages } from "./setup";
import { Streams } from "./streams";
import { around } from "./stretch";
import { Talk } from "./talk";
import type { Conversation, Message, MessagePage, NewConversation, SendOptions, Stretch } from "./types";
import { Upkeep } from "./upkeep";
import { Uploads } from "./uploads";
import { Urgents } from "./urgent";
import { Verification } from "./verification";
import { messageView } from "./views";

const TELL_AFTER_MS = 40;
/** While much is read, reading comes first: telling of all conversations takes a moment for each. */
const TELL_AFTER_CATCHING_UP_MS = 400;
const POLL_MS = 30_000;

export class Desk {
	readonly contacts: Contacts;
	readonly urgents: Urgents;
	readonly talk: Talk;
	readonly search: Search;
	readonly cases: Cases;
	readonly recording: Recording;
	readonly downloads: Downloads;
	readonly files: Uploads;
	readonly companions: Companions;
	private readonly reader: Reader;
	private readonly guard: Guard;
	private readonly streams: Streams;
	private readonly committer: Committer;
	private readonly membership: Membership;
	private readonly admission: Admission;
	private readonly upkeep: Upkeep;
	private readonly outbox: Outbox;
	private readonly receipts: Receipts;
	private readonly live: Live;
	private readonly verification: Verification;
	private telling: ReturnType<typeof setTimeout> | undefined;
	private polling: ReturnType<typeof setInterval> | undefined;
	private stopped = false;

	/** Take the session's store and engine into use. */
	static async open(options: DeskOptions): Promise<Desk> {
		const desk: { changed: () => void } = { changed: () => undefined };
		const groups = await Groups.load(options.session.store, () => desk.changed());
		const context = await openContext(options, groups);
		const opened = new Desk(context, options);
		await opened.reader.resume();
		await opened.outbox.load();
		desk.changed = () => opened.tellConversations();
		return opened;
	}

	private constructor(
		private readonly context: Context,
		private readonly options: DeskOptions,
	) {
		this.reader = new Reader(context, (messageId) => this.outbox.forget(messageId));
		this.guard = new Guard(context, (groupId, ended) =>
			this.background(() => this.membership.removeLeaves(groupId, ended)),
		);
		this.streams = new Streams(context, this.reader, {
			read: (groupId, outcome) => this.afterReading(groupId, outcome),
			lost: (groupId, commit) => this.upkeep.recover(groupId, commit),
			progress: (done, total) => options.emit({ type: "catch-up", done, total }),
		});
		this.committer = new Committer(context, this.streams, this.guard);
		this.membership = new Membership(context, this.guard, this.committer, this.streams);
		this.admission = new Admission(context, this.membership, (groupId) => this.titleAgain(groupId));
		this.companions = new Companions(context, options, this.admission);
		this.upkeep = new Upkeep(context, this.committer, this.guard);
		this.live = new Live(options.liveUrl, this.liveHooks());
		this.outbox = new Outbox(context, this.guard, {
			transmit: (groupId, id, epoch, message) => this.transmit(groupId, id, epoch, message),
			catchUp: (groupId) => this.streams.catchUp(groupId),
			freshenKeys: (groupId) => this.upkeep.freshenKeys(groupId),
		});
		this.files = new Uploads(context, this.outbox, options.csrf);
		this.talk = new Talk(context, this.outbox, this.files, {
			mayWrite: (conversationId) => this.mayWrite(conversationId),
			pump: (conversationId) => this.background(() => this.outbox.pump(conversationId)),
		});
		this.downloads = new Downloads(context);
		this.receipts = new Receipts(context, this.live);
		this.contacts = new Contacts(context, {
			keep: (listing) => this.membership.keep(listing),
			refresh: () => this.membership.refresh(),
			create: (conversation) => this.create(conversation),
			send: (conversationId, text) => this.send(conversationId, text),
		});
		this.urgents = new Urgents(context, {
			add: (groupId, personIds) => this.add(groupId, personIds),
			remove: (groupId, personId) => this.remove(groupId, personId),
			mayWrite: (groupId) => this.mayWrite(groupId),
			outbox: this.outbox,
			opened: (items) => options.emit({ type: "urgent", items }),
		});
		this.search = new Search(context);
		const news = {
			keep: (listing: GroupListing) => this.membership.keep(listing),
			refresh: () => this.membership.refresh(),
		};
		this.cases = new Cases(context, news);
		this.recording = new Recording(context, { ...news, csrf: options.csrf });
		this.verification = new Verification(context, options.session.identityFingerprint);
	}

	get online(): boolean {
		return this.live.online;
	}

	/** Connect, and do what earlier starts left undone. */
	start(): void {
		this.live.connect();
		for (const { id } of this.context.groups.all()) {
			if (this.context.groups.follows(id)) this.background(() => this.lookAt(id));
		}
		this.background(() => this.files.resume());
		// Where no socket gets through, requests do.
		this.polling = setInterval(() => {
			if (!this.live.online) this.background(() => this.connected());
		}, POLL_MS);
	}

	/** End all work; what is under way in a group is finished first, but not for long. */
	async stop(): Promise<void> {
		this.stopped = true;
		clearTimeout(this.telling);
		clearInterval(this.polling);
		this.live.stop();
		this.files.stop();
		this.downloads.stopAll();
		this.receipts.stop();
		this.urgents.stop();
		await Promise.race([this.context.lanes.idle(), new Promise((resolve) => setTimeout(resolve, 1500))]);
		this.context.store.close();
	}

	wake(): void {
		this.live.wake();
	}

	conversations(): Promise<Conversation[]> {
		return history.conversations(this.context, this.guard);
	}

	async messages(conversationId: string, wanted: MessagePage = {}): Promise<Message[]> {
		const page = await history.page(this.context, conversationId, wanted);
		this.urgents.look(conversationId);
		return page;
	}

	around(messageId: string): Promise<Stretch | null> {
		return around(this.context, messageId);
	}

	async create(conversation: NewConversation): Promise<string> {
		const id = await this.membership.create(conversation);
		this.follow(id);
		// The socket brings only the groups it was asked for.
		await this.joined(id);
		if (conversation.role) await this.context.groups.update(id, { role: conversation.role });
		if (conversation.title) await this.title(id, conversation.title);
		return id;
	}

	async add(conversationId: string, personIds: string[]): Promise<void> {
		await this.membership.add(conversationId, personIds);
		await this.titleAgain(conversationId);
	}

	remove(conversationId: string, personId: string): Promise<void> {
		return this.membership.remove(conversationId, personId);
	}

	/** Raises: Failure `inactive`, `unknown-leaf` while the group is locked, `too-large`. */
	async send(conversationId: string, text: string, options: SendOptions = {}): Promise<Message> {
		this.mayWrite(conversationId);
		const draft = { ...options, type: "text", text } as const;
		return this.enqueued(await this.outbox.enqueue(conversationId, draft));
	}

	async attach(
		conversationId: string,
		file: File,
		caption: string,
		{ replyTo = null }: SendOptions = {},
	): Promise<Message> {
		this.mayWrite(conversationId);
		return messageView(this.context, await this.files.attach(conversationId, file, caption, { replyTo }));
	}

	waiting(): Promise<Message[]> {
		const ids = this.outbox.all().map(({ id }) => id);
		return history.messagesById(this.context, ids);
	}

	async retry(messageId: string): Promise<void> {
		const record = await this.outbox.retry(messageId);
		if (record.upload && !record.upload.finished) this.files.start(messageId);
		else this.background(() => this.outbox.pump(record.conversationId));
	}

	async discard(messageId: string): Promise<void> {
		await this.files.cancel(messageId);
		await this.outbox.discard(messageId);
		this.tellConversations();
	}

	async markSeen(conversationId: string, seq: number): Promise<void> {
		if (await history.keepSeen(this.context, conversationId, seq)) this.receipts.changed(conversationId);
	}

	safetyNumber(personId: string, domain: string): Promise<string> {
		return this.verification.number(personId, domain);
	}

	async confirmSafetyNumber(personId: string, domain: string, number: string): Promise<void> {
		await this.verification.confirm(personId, domain, number);
		this.tellConversations();
	}

	private mayWrite(conversationId: string): void {
		if (this.context.groups.writable(conversationId).case?.state === "closed")
			throw new Failure("case-closed");
		if (this.guard.trust(conversationId).state !== "verified") throw new Failure("unknown-leaf");
	}

	private enqueued(message: MessageRecord): Message {
		this.background(() => this.outbox.pump(message.conversationId));
		return messageView(this.context, message);
	}

	/** Who comes later has not read the message that carries the title. */
	private async titleAgain(groupId: string): Promise<void> {
		const { title, case: about } = this.context.groups.get(groupId);
		if (title && about?.state !== "closed") await this.title(groupId, title);
	}

	private async title(groupId: string, title: string): Promise<void> {
		await this.context.groups.update(groupId, { title });
		const { role } = this.context.groups.get(groupId);
		const draft = { type: "title", title: title.slice(0, 200), ...(role ? { role } : {}) } as const;
		this.enqueued(await this.outbox.enqueue(groupId, draft));
	}

	private async transmit(groupId: string, id: string, epoch: number, message: Uint8Array): Promise<Taken> {
		const { live, context } = this;
		return live.online
			? live.send(groupId, id, epoch, message)
			: context.api.sendMessage(groupId, id, epoch, message);
	}

	private async afterReading(groupId: string, outcome: { epochChanged: boolean }): Promise<void> {
		this.receipts.changed(groupId);
		this.background(() => this.urgents.read(groupId));
		if (!this.context.groups.follows(groupId)) {
			this.guard.forget(groupId);
			return this.context.engine.forget(groupId);
		}
		if (outcome.epochChanged) {
			await this.guard.check(groupId);
			this.background(async () => void (await this.membership.refresh()));
			this.background(() => this.outbox.pump(groupId));
		}
	}

	private async lookAt(groupId: string): Promise<void> {
		await this.context.lanes.run(groupId, async () => {
			// The keys of an earlier device of this browser are gone with it.
			if (await this.context.engine.exists(groupId)) await this.guard.check(groupId);
			else await this.committer.giveUp(groupId);
		});
		this.tellConversations();
	}

	private async connected(): Promise<void> {
		const { api, engine, groups } = this.context;
		for (const groupId of await this.membership.joinWaiting()) await this.joined(groupId);
		await this.membership.refresh();
		await Promise.all(
			groups.all().map(({ id }) => (groups.follows(id) ? this.streams.catchUp(id) : undefined)),
		);
		this.urgents.connected();
		this.files.wake();
		await this.outbox.pumpAll();
		await topUpKeyPackages(api, engine);
		await this.admission.run({ patient: false });
	}

	private async joined(groupId: string): Promise<void> {
		this.follow(groupId);
		await this.streams.catchUp(groupId);
		await this.lookAt(groupId);
	}

	/** The socket brings only groups that were asked for. */
	private follow(groupId: string): void {
		const { cursor } = this.context.groups.get(groupId);
		this.live.say({ op: "resume", groups: { [groupId]: cursor } });
	}

	private liveHooks(): ConstructorParameters<typeof Live>[1] {
		const { groups, self } = this.context;
		return {
			resume: () =>
				Object.fromEntries(
					groups.all().flatMap(({ id, cursor }) => (groups.follows(id) ? [[id, cursor]] : [])),
				),
			online: (online) => {
				this.options.emit({ type: "state", state: { state: "ready", deviceId: self.deviceId, online } });
				if (online) this.background(() => this.connected());
			},
			entries: (groupId, entries) => this.background(() => this.streams.accept(groupId, entries)),
			receipts: (groupId, personId, delivered, seen) =>
				this.background(() => this.receipts.heard(groupId, personId, delivered, seen)),
			acknowledgements: (groupId, rows) =>
				this.background(() => this.urgents.acknowledgements.keep(groupId, rows)),
			urgent: (groupId, messageId) => this.urgents.hear(groupId, messageId),
			welcome: () =>
				this.background(async () => {
					for (const groupId of await this.membership.joinWaiting()) await this.joined(groupId);
					await topUpKeyPackages(this.context.api, this.context.engine);
				}),
			groups: () => {
				this.context.devices.forget();
				this.guard.stale();
				this.background(async () => void (await this.membership.refresh()));
			},
			signedOut: () => this.options.signedOut(),
			log: this.options.log,
		};
	}

	private background(work: () => Promise<unknown>): void {
		void work().catch((error) => {
			if (!this.stopped) this.options.log("in the background", error);
		});
	}

	private tellConversations(): void {
		if (this.telling || this.stopped) return;
		const afterMs = this.streams.busy ? TELL_AFTER_CATCHING_UP_MS : TELL_AFTER_MS;
		this.telling = setTimeout(() => {
			this.telling = undefined;
			this.background(async () => {
				this.options.emit({ type: "conversations", conversations: await this.conversations() });
			});
		}, afterMs);
	}
}
