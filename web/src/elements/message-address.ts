const HASH = /^#m-([0-9a-f-]{36})$/;

/** Where a message can be seen: its conversation, opened at it. `conversations`: the address of the workspace. */
export function messageAddress(conversationId: string, messageId: string, conversations: string): string {
	return `${conversations}${conversationId}/#m-${messageId}`;
}

/** The message that an address names after its `#`, or none. */
export function addressedMessage(hash: string): string | null {
	return HASH.exec(hash)?.[1] ?? null;
}
