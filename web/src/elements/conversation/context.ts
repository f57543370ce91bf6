import type { Messenger } from "../../engine/types";
import type { Blocks } from "./conduct/blocks";

/** What every part of the workspace needs: the messenger, and who is reading. */
export interface Context {
	readonly messenger: Messenger;
	readonly me: string;
	/** The reader is a patient, and sees what patients have: no directory, nothing urgent, no record, no reports. */
	readonly forPatient: boolean;
	/** Go to a conversation, or to the list. */
	go(conversationId: string | null): void;
	/** Show a message in its conversation, mark it for a moment and put the focus on it. False when it is not on this
	 *  device: it was removed, or is older than what this device has. */
	jumpTo(messageId: string): Promise<boolean>;
	/** Whom the reader blocked. */
	readonly blocks: Blocks;
	/** Say something that stays until it was read. */
	tell(text: string): void;
	/** Say something to screen readers, politely. */
	announce(text: string): void;
}
