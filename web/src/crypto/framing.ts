/** What an MLSMessage says of itself before anybody decrypts it: its epoch, and whether it is a proposal
 *  (RFC 9420 section 6: PublicMessage and PrivateMessage). Nothing of this is proven yet. */

export type Content = "application" | "proposal" | "commit";

export interface Framing {
	epoch: number;
	content: Content;
}

const CONTENTS: readonly (Content | undefined)[] = [undefined, "application", "proposal", "commit"];
const PUBLIC_MESSAGE = 1;
const PRIVATE_MESSAGE = 2;
const EPOCH_BYTES = 8;
/** Bytes after the sender's type: a leaf index, an index of an external sender, or nothing. */
const SENDER_BYTES: readonly (number | undefined)[] = [undefined, 4, 4, 0, 0];

/** null for anything else than one of the two kinds of message. */
export function framingOf(message: Uint8Array): Framing | null {
	const wireFormat = (message[2] ?? 0) * 256 + (message[3] ?? 0);
	const atEpoch = afterVector(message, 4);
	let at = atEpoch + EPOCH_BYTES;
	if (wireFormat === PUBLIC_MESSAGE) {
		at = afterVector(message, at + 1 + (SENDER_BYTES[message[at] ?? 0] ?? Number.NaN));
	} else if (wireFormat !== PRIVATE_MESSAGE) return null;
	const content = CONTENTS[message[at] ?? 0];
	if (!content) return null;
	const epoch = message.subarray(atEpoch, atEpoch + EPOCH_BYTES).reduce((sum, byte) => sum * 256 + byte, 0);
	return { epoch, content };
}

/** Behind a vector with a length of one, two or four bytes (section 2.1.2); NaN when it is malformed. */
function afterVector(bytes: Uint8Array, at: number): number {
	const width = 2 ** ((bytes[at] ?? 0xff) >> 6);
	if (width > 4) return Number.NaN;
	const [first = 0, ...rest] = bytes.subarray(at, at + width);
	return at + width + rest.reduce((size, byte) => size * 256 + byte, first & 0x3f);
}
