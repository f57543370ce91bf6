/** A group without cryptography, for the rules around it: an engine whose "ciphertext" is JSON that it reads once,
 *  in order, and remembers like the real one; a service that is an array; and the real store. */

import { type Content, encodeBody } from "../../src/crypto/body";
import { type Bytes, text, utf8 } from "../../src/crypto/bytes";
import { deviceTag, formatIdentity } from "../../src/crypto/identity";
import { newId } from "../../src/crypto/ids";
import type { Api, Entry, Taken } from "../../src/engine/api";
import type { Context } from "../../src/engine/context";
import { Devices } from "../../src/engine/devices";
import { Groups, newGroup } from "../../src/engine/groups";
import type { Leaf, MlsEngine, Processed, Sealed } from "../../src/engine/mls";
import { Pins } from "../../src/engine/pins";
import type { MessageRecord } from "../../src/engine/records";
import type { Roster, Verdict } from "../../src/engine/roster";
import { Store } from "../../src/engine/store";
import { Problem, Unreachable } from "../../src/lib/http";
import { Lanes } from "../../src/lib/lanes";

export const ME = { personId: newId(), deviceId: newId() };
export const BOB = { personId: newId(), deviceId: newId() };
export const CARLA = { personId: newId(), deviceId: newId() };

export function leafOf({ personId, deviceId }: typeof ME): Leaf {
	const identity = formatIdentity({ personId, deviceTag: deviceTag(deviceId), domain: "a.example" });
	return { identity, thumbprint: `thumbprint of ${deviceId}` };
}

/** Reads each entry once; a commit begins the next epoch. */
export class ScriptedEngine implements Pick<MlsEngine, "process" | "encrypt" | "epoch" | "members" | "kept"> {
	readonly signatureKey = new Uint8Array(32);
	readonly swallowed = new Set<string>();
	readonly encrypted: number[] = [];
	epochNow = 1;
	leaves = [leafOf(ME), leafOf(BOB)];
	private readonly remembered = new Map<string, Processed>();

	async process(groupId: string, { seq, body }: Sealed): Promise<Processed> {
		const place = `${groupId} ${seq}`;
		const known = this.remembered.get(place);
		if (known) return known;
		const spelled = text(body);
		const { kind, epoch, plaintext, sender = BOB } = JSON.parse(spelled);
		const processed = this.read(spelled, { kind, epoch, plaintext, sender });
		this.remembered.set(place, processed);
		return processed;
	}

	async encrypt(_: string, plaintext: Uint8Array): Promise<Bytes> {
		this.encrypted.push(this.epochNow);
		return message(this.epochNow, text(plaintext), this.encrypted.length);
	}

	async epoch(): Promise<number> {
		return this.epochNow;
	}

	async members(): Promise<Leaf[]> {
		return this.leaves;
	}

	async kept(groupId: string, seq: number): Promise<void> {
		for (const place of this.remembered.keys()) {
			const [group, at] = place.split(" ");
			if (group === groupId && Number(at) <= seq) this.remembered.delete(place);
		}
	}

	private read(spelled: string, { kind, epoch, plaintext, sender }: Spelled): Processed {
		if (this.swallowed.has(spelled)) return { kind: "unreadable", reason: "duplicate" };
		if (epoch > this.epochNow) return { kind: "unreadable", reason: "out-of-order" };
		this.swallowed.add(spelled);
		if (kind === "message") return { kind, plaintext: utf8(plaintext), sender: leafOf(sender) };
		const identities = this.leaves.map(({ identity }) => identity);
		this.epochNow += 1;
		return {
			kind: "commit",
			active: true,
			before: identities,
			after: identities,
			sender: leafOf(BOB).identity,
		};
	}
}

interface Spelled {
	kind: string;
	epoch: number;
	plaintext: string;
	sender: typeof ME;
}

/** The "ciphertext" of a message. `nonce` makes two encryptions of one text differ. */
export function message(epoch: number, plaintext: string, nonce = 0, sender = BOB): Bytes {
	return utf8(JSON.stringify({ kind: "message", epoch, plaintext, nonce, sender }));
}

/** Of the person here. */
export const OTHER_DEVICE = { personId: ME.personId, deviceId: newId() };

/** One group as the service keeps it. */
export class ScriptedService {
	readonly entries: Entry[] = [];
	epoch = 1;
	/** What happens to the next sends: lost before or after the service had it. */
	readonly weather: ("request-lost" | "answer-lost")[] = [];
	asked = 0;

	append(fields: Partial<Entry> & Pick<Entry, "body">): Entry {
		const entry: Entry = {
			seq: this.entries.length + 1,
			id: newId(),
			kind: "application",
			epoch: this.epoch,
			senderDevice: BOB.deviceId,
			senderPerson: BOB.personId,
			at: "2026-03-01T12:00:00Z",
			...fields,
		};
		this.entries.push(entry);
		return entry;
	}

	/** Bob writes. */
	says(words: string, fields: Partial<Entry> = {}): Entry {
		const id = fields.id ?? newId();
		const body = { id, sentAt: "2026-03-01T12:00:00Z", replyTo: null, type: "text", text: words } as const;
		return this.append({ ...fields, id, body: message(fields.epoch ?? this.epoch, text(encodeBody(body))) });
	}

	/** Anybody sends any body; the server's word for who it was is `fields.senderPerson`. */
	sends(sender: typeof ME, content: Content, fields: Partial<Entry> = {}): Entry {
		const id = fields.id ?? newId();
		const sentAt = fields.at ?? "2026-03-01T12:00:00Z";
		const spelled = text(encodeBody({ id, sentAt, replyTo: null, ...content }));
		const from = { senderDevice: sender.deviceId, senderPerson: sender.personId };
		return this.append({ ...from, ...fields, id, body: message(this.epoch, spelled, 0, sender) });
	}

	/** Bob begins a new epoch. */
	commits(): Entry {
		const entry = this.append({
			kind: "commit",
			body: utf8(JSON.stringify({ kind: "commit", epoch: this.epoch })),
		});
		this.epoch += 1;
		return entry;
	}

	async page(since: number): Promise<{ entries: Entry[]; lastSeq: number }> {
		this.asked += 1;
		return { entries: this.entries.filter(({ seq }) => seq > since), lastSeq: this.entries.length };
	}

	async take(id: string, epoch: number, body: Uint8Array): Promise<Taken> {
		const weather = this.weather.shift();
		if (weather === "request-lost") throw new Unreachable("lost");
		const known = this.entries.find((entry) => entry.id === id);
		if (known && text(known.body) !== text(body)) throw new Problem(409, "id-reused", "");
		if (!known && epoch !== this.epoch) throw new Problem(409, "stale-epoch", "", { epoch: this.epoch });
		const own = { senderDevice: ME.deviceId, senderPerson: ME.personId };
		const entry = known ?? this.append({ ...own, id, epoch, body: new Uint8Array(body) });
		if (weather === "answer-lost") throw new Unreachable("lost");
		return { seq: entry.seq, at: entry.at };
	}
}

export interface Desk {
	context: Context;
	engine: ScriptedEngine;
	service: ScriptedService;
	group: string;
	told: MessageRecord[];
	logged: string[];
}

/** A device in one group with Bob. Pass the parts of an earlier one to begin again after a crash. */
export async function deskOf(name: string, earlier: Partial<Desk> = {}): Promise<Desk> {
	const engine = earlier.engine ?? new ScriptedEngine();
	const service = earlier.service ?? new ScriptedService();
	const store = await Store.open(name);
	const groups = await Groups.load(store, () => undefined);
	const group = earlier.group ?? newId();
	const told: MessageRecord[] = [];
	const logged: string[] = [];
	const api = {
		entries: (_: string, since: number) => service.page(since),
		reportUnknownLeaf: async () => undefined,
		devices: async () => [],
	} as unknown as Api;
	const roster = {
		certifies: async (leaf: Leaf) =>
			engine.leaves.includes(leaf) ||
			[BOB, CARLA, OTHER_DEVICE].some((one) => leaf.identity === leafOf(one).identity),
		judge: async (): Promise<Verdict> => ({ certified: [], unknown: [], ended: [], changed: [] }),
	} as unknown as Roster;
	const context: Context = {
		api,
		store,
		engine: engine as unknown as MlsEngine,
		self: { ...ME, domain: "a.example", chain: [], registered: true, expiresAt: "" },
		isPatient: false,
		groups,
		devices: new Devices(api, store),
		pins: await Pins.load(store),
		roster,
		lanes: new Lanes(),
		language: "de",
		now: () => new Date("2026-03-01T12:00:00Z"),
		tell: (_, messages) => told.push(...messages),
		log: (what) => logged.push(what),
	};
	if (!groups.find(group)) {
		await groups.put(newGroup({ id: group, kind: "team", cursor: 0, members: [] }, new Date()));
	}
	return { context, engine, service, group, told, logged };
}
