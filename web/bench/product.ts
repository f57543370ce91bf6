/** A whole messenger without network, for measuring: real engine, certificates, roster and encrypted store; the
 *  service is an array. */

import { base64 } from "../src/crypto/bytes";
import { ChainVerifier } from "../src/crypto/chain";
import { deviceTag, formatIdentity } from "../src/crypto/identity";
import { newId } from "../src/crypto/ids";
import { ed25519Thumbprint } from "../src/crypto/thumbprint";
import type { Api, CommitRequest, Entry } from "../src/engine/api";
import { Committer } from "../src/engine/commits";
import type { Context } from "../src/engine/context";
import { CoreCryptoEngine } from "../src/engine/core-crypto";
import { Devices } from "../src/engine/devices";
import { Groups, newGroup } from "../src/engine/groups";
import { Guard } from "../src/engine/guard";
import { Outbox } from "../src/engine/outbox";
import { Pins } from "../src/engine/pins";
import { Reader } from "../src/engine/reader";
import type { DeviceRecord, PinRecord } from "../src/engine/records";
import { Roster } from "../src/engine/roster";
import { Store } from "../src/engine/store";
import { Lanes } from "../src/lib/lanes";
import { WASM } from "../tests/browser/room";
import { Hospital, device as issueDevice } from "../tests/support/authority";

interface Wire {
	id: string;
	entries: Entry[];
	commits: CommitRequest[];
	welcome: Uint8Array | null;
}

export class Product {
	room: Wire = { id: newId(), entries: [], commits: [], welcome: null };
	private readonly guard: Guard;
	private readonly committer: Committer;
	private readonly outbox: Outbox;
	private readonly reader: Reader;
	private newcomer: Uint8Array | null = null;

	private constructor(
		readonly deviceId: string,
		readonly identity: string,
		private readonly context: Context,
	) {
		this.guard = new Guard(context, () => undefined);
		const streams = { fill: async () => undefined };
		this.committer = new Committer(context, streams, this.guard);
		this.outbox = new Outbox(context, this.guard, {
			transmit: async (_, id, epoch, message) => ({
				seq: this.post("application", id, epoch, message),
				at: new Date().toISOString(),
			}),
			catchUp: async () => undefined,
			freshenKeys: async () => undefined,
		});
		this.reader = new Reader(context, () => undefined);
	}

	/** Certified devices of as many people. */
	static async devices(count: number): Promise<Product[]> {
		const now = new Date();
		const hospital = await Hospital.create("a.example", undefined, new Date(now.getTime() - 1000));
		const listed: DeviceRecord[] = [];
		const made: Product[] = [];
		while (made.length < count) made.push(await Product.create(hospital, listed, now));
		return made;
	}

	private static async create(hospital: Hospital, listed: DeviceRecord[], now: Date): Promise<Product> {
		const [personId, deviceId] = [newId(), newId()];
		const claim = { personId, deviceTag: deviceTag(deviceId), domain: "a.example" };
		const database = `bench-${deviceId}`;
		const databaseKey = new Uint8Array(32).fill(5);
		const engine = await CoreCryptoEngine.open({ wasmUrl: WASM, database, databaseKey, identity: claim });
		const person = await hospital.person(personId, now);
		const thumbprint = await ed25519Thumbprint(engine.signatureKey);
		const made = await issueDevice(person, { deviceId, personId, domain: "a.example", thumbprint }, now);
		listed.push({ id: deviceId, personId, chain: hospital.chain(made, person).map(base64), revokedAt: null });
		const context = await contextOf(hospital, listed, engine, { personId, deviceId });
		return new Product(deviceId, formatIdentity(claim), context);
	}

	async keyPackage(): Promise<Uint8Array> {
		const [one] = await this.context.engine.keyPackages(1);
		if (!one) throw new Error("no key package");
		return one;
	}

	async begin(others: Product[]): Promise<void> {
		const { engine, groups, api } = this.context;
		const packages = await Promise.all(others.map((other) => other.keyPackage()));
		this.listen(api);
		await engine.create(this.room.id);
		await groups.put(newGroup({ id: this.room.id, kind: "team", cursor: 0, members: [] }, new Date()));
		await this.committer.run(this.room.id, async () => (send) => engine.add(this.room.id, packages, send));
	}

	async join(first: Product): Promise<void> {
		this.room = first.room;
		await this.context.engine.join(first.room.welcome ?? new Uint8Array());
		const group = newGroup({ id: this.room.id, kind: "team", cursor: 1, members: [] }, new Date());
		await this.context.groups.put(group);
		await this.guard.check(this.room.id);
	}

	async enqueue(text: string): Promise<string> {
		return (await this.outbox.enqueue(this.room.id, { type: "text", text })).id;
	}

	/** Roster check and encryption of a queued message. */
	async encrypt(messageId: string): Promise<void> {
		await this.outbox.seal(messageId);
	}

	/** Hand over everything that was queued and encrypted, and write it down as sent. */
	pump(): Promise<void> {
		return this.outbox.pump(this.room.id);
	}

	async readNext(): Promise<void> {
		const group = this.context.groups.get(this.room.id);
		const entry = this.room.entries[group.cursor];
		if (entry) await this.reader.read(group, entry);
	}

	/** Read what was missed, as the stream gives it. */
	async catchUp(count: number): Promise<void> {
		for (let read = 0; read < count; read++) {
			const group = this.context.groups.get(this.room.id);
			const [entry, ...behind] = this.room.entries.slice(group.cursor, group.cursor + 101);
			if (entry) await this.reader.read(group, entry, behind);
		}
	}

	async prepareAdd(other: Product): Promise<void> {
		this.newcomer = await other.keyPackage();
	}

	async add(): Promise<void> {
		const { engine } = this.context;
		const packages = this.newcomer ? [this.newcomer] : [];
		await this.committer.run(this.room.id, async () => {
			await this.guard.demandTrust(this.room.id);
			return (send) => engine.add(this.room.id, packages, send);
		});
	}

	async remove(other: Product): Promise<void> {
		const { engine } = this.context;
		await this.committer.run(this.room.id, async () => (send) => {
			return engine.remove(this.room.id, [other.identity], send);
		});
	}

	/** What the check of a group's leaves costs when nothing changed: the engine's part, and all of it. */
	async look(): Promise<{ membersMs: number; checkMs: number }> {
		const started = performance.now();
		await this.context.engine.members(this.room.id);
		const listed = performance.now();
		await this.guard.check(this.room.id);
		return { membersMs: listed - started, checkMs: performance.now() - listed };
	}

	private listen(api: Api): void {
		api.commit = async (_, request) => {
			this.room.commits.push(request);
			if (request.welcome) this.room.welcome = request.welcome;
			return { seq: this.post("commit", request.id, request.epoch, request.commit) };
		};
	}

	private post(kind: Entry["kind"], id: string, epoch: number, message: Uint8Array): number {
		const { entries } = this.room;
		const body = new Uint8Array(message);
		const seq = entries.length + 1;
		const at = new Date().toISOString();
		entries.push({ seq, id, kind, epoch, body, at, senderDevice: this.deviceId, senderPerson: "" });
		return seq;
	}
}

async function contextOf(
	hospital: Hospital,
	listed: DeviceRecord[],
	engine: CoreCryptoEngine,
	{ personId, deviceId }: { personId: string; deviceId: string },
): Promise<Context> {
	const store = await Store.open(`bench-store-${deviceId}`);
	const api = { devices: async () => listed } as unknown as Api;
	const pins = await Pins.load(store);
	const devices = new Devices(api, store);
	const sources = {
		devices: (personIds: readonly string[], fresh: boolean) => devices.of(personIds, fresh),
		pin: (person: string, domain: string) => pins.of(person, domain),
		keepPin: (pin: PinRecord) => pins.keep(pin),
	};
	return {
		api,
		store,
		engine,
		self: { personId, deviceId, domain: "a.example", chain: [], registered: true, expiresAt: "" },
		isPatient: false,
		groups: await Groups.load(store, () => undefined),
		devices,
		pins,
		roster: new Roster(sources, new ChainVerifier(hospital.root.der)),
		lanes: new Lanes(),
		language: "de",
		now: () => new Date(),
		tell: () => undefined,
		log: () => undefined,
	};
}
