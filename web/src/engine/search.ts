/** Search over the messages of this device. The index is built from the sealed records when it is first asked, lives in
 *  the worker's memory, follows every write, and is gone with the worker. */

import type { Context } from "./context";
import type { MessageRecord } from "./records";
import { SearchIndex } from "./search-index";
import type { SearchAnswer, SearchQuery } from "./search-types";
import type { Change } from "./store";
import { messageView } from "./views";

const BATCH = 500;

export type Progress = (done: number, total: number) => void;

export class Search {
	private index: SearchIndex | null = null;
	private building: Promise<void> | null = null;
	private readonly watching = new Set<Progress>();
	/** Removed while the index was being built: a batch that was read before must not bring them back. */
	private readonly gone = new Set<string>();

	constructor(private readonly context: Context) {
		context.store.watch((changes) => this.written(changes));
	}

	/** `progress`: of the building, while there is any. */
	async find(query: SearchQuery, progress: Progress): Promise<SearchAnswer> {
		const index = await this.ready(progress);
		const { groups, store } = this.context;
		const found = index.find(query, (conversationId) => groups.find(conversationId) !== null);
		const hits = await Promise.all(
			found.hits.map(async ({ id, terms }) => {
				const record = await store.get("messages", id);
				return record ? [{ message: messageView(this.context, record), terms }] : [];
			}),
		);
		const { total, similar } = found;
		return { hits: hits.flat(), total, similar, since: index.since(query.conversationId) };
	}

	private async ready(progress: Progress): Promise<SearchIndex> {
		this.watching.add(progress);
		try {
			this.building ??= this.build();
			await this.building;
		} catch (error) {
			this.building = null;
			this.index = null;
			throw error;
		} finally {
			this.watching.delete(progress);
		}
		if (!this.index) throw new Error("the index is not there");
		return this.index;
	}

	private async build(): Promise<void> {
		const { store } = this.context;
		const index = new SearchIndex();
		this.index = index;
		this.gone.clear();
		const total = await store.countMessages();
		let done = 0;
		for await (const records of store.allMessages(BATCH)) {
			// What was written meanwhile is newer than what the batch read.
			for (const record of records) {
				if (!index.has(record.id) && !this.gone.has(record.id)) this.put(index, record);
			}
			done += records.length;
			for (const progress of this.watching) progress(Math.min(done, total), total);
		}
	}

	private written(changes: readonly Change[]): void {
		if (!this.index) return;
		for (const change of changes) {
			if (change.table !== "messages") continue;
			if (change.value) this.put(this.index, change.value);
			else {
				this.gone.add(change.key);
				this.index.drop(change.key);
			}
		}
	}

	private put(index: SearchIndex, record: MessageRecord): void {
		index.put(record, this.context.groups.person(record.senderPersonId).name);
	}
}
