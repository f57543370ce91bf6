/** What the ratchet has swallowed and nobody has written down yet. It lies in the ratchet's own database, written in the
 *  transaction that swallows it: a crash in between loses nothing, in however many groups one reads at the same time. */

import { type Bytes, base64, fromBase64, text, utf8 } from "../crypto/bytes";
import type { Processed, Sealed } from "./mls";

type Written = [groupId: string, seq: number, mark: string, processed: Processed];
export interface Made {
	seq: number;
	/** Of the very bytes: should a service give other ones at this place, they are others. */
	mark: string;
	processed: Processed;
}

const MARK_BYTES = 16;

/** The end of a message: its authentication tag, or the end of its signature. */
export function markOf(body: Uint8Array): string {
	return base64(body.slice(-MARK_BYTES));
}

export class Swallowed {
	private readonly groups = new Map<string, Map<number, Made>>();
	/** So many were written down the last time. */
	private written = 0;

	constructor(bytes: Uint8Array | undefined) {
		const found: unknown = bytes ? JSON.parse(text(bytes)) : [];
		const listed = Array.isArray(found) ? (found as Written[]) : [];
		for (const [groupId, seq, mark, processed] of listed) {
			this.add(groupId, [{ seq, mark, processed: read(processed) }]);
		}
		this.written = listed.length;
	}

	get(groupId: string, { seq, body }: Sealed): Processed | undefined {
		const made = this.groups.get(groupId)?.get(seq);
		return made?.mark === markOf(body) ? made.processed : undefined;
	}

	get size(): number {
		return [...this.groups.values()].reduce((sum, { size }) => sum + size, 0);
	}

	add(groupId: string, made: readonly Made[]): void {
		const here = this.groups.get(groupId) ?? new Map<number, Made>();
		for (const one of made) here.set(one.seq, one);
		this.groups.set(groupId, here);
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
		const of =
			(group: string) =>
			(one: Made): Written => [group, one.seq, one.mark, spelled(one.processed)];
		const here = [...this.groups].flatMap(([group, each]) => [...each.values()].map(of(group)));
		const all = [...here, ...made.map(of(groupId))];
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
