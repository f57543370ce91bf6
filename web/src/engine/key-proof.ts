/** Does an answer about the own keys hold: signed by the log's key, grown from what was seen before, each entry in it? */

import { base64, fromBase64 } from "../crypto/bytes";
import { BadNote, readKey, readTreeHead } from "../crypto/checkpoint";
import { type KeyEvent, readKeyEvent } from "../crypto/key-event";
import { continues, leafHash, stands, type Tree } from "../crypto/merkle";
import type { KeyLog } from "./key-api";
import type { Doubt, KeyMemory } from "./key-memory";

export interface ProvenLog {
	log: NonNullable<KeyMemory["log"]>;
	events: KeyEvent[];
}

/** Returns the first thing that is wrong instead. Raises: NoEd25519. */
export async function proven(
	answer: KeyLog,
	before: KeyMemory["log"],
	personId: string,
): Promise<ProvenLog | Doubt> {
	if (before && answer.publicKey !== before.key) return "other-log";
	try {
		if (!answer.checkpoint) return "rolled-back";
		const tree = await readTreeHead(answer.checkpoint, await readKey(answer.publicKey));
		const broken = before && (await breakOf(before, tree, answer.consistency));
		if (broken) return broken;
		const events = await provenEvents(answer, tree, personId);
		const log = { key: answer.publicKey, size: tree.size, root: base64(tree.root) };
		return events ? { log, events } : "unproven";
	} catch (error) {
		if (error instanceof BadNote) return "unproven";
		throw error;
	}
}

async function breakOf(
	before: NonNullable<KeyMemory["log"]>,
	tree: Tree,
	consistency: readonly Uint8Array[],
): Promise<Doubt | null> {
	if (tree.size < before.size) return "rolled-back";
	const old = { size: before.size, root: fromBase64(before.root) };
	return (await continues(old, tree, consistency)) ? null : "forked";
}

async function provenEvents(answer: KeyLog, tree: Tree, personId: string): Promise<KeyEvent[] | null> {
	const events: KeyEvent[] = [];
	for (const { canonical, index, proof, people } of answer.events) {
		const event = await readKeyEvent(canonical, people, personId);
		if (!event || !(await stands(await leafHash(canonical), index, tree, proof))) return null;
		events.push(event);
	}
	return events;
}
