/** A log of key events in the shape of the API, with a real tree and real signatures; it can be made to lie. */

import { base64, concat, fromHex, hex, sha256, utf8 } from "../../src/crypto/bytes";
import { newId } from "../../src/crypto/ids";
import { leafHash } from "../../src/crypto/merkle";
import type { KeyLog } from "../../src/engine/key-api";

const NAME = "medicus.example/audit";

export interface Event {
	event: "identity-key:certify" | "identity-key:reset" | "device:register" | "device:revoke";
	at?: string;
	details?: Record<string, string>;
	deviceId?: string;
}

interface Entry {
	personId: string;
	canonical: Uint8Array<ArrayBuffer>;
	salt: string;
	part: "actor" | "subject";
}

export class LivingLog {
	entries: Entry[] = [];
	/** Changes an answer before it is given. */
	lie: (answer: KeyLog) => KeyLog = (answer) => answer;

	private constructor(
		private keys: CryptoKeyPair,
		private vkey: string,
	) {}

	static async create(): Promise<LivingLog> {
		const keys = (await crypto.subtle.generateKey({ name: "Ed25519" }, true, [
			"sign",
			"verify",
		])) as CryptoKeyPair;
		return new LivingLog(keys, await vkeyOf(keys));
	}

	async exchangeKey(): Promise<void> {
		const { keys, vkey } = await LivingLog.create();
		[this.keys, this.vkey] = [keys, vkey];
	}

	/** Append an event about a person; returns its place. */
	async tell(
		personId: string,
		{ event, at = new Date().toISOString(), details = {}, deviceId }: Event,
	): Promise<number> {
		const own = event === "identity-key:certify" || event === "device:register";
		const salt = crypto.getRandomValues(new Uint8Array(16));
		const person = hex(await sha256(concat(salt, utf8(personId))));
		const subject = own ? `device/${deviceId ?? newId()}` : `person/${person}`;
		const body = { actor: { person: own ? person : null }, at, details, event, event_id: newId(), subject };
		const canonical = utf8(JSON.stringify(body));
		this.entries.push({ personId, canonical, salt: base64(salt), part: own ? "actor" : "subject" });
		return this.entries.length - 1;
	}

	async answer(personId: string, sinceSize: number): Promise<KeyLog> {
		const hashes = await Promise.all(this.entries.map(({ canonical }) => leafHash(canonical)));
		if (hashes.length === 0) return this.lie(empty(this.vkey));
		const events = [];
		for (const [index, entry] of this.entries.entries()) {
			if (entry.personId !== personId) continue;
			const { canonical, salt, part } = entry;
			const proof = await inclusion(index, hashes);
			events.push({ canonical, index, proof, people: { [part]: { personId, salt } } });
		}
		const provable = 0 < sinceSize && sinceSize <= hashes.length;
		return this.lie({
			checkpoint: await this.sign(`${NAME}\n${hashes.length}\n${base64(await rootOf(hashes))}\n`),
			publicKey: this.vkey,
			consistency: provable ? await consistency(sinceSize, hashes) : [],
			events,
		});
	}

	private async sign(text: string): Promise<string> {
		const signature = await crypto.subtle.sign({ name: "Ed25519" }, this.keys.privateKey, utf8(text));
		const [, id = ""] = this.vkey.split("+");
		return `${text}\n\u2014 ${NAME} ${base64(concat(fromHex(id), new Uint8Array(signature)))}\n`;
	}
}

function empty(publicKey: string): KeyLog {
	return { checkpoint: "", publicKey, consistency: [], events: [] };
}

async function vkeyOf({ publicKey }: CryptoKeyPair): Promise<string> {
	const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
	const key = concat(Uint8Array.of(1), raw);
	const id = (await sha256(concat(utf8(`${NAME}\n`), key))).slice(0, 4);
	return `${NAME}+${hex(id)}+${base64(key)}`;
}

type Hash = Uint8Array<ArrayBuffer>;

/** As RFC 9162 section 2.1 defines them, without any of the short cuts of the code under test. */
async function rootOf(hashes: readonly Hash[]): Promise<Hash> {
	const [only] = hashes;
	if (only && hashes.length === 1) return only;
	const at = split(hashes.length);
	const [left, right] = [await rootOf(hashes.slice(0, at)), await rootOf(hashes.slice(at))];
	return sha256(concat(Uint8Array.of(1), left, right));
}

async function inclusion(index: number, hashes: readonly Hash[]): Promise<Hash[]> {
	if (hashes.length === 1) return [];
	const at = split(hashes.length);
	const [left, right] = [hashes.slice(0, at), hashes.slice(at)];
	if (index < at) return [...(await inclusion(index, left)), await rootOf(right)];
	return [...(await inclusion(index - at, right)), await rootOf(left)];
}

async function consistency(size: number, hashes: readonly Hash[], whole = true): Promise<Hash[]> {
	if (size === hashes.length) return whole ? [] : [await rootOf(hashes)];
	const at = split(hashes.length);
	const [left, right] = [hashes.slice(0, at), hashes.slice(at)];
	if (size <= at) return [...(await consistency(size, left, whole)), await rootOf(right)];
	return [...(await consistency(size - at, right, false)), await rootOf(left)];
}

function split(count: number): number {
	return 2 ** (Math.ceil(Math.log2(count)) - 1);
}
