/** What the ratchet has swallowed and nobody has written down yet. It lies in the ratchet's own database, written in the
 *  transaction that swallows it: a crash in between loses nothing, in however many groups one reads at the same time. */

import { type Bytes, base64, fromBase64, text, utf8 } from "../crypto/bytes";
import type { Processed } from "./mls";

type Written = [groupId: string, seq: number, processed: Processed];
export type Made = [seq: number, processed: Processed];

export class Swallowed {
	private readonly groups = new Map<string, Map<number, Processed>>();
	/** So many were written down the last time. */
	private written = 0;

	constructor(bytes: Uint8Array | undefined) {
		const found: unknown = bytes ? JSON.parse(text(bytes)) : [];
		for (const [groupId, seq, processed] of Array.isArray(found) ? (found as Written[]) : []) {
			this.add(groupId, [[seq, read(processed)]]);
		}
	}

	get(groupId: string, seq: number): Processed | undefined {
		return this.groups.get(groupId)?.get(seq);
	}

	add(groupId: string, made: readonly Made[]): void {
		this.groups.set(groupId, new Map([...(this.groups.get(groupId) ?? []), ...made]));
	}

	/** Everything of a group up to this place in its stream is kept elsewhere. */
	kept(groupId: string, seq: number): void {
		const left = [...(this.groups.get(groupId) ?? [])].filter(([at]) => at > seq);
		if (left.length > 0) this.groups.set(groupId, new Map(left));
		else this.groups.delete(groupId);
	}

	/** What lies in the database could be less: the texts of several messages that are kept elsewhere. */
	get isStale(): boolean {
		return this.groups.size === 0 && this.written > 1;
	}

	/** To be written: what is here, and what is being swallowed. */
	bytes(groupId = "", made: readonly Made[] = []): Bytes {
		const here = [...this.groups].flatMap(([group, each]) =>
			[...each].map(([seq, processed]): Written => [group, seq, spelled(processed)]),
		);
		const all = [...here, ...made.map(([seq, processed]): Written => [groupId, seq, spelled(processed)])];
		this.written = all.length;
		return utf8(JSON.stringify(all));
	}
}

function spelled(processed: Processed): Processed {
	if (processed.kind !== "message") return processed;
	return { ...processed, plaintext: base64(processed.plaintext) as unknown as Bytes };
}

function read(written: Processed): Processed {
	if (written.kind !== "message") return written;
	return { ...written, plaintext: fromBase64(written.plaintext as unknown as string) };
}
