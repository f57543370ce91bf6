/** Messages on their way: kept until the server has them, sent in order, each group on its own.
 *
 *  A message keeps its id, so a repeated send does no harm: the same bytes get the same answer; encrypted anew, after a
 *  restart or in another epoch, the service says that the id is taken, and the stream shows that it had arrived. */

import type { Annotation } from "../crypto/annotation";
import { type Body, type Content, encodeBody } from "../crypto/body";
import { newId } from "../crypto/ids";
import { Problem, Unreachable } from "../lib/http";
import { type AnnotationOutbox, type Effect, isAnnotation, refused, saidWith, taken } from "./annotating";
import type { Taken } from "./api";
import type { Context } from "./context";
import { Failure, failureOf } from "./failure";
import type { Guard } from "./guard";
import type { MessageRecord, OutboxRecord, UploadRecord } from "./records";
import type { Change } from "./store";
import type { SendState } from "./types";

export interface OutboxPorts {
	/** Hand a message to the server by socket or request. Raises: Problem, Unreachable. */
	transmit(groupId: string, id: string, epoch: number, message: Uint8Array): Promise<Taken>;
	/** Read what is missing of a group. */
	catchUp(groupId: string): Promise<void>;
	/** New keys before sending, when the old ones have served long enough. */
	freshenKeys(groupId: string): Promise<void>;
}

/** What a person writes; id and time are added here. */
export type Draft = Exclude<Content, { type: "annotation" }> & { replyTo?: string | null };

const ROUNDS = 20;

interface Sealed {
	epoch: number;
	message: Uint8Array;
}

export class Outbox {
	/** Groups that are being sent; true when something came in the meantime. */
	private readonly pumping = new Map<string, boolean>();
	/** In the order of writing. */
	private readonly waiting = new Map<string, OutboxRecord>();
	private readonly sealed = new Map<string, Sealed>();
	private lastAtMs = 0;

	constructor(
		private readonly context: Context,
		private readonly guard: Guard,
		private readonly ports: OutboxPorts,
	) {}

	/** Take up what earlier starts left; before anything else. */
	async load(): Promise<void> {
		const left = await this.context.store.all("outbox");
		for (const record of left.sort((one, other) => one.atMs - other.atMs)) {
			this.waiting.set(record.id, record);
		}
	}

	/** Put a message in line. It is shown at once; `upload`: it waits until its attachment is with the server. */
	async enqueue(
		groupId: string,
		draft: Draft,
		upload: UploadRecord | null = null,
		id: string = newId(),
	): Promise<MessageRecord> {
		const atMs = this.nextMs();
		const sentAt = new Date(atMs).toISOString();
		const body = { replyTo: null, ...draft, id, sentAt };
		encodeBody(body);
		const send: SendState = upload
			? { state: "uploading", sentBytes: 0, totalBytes: upload.ciphertextBytes }
			: { state: "queued" };
		const message = messageOf(groupId, body, this.context.self.personId, send);
		await this.keep({ id: body.id, conversationId: groupId, atMs, body, upload, failed: null }, message);
		return message;
	}

	/** Put an annotation in line. `shown`: the message it speaks about, as it looks from now on. */
	async enqueueAnnotation(
		groupId: string,
		target: string,
		annotation: Annotation,
		shown: (annotationId: string) => MessageRecord,
	): Promise<void> {
		const atMs = this.nextMs();
		const id = newId();
		const sentAt = new Date(atMs).toISOString();
		const body: Body = { type: "annotation", target, annotation, id, sentAt, replyTo: null };
		encodeBody(body);
		await this.keep({ id, conversationId: groupId, atMs, body, upload: null, failed: null }, shown(id));
	}

	/** Send what waits in a group, until there is no more or something is in the way. */
	async pump(groupId: string): Promise<void> {
		if (this.pumping.has(groupId)) {
			this.pumping.set(groupId, true);
			return;
		}
		this.pumping.set(groupId, false);
		try {
			while ((await this.sendNext(groupId)) || this.cameMore(groupId));
		} catch (error) {
			this.context.log("sending stopped", error);
		} finally {
			this.pumping.delete(groupId);
		}
	}

	async pumpAll(): Promise<void> {
		const groups = new Set([...this.waiting.values()].map((record) => record.conversationId));
		await Promise.all([...groups].map((groupId) => this.pump(groupId)));
	}

	/** What waits, in the order of writing. */
	all(): OutboxRecord[] {
		return [...this.waiting.values()];
	}

	/** null when it was sent or discarded. */
	find(id: string): OutboxRecord | null {
		return this.waiting.get(id) ?? null;
	}

	/** A message was read in the stream, or given up. */
	forget(id: string): void {
		this.waiting.delete(id);
		this.sealed.delete(id);
	}

	/** Write an outbox record and how its message shows. */
	async keep(record: OutboxRecord, message: MessageRecord | null = null): Promise<void> {
		this.waiting.set(record.id, record);
		const changes: Change[] = [{ table: "outbox", key: record.id, value: record }];
		if (message) changes.push({ table: "messages", key: message.id, value: message });
		await this.context.store.write(changes);
		if (message) this.context.tell(record.conversationId, [message], isAnnotation(record));
	}

	async show(record: OutboxRecord, send: SendState): Promise<void> {
		const message = await this.context.store.get("messages", record.id);
		if (message) await this.keep(record, { ...message, send });
	}

	/** Raises: Failure `not-found`. */
	async retry(id: string): Promise<OutboxRecord> {
		const record = this.find(id);
		if (!record) throw new Failure("not-found");
		const again = { ...record, failed: null };
		await this.show(again, { state: "queued" });
		return again;
	}

	/** Forget a message that was not sent. Raises: Failure `not-found`. */
	async discard(id: string): Promise<void> {
		const record = this.find(id);
		if (!record) throw new Failure("not-found");
		this.forget(id);
		await this.context.store.write([
			{ table: "outbox", key: id, value: null },
			{ table: "messages", key: id, value: null },
		]);
		await this.context.store.dropChunks(id);
	}

	/** Later than everything written before, so that the order is told by time alone. */
	private nextMs(): number {
		this.lastAtMs = Math.max(this.lastAtMs + 1, this.context.now().getTime());
		return this.lastAtMs;
	}

	private cameMore(groupId: string): boolean {
		const more = this.pumping.get(groupId) === true;
		this.pumping.set(groupId, false);
		return more;
	}

	private next(groupId: string): OutboxRecord | null {
		const ready = ({ conversationId, failed, upload }: OutboxRecord) =>
			conversationId === groupId && !failed && (!upload || upload.finished);
		return this.all().find(ready) ?? null;
	}

	private async sendNext(groupId: string): Promise<boolean> {
		const record = this.next(groupId);
		if (!record || !this.context.groups.follows(groupId)) return false;
		await this.ports.freshenKeys(groupId);
		for (let round = 0; round < ROUNDS; round++) {
			const sealed = await this.context.lanes.run(groupId, () => this.seal(record.id));
			if (!sealed) return true;
			const done = await this.transmit(record, sealed);
			if (done) return true;
			await this.ports.catchUp(groupId);
		}
		return false;
	}

	/** Encrypt for the current epoch, unless that was done already; in the lane, right after the roster check. */
	async seal(id: string): Promise<Sealed | null> {
		const record = this.find(id);
		if (!record) return null;
		const { engine } = this.context;
		const epoch = await this.guard.demandTrust(record.conversationId);
		const known = this.sealed.get(id);
		if (known?.epoch === epoch) return known;
		const message = await engine.encrypt(record.conversationId, encodeBody(record.body));
		const sealed = { epoch, message };
		this.sealed.set(id, sealed);
		return sealed;
	}

	/** Returns false when the group must be read on first. Raises: Unreachable. */
	private async transmit(record: OutboxRecord, { epoch, message }: Sealed): Promise<boolean> {
		try {
			const { id, conversationId } = record;
			await this.settle(record, await this.ports.transmit(conversationId, id, epoch, message));
			return true;
		} catch (error) {
			if (error instanceof Unreachable || !(error instanceof Problem)) throw error;
			if (error.code === "stale-epoch" || error.code === "id-reused") return false;
			await this.fail(record, failureOf(error).code);
			return true;
		}
	}

	private async fail(record: OutboxRecord, reason: string): Promise<void> {
		const current = this.find(record.id);
		if (isAnnotation(current)) await this.drop(current, reason);
		else if (current) await this.show({ ...current, failed: reason }, { state: "failed", reason });
	}

	/** An annotation that is not taken is given up; it is no message that could be tried again. */
	private drop(record: AnnotationOutbox, reason: string): Promise<void> {
		return this.context.lanes.run(record.conversationId, async () => {
			const { store, groups, tell } = this.context;
			this.forget(record.id);
			const message = await refused(this.context, record, reason);
			const changes: Change[] = [{ table: "outbox", key: record.id, value: null }];
			if (message) changes.push({ table: "messages", key: message.id, value: message });
			await store.write(changes);
			if (message) tell(record.conversationId, [message], true);
			groups.touch(record.conversationId);
		});
	}

	/** The server has it. The cursor moves along if nothing came in between, so that it need not come back to us. */
	private settle({ id, conversationId }: OutboxRecord, at: Taken): Promise<void> {
		return this.context.lanes.run(conversationId, async () => {
			const { groups, tell } = this.context;
			const record = this.find(id);
			this.forget(id);
			const { cursor } = groups.get(conversationId);
			const next = at.seq === cursor + 1;
			const place = { sentAtMs: this.context.now().getTime(), cursor: next ? at.seq : cursor };
			const gone: Change = { table: "outbox", key: id, value: null };
			// Read in the stream meanwhile.
			if (!record) return groups.update(conversationId, place, [gone]);
			const said = isAnnotation(record) ? await this.settled(record, at, next) : await this.sent(id, at);
			await groups.update(conversationId, { ...said.patch, ...place }, [gone, ...said.changes]);
			tell(conversationId, said.changed, isAnnotation(record));
		});
	}

	private async sent(id: string, { seq, at }: Taken): Promise<Effect> {
		const message = await this.context.store.get("messages", id);
		if (!message) return { patch: {}, changed: [], changes: [] };
		const sent: MessageRecord = { ...message, seq, at, send: { state: "sent", seq } };
		return { patch: {}, changed: [sent], changes: [{ table: "messages", key: id, value: sent }] };
	}

	/** If others came in between, the stream brings it again, and it must be known then. */
	private async settled(record: AnnotationOutbox, at: Taken, next: boolean): Promise<Effect> {
		const effect = await taken(this.context, record, at);
		if (next || at.seq <= this.context.groups.get(record.conversationId).cursor) return effect;
		const { ownAnnotations = [] } = this.context.groups.get(record.conversationId);
		return { ...effect, patch: { ...effect.patch, ownAnnotations: [...ownAnnotations, record.id] } };
	}
}

function messageOf(
	groupId: string,
	body: Exclude<Body, { type: "annotation" }>,
	personId: string,
	send: SendState,
): MessageRecord {
	return {
		id: body.id,
		conversationId: groupId,
		seq: null,
		type: body.type,
		senderPersonId: personId,
		own: true,
		text: body.type === "title" ? body.title : body.text,
		attachment: body.type === "attachment" ? body.attachment : null,
		event: null,
		sentAt: body.sentAt,
		send,
		...(body.type === "title" && body.role ? { role: body.role } : {}),
		...saidWith(body),
	};
}
