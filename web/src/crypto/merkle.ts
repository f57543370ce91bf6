/** Proofs of the log's tree (RFC 9162 section 2.1, SHA-256): that an entry stands in it, that it only grew. Pure. */

import { type Bytes, concat, equal, sha256 } from "./bytes";

export async function leafHash(leaf: Uint8Array): Promise<Bytes> {
	return sha256(concat(Uint8Array.of(0), leaf));
}

async function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
	return sha256(concat(Uint8Array.of(1), left, right));
}

export interface Tree {
	size: number;
	root: Uint8Array;
}

/** The way from a node up to the root, level by level. */
class Way {
	constructor(
		private node: bigint,
		private last: bigint,
	) {}

	get isAtRoot(): boolean {
		return this.last === 0n;
	}

	/** Go up to the next level on which the node has a sibling to its left or is not the last; tells which. */
	siblingIsLeft(): boolean {
		const left = this.isOdd || this.node === this.last;
		if (left) while (!this.isOdd && this.node !== 0n) this.up();
		this.up();
		return left;
	}

	/** Leave out the levels on which the node closes a whole subtree; tells whether none is left. */
	isWhole(): boolean {
		while (this.isOdd) this.up();
		return this.node === 0n;
	}

	private get isOdd(): boolean {
		return (this.node & 1n) === 1n;
	}

	private up(): void {
		this.node >>= 1n;
		this.last >>= 1n;
	}
}

/** Check an inclusion proof (section 2.1.3.2). `leaf`: its hash. */
export async function stands(
	leaf: Uint8Array,
	index: number,
	{ size, root }: Tree,
	path: readonly Uint8Array[],
): Promise<boolean> {
	if (!Number.isSafeInteger(index) || index < 0 || index >= size) return false;
	const way = new Way(BigInt(index), BigInt(size) - 1n);
	let hash = leaf;
	for (const step of path) {
		if (way.isAtRoot) return false;
		hash = way.siblingIsLeft() ? await nodeHash(step, hash) : await nodeHash(hash, step);
	}
	return way.isAtRoot && equal(hash, root);
}

/** Check a consistency proof (section 2.1.4.2): `before` is the beginning of `after`. */
export async function continues(before: Tree, after: Tree, proof: readonly Uint8Array[]): Promise<boolean> {
	if (before.size === after.size) return proof.length === 0 && equal(before.root, after.root);
	if (before.size <= 0 || before.size > after.size) return false;
	const way = new Way(BigInt(before.size) - 1n, BigInt(after.size) - 1n);
	// Of a whole tree the proof leaves out what the reader has: the old root.
	const [first, ...steps] = way.isWhole() ? [before.root, ...proof] : proof;
	if (!first) return false;
	let [old, fresh] = [first, first];
	for (const step of steps) {
		if (way.isAtRoot) return false;
		if (way.siblingIsLeft()) {
			[old, fresh] = [await nodeHash(step, old), await nodeHash(step, fresh)];
		} else {
			fresh = await nodeHash(fresh, step);
		}
	}
	return way.isAtRoot && equal(old, before.root) && equal(fresh, after.root);
}
