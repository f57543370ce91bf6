/** What a page may ask of the search over what this device has, and what it gets. */

import type { Message } from "./types";

/** finding: a file that shows or says something about a patient: DICOM, an image, a PDF. It is a file, too. */
export type SearchKind = "text" | "file" | "finding";

/** Everything that is given must hold. Without text, the newest messages to which the rest applies. */
export interface SearchQuery {
	text: string;
	conversationId?: string;
	personId?: string;
	kind?: SearchKind;
	/** ISO 8601: sent at or after. */
	from?: string;
	limit?: number;
}

/** `terms`: the words of the message that were found, as `lib/fold` writes them. */
export interface SearchHit {
	message: Message;
	terms: string[];
}

export interface SearchAnswer {
	/** Newest first. */
	hits: SearchHit[];
	/** How many there are, of which `hits` are the newest. */
	total: number;
	/** Nothing was written like that; these are written alike. */
	similar: boolean;
	/** When the oldest message was sent that could be found here: the history of this device. */
	since: string | null;
}
