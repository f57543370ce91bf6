/** Saying something about messages, and passing them on: what pages ask for beyond sending. */

import type { Annotation } from "../crypto/annotation";
import { hindrance } from "../lib/forwarding";
import { announced } from "./annotating";
import { takesAnnotations } from "./annotations";
import type { Context } from "./context";
import { openAttachment } from "./downloads";
import { Failure } from "./failure";
import type { Outbox } from "./outbox";
import type { MessageRecord } from "./records";
import type { GroupKind, Message } from "./types";
import type { Uploads } from "./uploads";
import { messageView } from "./views";

export interface TalkPorts {
	/** Raises: Failure `inactive`, `unknown-leaf`. */
	mayWrite(conversationId: string): void;
	pump(conversationId: string): void;
}

export class Talk {
	constructor(
		private readonly context: Context,
		private readonly outbox: Pick<Outbox, "enqueue" | "enqueueAnnotation">,
		private readonly uploads: Pick<Uploads, "attach">,
		private readonly ports: TalkPorts,
	) {}

	/** null: it is not here. */
	async message(messageId: string): Promise<Message | null> {
		const record = await this.context.store.get("messages", messageId);
		return record && messageView(this.context, record);
	}

	/** Raises: Failure `not-found`, `edit-late`, `inactive`, `unknown-leaf`, `contact-not-accepted`, `too-large`. */
	async annotate(messageId: string, annotation: Annotation): Promise<void> {
		const groupId = (await this.written(messageId)).conversationId;
		this.mayWriteFreely(groupId);
		// In the lane, so that nothing else changes the message between reading and writing it.
		await this.context.lanes.run(groupId, async () => {
			const shown = await announced(this.context, messageId, annotation);
			await this.outbox.enqueueAnnotation(groupId, messageId, annotation, shown);
		});
		this.context.groups.touch(groupId);
		this.ports.pump(groupId);
	}

	/** Raises: Failure `forward-policy`, `forward-patient`, and what sending and opening raise. */
	async forward(messageId: string, conversationId: string): Promise<Message> {
		const { groups } = this.context;
		const message = await this.written(messageId);
		const [source, target] = [message.conversationId, conversationId].map((id) => {
			const group = groups.get(id);
			return groups.kindOf(group, group.members);
		}) as [GroupKind, GroupKind];
		const against = hindrance(source, target);
		if (against) throw new Failure(against);
		this.mayWriteFreely(conversationId);
		return messageView(this.context, await this.passOn(message, conversationId));
	}

	/** The service gives a file only to members of the conversation it was sent to: for others it is sent anew. */
	private async passOn(message: MessageRecord, conversationId: string): Promise<MessageRecord> {
		const { attachment, text } = message;
		if (attachment) {
			if (!attachment.objectId) throw new Failure("not-found");
			const { api } = this.context;
			const { signal } = new AbortController();
			const blob = await openAttachment({ api, attachment, progress: () => undefined, signal });
			const file = new File([blob], attachment.name, { type: attachment.mediaType });
			return this.uploads.attach(conversationId, file, text, { forwarded: true });
		}
		const draft = { type: "text", text, forwarded: true } as const;
		const sent = await this.outbox.enqueue(conversationId, draft);
		this.ports.pump(conversationId);
		return sent;
	}

	private async written(messageId: string): Promise<MessageRecord> {
		const record = await this.context.store.get("messages", messageId);
		if (!record || !takesAnnotations(record)) throw new Failure("not-found");
		return record;
	}

	/** A request to get in touch is one message, and nothing beside it. */
	private mayWriteFreely(conversationId: string): void {
		this.ports.mayWrite(conversationId);
		if (this.context.groups.get(conversationId).contact) throw new Failure("contact-not-accepted");
	}
}
