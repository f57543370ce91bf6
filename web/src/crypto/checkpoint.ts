/** Signed tree heads of the log: C2SP tlog-checkpoint in a C2SP signed-note, Ed25519 by WebCrypto. Pure.
 *
 *  https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note */

import { type Bytes, base64, concat, equal, fromBase64, sha256, utf8 } from "./bytes";
import type { Tree } from "./merkle";

/** The note is malformed, or not signed by this key. */
export class BadNote extends Error {}

/** This browser has no Ed25519. */
export class NoEd25519 extends Error {}

/** The log's public key by its name. */
export interface LogKey {
	name: string;
	id: Bytes;
	publicKey: Bytes;
}

const ALGORITHM = 1;
const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;

/** Read `<name>+<key id>+<base64>`. Raises: BadNote. */
export async function readKey(vkey: string): Promise<LogKey> {
	const [, name, digits, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey) ?? [];
	if (!name || !digits || !encoded) throw new BadNote("the log's key is malformed");
	const key = strict(encoded);
	const id = (await sha256(concat(utf8(`${name}\n`), key))).slice(0, KEY_ID_BYTES);
	const stated = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
	if (key.length !== 33 || key[0] !== ALGORITHM || !equal(id, stated)) {
		throw new BadNote("the log's key is malformed");
	}
	return { name, id, publicKey: key.slice(1) };
}

/** Open a checkpoint that this key signed; signatures of others are passed over. Raises: BadNote, NoEd25519. */
export async function readTreeHead(note: string, key: LogKey): Promise<Tree> {
	const at = note.lastIndexOf("\n\n");
	if (at < 0 || !note.endsWith("\n")) throw new BadNote("the note is malformed");
	const text = note.slice(0, at + 1);
	const signatures = note.slice(at + 2, -1).split("\n");
	const verifier = await imported(key);
	const checks = signatures.map((line) => isSigned(line, utf8(text), key, verifier));
	if (!(await Promise.all(checks)).includes(true)) throw new BadNote("the log's key did not sign the note");
	const [origin, size, root] = text.split("\n");
	if (origin !== key.name || !/^(0|[1-9]\d{0,15})$/.test(size ?? "")) {
		throw new BadNote("the note is not a checkpoint of this log");
	}
	const tree = { size: Number(size), root: strict(root ?? "") };
	if (!Number.isSafeInteger(tree.size) || tree.root.length !== 32) {
		throw new BadNote("the note is not a checkpoint of this log");
	}
	return tree;
}

async function imported({ publicKey }: LogKey): Promise<CryptoKey> {
	try {
		return await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
	} catch {
		throw new NoEd25519();
	}
}

async function isSigned(line: string, text: Bytes, key: LogKey, verifier: CryptoKey): Promise<boolean> {
	const [, name, encoded] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
	if (name !== key.name || !encoded) return false;
	const signature = strict(encoded);
	const fits = signature.length === KEY_ID_BYTES + SIGNATURE_BYTES;
	if (!fits || !equal(signature.slice(0, KEY_ID_BYTES), key.id)) return false;
	return crypto.subtle.verify({ name: "Ed25519" }, verifier, signature.slice(KEY_ID_BYTES), text);
}

/** Base64 in its one form. Raises: BadNote. */
function strict(encoded: string): Bytes {
	try {
		const bytes = fromBase64(encoded);
		if (base64(bytes) === encoded) return bytes;
	} catch {
		// Said below.
	}
	throw new BadNote("there is malformed base64");
}
