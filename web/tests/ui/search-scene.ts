/** The engine's own index over the messages of a scene. */
import type { MessageRecord } from "../../src/engine/records";
import { SearchIndex } from "../../src/engine/search-index";
import type { SearchAnswer, SearchQuery } from "../../src/engine/search-types";
import type { Message } from "../../src/engine/types";

export function searchIn(messages: readonly Message[], query: SearchQuery): SearchAnswer {
	const index = new SearchIndex();
	for (const message of messages) index.put(message as unknown as MessageRecord, message.senderName);
	const { hits, total, similar } = index.find(query, () => true);
	const found = hits.flatMap(({ id, terms }) => {
		const message = messages.find((one) => one.id === id);
		return message ? [{ message, terms }] : [];
	});
	return { hits: found, total, similar, since: index.since(query.conversationId) };
}
