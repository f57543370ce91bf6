/** What a person does with a case; what the service answers is kept like any other news of the group. */

import { Problem } from "../lib/http";
import type { GroupListing } from "./api";
import type { CaseAct, CasePage } from "./case-types";
import type { Context } from "./context";

export interface CasePorts {
	keep(listing: GroupListing): Promise<void>;
	refresh(): Promise<unknown>;
}

export class Cases {
	constructor(
		private readonly context: Context,
		private readonly ports: CasePorts,
	) {}

	/** Raises: Problem, Unreachable. */
	async act(conversationId: string, act: CaseAct): Promise<void> {
		const { api } = this.context;
		try {
			const objectId = act.act === "mark" ? await this.fileOf(act.messageId) : null;
			await this.ports.keep(await api.caseAct(conversationId, act, objectId));
		} catch (error) {
			// Somebody else was first: then show what became of it.
			if (error instanceof Problem && error.status === 409) await this.ports.refresh();
			throw error;
		}
	}

	/** Raises: Problem, Unreachable. */
	page(conversationId: string): Promise<CasePage> {
		return this.context.api.casePage(conversationId);
	}

	/** Only the readers of a message know which file it carries: the service is told the number, to keep it. */
	private async fileOf(messageId: string): Promise<string | null> {
		const message = await this.context.store.get("messages", messageId);
		return message?.attachment?.objectId ?? null;
	}
}
