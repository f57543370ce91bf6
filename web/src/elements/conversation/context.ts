import type { Messenger } from "../../engine/types";

/** What every part of the workspace needs: the messenger, and who is reading. */
export interface Context {
	readonly messenger: Messenger;
	readonly me: string;
	/** Go to a conversation, or to the list. */
	go(conversationId: string | null): void;
	/** Say something to screen readers, politely. */
	announce(text: string): void;
}
