/** The words of the messages, in memory only: which message has which. Nothing of it is ever written down. */

import MiniSearch, { type SearchResult } from "minisearch";
import { shownType } from "../crypto/filetype";
import { foldedWords } from "../lib/fold";
import type { MessageRecord } from "./records";
import type { SearchKind, SearchQuery } from "./search-types";

interface Entry {
	id: string;
	conversationId: string;
	personId: string;
	atMs: number;
	kind: SearchKind;
}

interface Document {
	id: string;
	text: string;
	file: string;
	sender: string;
}

export interface Found {
	hits: { id: string; terms: string[] }[];
	total: number;
	similar: boolean;
}

const SILENT = new Set<MessageRecord["type"]>(["event", "title", "unreadable"]);
const LIMIT = 50;
const MOST = 200;

export class SearchIndex {
	private readonly entries = new Map<string, Entry>();
	private readonly words = new MiniSearch<Document>({
		fields: ["text", "file", "sender"],
		tokenize: foldedWords,
		processTerm: (word) => word,
	});

	has(id: string): boolean {
		return this.entries.has(id);
	}

	/** Take a message in, or its newer version. `sender`: the name of whoever sent it. */
	put(record: MessageRecord, sender: string): void {
		if (SILENT.has(record.type) || !(record.text || record.attachment)) {
			this.drop(record.id);
			return;
		}
		const { id, conversationId, senderPersonId: personId, text, attachment } = record;
		const document = { id, text, file: attachment?.name ?? "", sender };
		if (this.entries.has(id)) this.words.replace(document);
		else this.words.add(document);
		this.entries.set(id, {
			id,
			conversationId,
			personId,
			atMs: Date.parse(record.sentAt),
			kind: kindOf(record),
		});
	}

	drop(id: string): void {
		if (this.entries.delete(id)) this.words.discard(id);
	}

	/** `visible`: whether a conversation is one that the reader still has. */
	find(query: SearchQuery, visible: (conversationId: string) => boolean): Found {
		const applies = (id: string) => {
			const entry = this.entries.get(id);
			return entry !== undefined && fits(entry, query) && visible(entry.conversationId);
		};
		if (!foldedWords(query.text).join("")) return this.newest(query, applies);
		const exact = this.search(query, applies, false);
		if (exact.length) return this.cut(exact, query, false);
		return this.cut(this.search(query, applies, true), query, true);
	}

	/** When the oldest message was sent, of one conversation or of all; null where there is none. */
	since(conversationId?: string): string | null {
		let oldest = Number.POSITIVE_INFINITY;
		for (const entry of this.entries.values()) {
			if (conversationId === undefined || entry.conversationId === conversationId)
				oldest = Math.min(oldest, entry.atMs);
		}
		return Number.isFinite(oldest) ? new Date(oldest).toISOString() : null;
	}

	private search({ text }: SearchQuery, applies: (id: string) => boolean, similar: boolean): SearchResult[] {
		return this.words.search(text, {
			combineWith: "AND",
			prefix: (term, at, terms) => at === terms.length - 1 || term.length > 2,
			fuzzy: similar ? mistakes : false,
			filter: ({ id }) => applies(id as string),
		});
	}

	private newest(query: SearchQuery, applies: (id: string) => boolean): Found {
		const narrowed = query.personId || query.kind || query.from;
		const all = narrowed ? [...this.entries.keys()].filter(applies).map((id) => ({ id, terms: [] })) : [];
		return this.cut(all, query, false);
	}

	private cut(
		results: Pick<SearchResult, "id" | "terms">[],
		{ limit }: SearchQuery,
		similar: boolean,
	): Found {
		const at = (id: string) => this.entries.get(id)?.atMs ?? 0;
		const hits = results
			.map(({ id, terms }) => ({ id: id as string, terms }))
			.sort((one, other) => at(other.id) - at(one.id))
			.slice(0, Math.min(limit ?? LIMIT, MOST));
		return { hits, total: results.length, similar: similar && results.length > 0 };
	}
}

/** How many letters of a word may be wrong. A number with a wrong digit is another number: none. */
function mistakes(term: string): number | false {
	if (term.length < 5 || /\d/.test(term)) return false;
	return term.length < 9 ? 1 : 2;
}

function fits(entry: Entry, { conversationId, personId, kind, from }: SearchQuery): boolean {
	if (conversationId && entry.conversationId !== conversationId) return false;
	if (personId && entry.personId !== personId) return false;
	if (from && entry.atMs < Date.parse(from)) return false;
	return !kind || entry.kind === kind || (kind === "file" && entry.kind === "finding");
}

function kindOf({ attachment }: MessageRecord): SearchKind {
	if (!attachment) return "text";
	const type = shownType(attachment.mediaType);
	const finding = type === "application/dicom" || type === "application/pdf" || type.startsWith("image/");
	return finding || /\.dcm$/i.test(attachment.name) ? "finding" : "file";
}
