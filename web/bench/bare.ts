/** core-crypto with nothing around it, in a group of 100. */

import * as core from "@wireapp/core-crypto/browser";
import { newId } from "../src/crypto/ids";

const SUITE = core.CipherSuite.Mls128Dhkemx25519Aes128gcmSha256Ed25519;

/** A device of core-crypto. */
class Client {
	commit: core.CommitBundle | null = null;

	private constructor(
		readonly engine: core.CoreCrypto,
		readonly credential: core.CredentialRef,
	) {}

	static async create(): Promise<Client> {
		const key = new core.DatabaseKey(new Uint8Array(32).fill(9));
		const engine = core.CoreCrypto.new(await core.Database.open(`bare-${newId()}`, key));
		const id = new core.ClientId(new core.Uuid(newId()), new core.DeviceId(1n), "a.example");
		const made: { client: Client | null } = { client: null };
		const transport: core.MlsTransport = {
			sendCommitBundle: async (bundle) => {
				if (made.client) made.client.commit = bundle;
			},
			prepareForTransport: async () => new Uint8Array(),
		};
		await engine.transaction((context) => context.mlsInit(id, transport));
		const fresh = core.Credential.basic(SUITE, id);
		made.client = new Client(engine, await engine.transaction((context) => context.addCredential(fresh)));
		return made.client;
	}

	async keyPackage(): Promise<core.KeyPackage> {
		const made = await this.engine.transaction((context) => context.generateKeyPackage(this.credential));
		return new core.KeyPackage(made.serialize());
	}
}

export class Bare {
	private readonly group = new core.ConversationId(crypto.getRandomValues(new Uint8Array(16)));
	private readonly messages: Uint8Array[] = [];
	private newcomer: core.KeyPackage | null = null;

	private constructor(
		private readonly alice: Client,
		private readonly bob: Client,
		private readonly carol: Client,
	) {}

	static async create(): Promise<Bare> {
		return new Bare(await Client.create(), await Client.create(), await Client.create());
	}

	/** Alice makes the group with Bob and 98 more. */
	async begin(others: readonly Uint8Array[]): Promise<void> {
		const { engine, credential } = this.alice;
		const packages = [await this.bob.keyPackage(), ...others.map((bytes) => new core.KeyPackage(bytes))];
		await engine.transaction((context) => context.createConversation(this.group, credential));
		await engine.transaction((context) => context.addClientsToConversation(this.group, packages));
	}

	async join(): Promise<void> {
		const welcome = new core.Welcome(this.welcome());
		await this.bob.engine.transaction((context) => context.processWelcomeMessage(welcome));
	}

	async encrypt(text: string): Promise<void> {
		const plain = new TextEncoder().encode(text);
		const { engine } = this.alice;
		this.messages.push(await engine.transaction((context) => context.encryptMessage(this.group, plain)));
	}

	async decrypt(round: number): Promise<void> {
		const message = this.messages[round] ?? new Uint8Array();
		await this.bob.engine.transaction((context) => context.decryptMessage(this.group, message));
	}

	async prepareAdd(): Promise<void> {
		this.newcomer = await this.carol.keyPackage();
	}

	async add(): Promise<void> {
		const packages = this.newcomer ? [this.newcomer] : [];
		await this.alice.engine.transaction((context) => context.addClientsToConversation(this.group, packages));
	}

	async remove(): Promise<void> {
		const members = await this.alice.engine.getClientIds(this.group);
		const last = members.slice(-1);
		await this.alice.engine.transaction((context) => context.removeClientsFromConversation(this.group, last));
	}

	messageBytes(): number {
		return this.messages[0]?.length ?? 0;
	}

	commitBytes(): number {
		return this.alice.commit?.commit.length ?? 0;
	}

	welcomeBytes(): number {
		return this.welcome().length;
	}

	private welcome(): Uint8Array {
		return this.alice.commit?.welcome?.serialize() ?? new Uint8Array();
	}
}
