/** The messenger on an empty page; the test drives it through `window`. */
import "../../../src/lib/trusted-types";
import { hex, sha256, utf8 } from "../../../src/crypto/bytes";
import { createMessenger } from "../../../src/engine/client";
import type { ApprovalWishes, JoinProof, MessengerEvent } from "../../../src/engine/types";
import { plaintextAtRest } from "../at-rest";

const messenger = createMessenger();
const events: MessengerEvent[] = [];
messenger.listen((event) => events.push(event));

const calls = {
	conversations: () => messenger.conversations(),
	messages: (id: string, options?: { before?: number; limit?: number }) => messenger.messages(id, options),
	create: messenger.create.bind(messenger),
	add: messenger.add.bind(messenger),
	remove: messenger.remove.bind(messenger),
	send: messenger.send.bind(messenger),
	annotate: messenger.annotate.bind(messenger),
	forward: messenger.forward.bind(messenger),
	retry: messenger.retry.bind(messenger),
	discard: messenger.discard.bind(messenger),
	markSeen: messenger.markSeen.bind(messenger),
	readableAtRest: (texts: string[]) => plaintextAtRest(texts),
	takeOver: async () => messenger.takeOver(),
	askToJoin: async () => messenger.askToJoin(),
	withdrawJoin: async () => messenger.withdrawJoin(),
	mayApprove: () => messenger.mayApprove(),
	historyAtHand: () => messenger.historyAtHand(),
	approve: (joinId: string, proof: JoinProof, wishes: ApprovalWishes = { history: true }) =>
		messenger.approve(joinId, proof, wishes),
	state: async () => messenger.state,
	/** A file of `size` bytes that begins with `head`. */
	attach: (id: string, name: string, size: number, head: string) => {
		const content = new Uint8Array(size).map((_, index) => (index * 7) % 251);
		content.set(utf8(head).subarray(0, size));
		return messenger.attach(id, new File([content], name, { type: "application/pdf" }));
	},
	/** One that is not kept in the browser's store. `change`: a byte of it that is another. */
	attachLarge: (id: string, name: string, megabytes: number) => messenger.attach(id, large(name, megabytes)),
	supplyLarge: (messageId: string, megabytes: number, change: number | null) =>
		messenger.supplyFile(messageId, large("again", megabytes, change)),
	pauseUpload: messenger.pauseUpload.bind(messenger),
	resumeUpload: messenger.resumeUpload.bind(messenger),
	/** Into a file of this browser, as into one that somebody chose. */
	saveInto: async (messageId: string) => {
		const folder = await navigator.storage.getDirectory();
		const handle = await folder.getFileHandle("saved", { create: true });
		await messenger.saveInto(messageId, handle);
		return fileDigest(await handle.getFile());
	},
	digestOfLarge: (megabytes: number) => fileDigest(large("", megabytes)),
	open: async (messageId: string) => {
		const blob = await messenger.open(messageId);
		const digest = hex(await sha256(new Uint8Array(await blob.arrayBuffer())));
		return { type: blob.type, size: blob.size, sha256: digest };
	},
};

function large(name: string, megabytes: number, change: number | null = null): File {
	const block = new Uint8Array(1_000_000).map((_, index) => (index * 13) % 247);
	const blocks = Array.from({ length: megabytes }, (_, index) => {
		const one = block.slice();
		one[0] = index % 200;
		if (change !== null && Math.floor(change / 1_000_000) === index) one[change % 1_000_000] = 250;
		return one;
	});
	return new File(blocks, name, { type: "application/octet-stream" });
}

async function fileDigest(file: File): Promise<string> {
	return hex(await sha256(new Uint8Array(await file.arrayBuffer())));
}

export type Calls = typeof calls;

async function call(name: keyof Calls, args: unknown[]): Promise<unknown> {
	try {
		return { value: await (calls[name] as (...given: unknown[]) => Promise<unknown>)(...args) };
	} catch (failure) {
		return { failure };
	}
}

Object.assign(window, { medicus: { messenger, events, call } });
