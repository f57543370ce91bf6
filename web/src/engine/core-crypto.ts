/** MLS by Wire's core-crypto (OpenMLS in WebAssembly, encrypted IndexedDB).
 *
 *  Its habits: a transport callback may only reject with MlsTransportError.MessageRejected (anything else panics the
 *  WebAssembly); a transaction holds the database until its callback ends; it lists two leaves with one identity
 *  but describes only the first, so a doubled identity is reported without thumbprint. */

import * as core from "@wireapp/core-crypto/browser";
import { type Bytes, owned, text } from "../crypto/bytes";
import type { LeafIdentity } from "../crypto/identity";
import { uuidBytes, uuidOf } from "../crypto/ids";
import { Serial } from "../lib/serial";
import type { Leaf, MlsEngine, OutgoingCommit, Processed, Sealed, SendCommit } from "./mls";
import { UNREADABLE_IDENTITY, type UnreadableReason, WelcomeRefused } from "./mls";
import { type Made, markOf, Swallowed } from "./swallowed";

const CIPHER_SUITE = core.CipherSuite.Mls128Dhkemx25519Aes128gcmSha256Ed25519;
/** The engine takes a span in milliseconds. */
const KEY_PACKAGE_MS = 28 * 86_400_000;
/** All of it is written anew with each message: where many groups are caught up at once, not far ahead in each. */
const MOST_REMEMBERED = 200;
/** core-crypto gives a GroupInfo as MLSMessage but takes it bare. */
const MLS_MESSAGE_HEADER_BYTES = 4;

type Context = Parameters<Parameters<core.CoreCrypto["transaction"]>[0]>[0];

/** A transaction, or the engine itself, as far as only reading goes. */
type Reading = Pick<Context, "conversationExists" | "getClientIds">;

let loaded: Promise<void> | null = null;

/** Load the WebAssembly once. core-crypto asks for `window`, which a worker has under another name. */
export function loadCoreCrypto(wasmUrl: string): Promise<void> {
	const scope = globalThis as { window?: unknown };
	scope.window ??= globalThis;
	loaded ??= core.initWasmModule(wasmUrl);
	return loaded;
}

export interface EngineOptions {
	wasmUrl: string;
	/** Name of the IndexedDB database. */
	database: string;
	/** 32 bytes. */
	databaseKey: Uint8Array;
	identity: LeafIdentity;
}

export class CoreCryptoEngine implements MlsEngine {
	private readonly serial = new Serial();
	private send: SendCommit | null = null;
	private refusal: unknown = null;

	private constructor(
		private readonly engine: core.CoreCrypto,
		private readonly credential: core.CredentialRef,
		private readonly swallowed: Swallowed,
		readonly signatureKey: Bytes,
	) {}

	/** Open or make the device's MLS state. */
	static async open({ wasmUrl, database, databaseKey, identity }: EngineOptions): Promise<CoreCryptoEngine> {
		await loadCoreCrypto(wasmUrl);
		const store = await core.Database.open(database, new core.DatabaseKey(databaseKey));
		const engine = core.CoreCrypto.new(store);
		let opened: CoreCryptoEngine | null = null;
		const transport: core.MlsTransport = {
			sendCommitBundle: async (bundle) => opened?.deliver(bundle),
			prepareForTransport: async () => new Uint8Array(),
		};
		const clientId = clientIdOf(identity);
		await engine.transaction((context) => context.mlsInit(clientId, transport));
		const credential = await ownCredential(engine, clientId);
		const swallowed = new Swallowed(await engine.transaction((context) => context.getData()));
		opened = new CoreCryptoEngine(engine, credential, swallowed, owned(await engine.publicKey(credential)));
		return opened;
	}

	keyPackages(count: number): Promise<Bytes[]> {
		return this.transaction(async (context) => {
			const made: Bytes[] = [];
			while (made.length < count) {
				const one = await context.generateKeyPackage(this.credential, KEY_PACKAGE_MS);
				made.push(owned(one.serialize()));
			}
			return made;
		});
	}

	create(groupId: string): Promise<void> {
		return this.transaction((context) => context.createConversation(conversation(groupId), this.credential));
	}

	add(groupId: string, keyPackages: Uint8Array[], send: SendCommit): Promise<void> {
		const packages = keyPackages.map((bytes) => new core.KeyPackage(bytes));
		return this.commit(groupId, send, (context, group) => context.addClientsToConversation(group, packages));
	}

	remove(groupId: string, identities: string[], send: SendCommit): Promise<void> {
		return this.commit(groupId, send, async (context, group) => {
			const members = await context.getClientIds(group);
			const removed = members.filter((member) => identities.includes(identityOf(member)));
			await context.removeClientsFromConversation(group, removed);
		});
	}

	update(groupId: string, send: SendCommit): Promise<void> {
		return this.commit(groupId, send, (context, group) => context.updateKeyingMaterial(group));
	}

	rejoin(groupId: string, groupInfo: Uint8Array, send: SendCommit): Promise<void> {
		const info = new core.GroupInfo(groupInfo.slice(MLS_MESSAGE_HEADER_BYTES));
		return this.commit(groupId, send, async (context, group) => {
			await context.wipeConversation(group);
			await context.joinByExternalCommit(info, this.credential);
		});
	}

	async join(welcome: Uint8Array): Promise<string> {
		try {
			const parsed = new core.Welcome(welcome);
			const joined = await this.transaction((context) => context.processWelcomeMessage(parsed));
			return uuidOf(joined.copyBytes());
		} catch (error) {
			throw new WelcomeRefused(describe(error));
		}
	}

	process(groupId: string, entry: Sealed, behind: readonly Sealed[] = []): Promise<Processed> {
		return this.serial.run(async () => {
			const known = this.swallowed.get(groupId, entry);
			if (known) return known;
			const ahead = this.swallowed.size < MOST_REMEMBERED ? behind : [];
			const made = await this.engine.transaction(async (context) => {
				const read = await readAll(context, conversation(groupId), entry, ahead);
				await context.setData(this.swallowed.bytes(groupId, read));
				return read;
			});
			this.swallowed.add(groupId, made);
			return made[0].processed;
		});
	}

	encrypt(groupId: string, plaintext: Uint8Array): Promise<Bytes> {
		const group = conversation(groupId);
		return this.transaction(async (context) => owned(await context.encryptMessage(group, plaintext)));
	}

	members(groupId: string): Promise<Leaf[]> {
		const group = conversation(groupId);
		return this.serial.run(async () => {
			try {
				const ids = await this.engine.getClientIds(group);
				return leaves(ids.map(identityOf), await this.engine.getDeviceIdentities(group, ids));
			} catch (error) {
				if (!(await this.engine.conversationExists(group))) throw error;
				return [{ identity: UNREADABLE_IDENTITY, thumbprint: null }];
			}
		});
	}

	identities(groupId: string): Promise<string[]> {
		return this.serial.run(() => identitiesIn(this.engine, conversation(groupId)));
	}

	epoch(groupId: string): Promise<number> {
		return this.serial.run(async () => Number(await this.engine.conversationEpoch(conversation(groupId))));
	}

	exists(groupId: string): Promise<boolean> {
		return this.serial.run(() => this.engine.conversationExists(conversation(groupId)));
	}

	async forget(groupId: string): Promise<void> {
		this.swallowed.kept(groupId, Number.POSITIVE_INFINITY);
		if (!(await this.exists(groupId))) return;
		await this.transaction(async (context) => {
			await context.wipeConversation(conversation(groupId));
			await context.setData(this.swallowed.bytes());
		});
	}

	async kept(groupId: string, seq: number): Promise<void> {
		this.swallowed.kept(groupId, seq);
		if (this.swallowed.isStale) await this.transaction((context) => context.setData(this.swallowed.bytes()));
	}

	private transaction<T>(work: (context: Context) => Promise<T>): Promise<T> {
		return this.serial.run(() => this.engine.transaction(work));
	}

	private commit(
		groupId: string,
		send: SendCommit,
		work: (context: Context, group: core.ConversationId) => Promise<void>,
	): Promise<void> {
		return this.serial.run(async () => {
			this.send = send;
			this.refusal = null;
			try {
				await this.engine.transaction((context) => work(context, conversation(groupId)));
			} catch (error) {
				throw this.refusal ?? error;
			} finally {
				this.send = null;
			}
		});
	}

	private async deliver(bundle: core.CommitBundle): Promise<void> {
		try {
			if (!this.send) throw new Error("a commit that nobody asked for");
			await this.send(outgoing(bundle));
		} catch (error) {
			this.refusal = error;
			throw new core.MlsTransportError.MessageRejected({ reason: describe(error) });
		}
	}
}

/** MLSMessage with wire format 1, mls_public_message (RFC 9420 section 6): handshakes come unencrypted. */
function isHandshake(message: Uint8Array): boolean {
	return message[2] === 0 && message[3] === 1;
}

function outgoing(bundle: core.CommitBundle): OutgoingCommit {
	return {
		commit: owned(bundle.commit),
		welcome: bundle.welcome ? owned(bundle.welcome.serialize()) : null,
		groupInfo: owned(bundle.groupInfo.payload),
	};
}

function clientIdOf({ personId, deviceTag, domain }: LeafIdentity): core.ClientId {
	return new core.ClientId(new core.Uuid(personId), core.DeviceId.fromHexString(deviceTag), domain);
}

async function ownCredential(engine: core.CoreCrypto, clientId: core.ClientId): Promise<core.CredentialRef> {
	const [known] = await engine.getCredentials();
	if (known) return known;
	const fresh = core.Credential.basic(CIPHER_SUITE, clientId);
	return engine.transaction((context) => context.addCredential(fresh));
}

function conversation(groupId: string): core.ConversationId {
	return new core.ConversationId(uuidBytes(groupId));
}

function identityOf(client: core.ClientId): string {
	return text(client.copyBytes());
}

async function identitiesIn(context: Reading, group: core.ConversationId): Promise<string[]> {
	if (!(await context.conversationExists(group))) return [];
	try {
		return (await context.getClientIds(group)).map(identityOf);
	} catch {
		return [UNREADABLE_IDENTITY];
	}
}

function leaves(identities: string[], described: core.WireIdentity[]): Leaf[] {
	const thumbprints = new Map(
		described.map(({ clientId, thumbprint }) => [clientId ? identityOf(clientId) : "", thumbprint]),
	);
	const seen = new Set<string>();
	const doubled = new Set(identities.filter((identity) => seen.size === seen.add(identity).size));
	return identities.map((identity) => {
		const thumbprint = doubled.has(identity) ? null : (thumbprints.get(identity) ?? null);
		return { identity, thumbprint };
	});
}

/** The first, and those behind it up to one that cannot be read. */
async function readAll(
	context: Context,
	group: core.ConversationId,
	first: Sealed,
	behind: readonly Sealed[],
): Promise<[Made, ...Made[]]> {
	const read = async ({ seq, body }: Sealed, before: string[]): Promise<Made> => {
		return { seq, mark: markOf(body), processed: await decrypt(context, group, body, before) };
	};
	const before = isHandshake(first.body) ? await identitiesIn(context, group) : [];
	const made: [Made, ...Made[]] = [await read(first, before)];
	for (const next of behind) {
		const one = await read(next, []);
		made.push(one);
		// A refusal is remembered, too: asked again, the engine would call what was forged a duplicate.
		if (one.processed.kind !== "message") break;
	}
	return made;
}

async function decrypt(
	context: Context,
	group: core.ConversationId,
	body: Uint8Array,
	before: string[],
): Promise<Processed> {
	let message: core.DecryptedMessage;
	try {
		message = await context.decryptMessage(group, body);
	} catch (error) {
		return { kind: "unreadable", reason: reasonOf(error) };
	}
	if (core.DecryptedMessage.Text.instanceOf(message)) {
		const { plaintext, senderClientId, identity } = message.inner;
		const sender = { identity: identityOf(senderClientId), thumbprint: identity.thumbprint };
		return { kind: "message", plaintext: owned(plaintext), sender };
	}
	const { clientId } = message.inner.identity;
	const sender = clientId ? identityOf(clientId) : UNREADABLE_IDENTITY;
	if (core.DecryptedMessage.Proposal.instanceOf(message)) return { kind: "proposal", sender };
	const active = message.inner.isActive;
	return { kind: "commit", active, before, after: active ? await identitiesIn(context, group) : [], sender };
}

const REASONS: Readonly<Record<string, UnreadableReason>> = {
	DuplicateMessage: "duplicate",
	BufferedFutureMessage: "out-of-order",
	BufferedCommit: "out-of-order",
	WrongEpoch: "out-of-order",
	StaleCommit: "too-old",
	StaleProposal: "too-old",
	MessageEpochTooOld: "too-old",
	SelfCommitIgnored: "own",
	UnmergedPendingGroup: "not-a-member",
};

function reasonOf(error: unknown): UnreadableReason {
	const tag = mlsTag(error);
	if (tag && REASONS[tag]) return REASONS[tag];
	return describe(error).includes("find conversation") ? "not-a-member" : "malformed";
}

function mlsTag(error: unknown): string | null {
	return core.CoreCryptoError.Mls.instanceOf(error) ? error.inner.mlsError.tag : null;
}

/** core-crypto hides its reason behind a generic message. */
export function describe(error: unknown): string {
	const inner = (error as { inner?: unknown } | null)?.inner;
	return inner ? JSON.stringify(inner) : error instanceof Error ? error.message : String(error);
}
