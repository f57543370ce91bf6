/** A member whose MLS is ts-mls, an implementation of RFC 9420 that shares no code with the browser's engine. It does
 *  whatever it is told, so it also plays the device that nobody certified. Runs in Node and in a page. */

import * as mls from "ts-mls";
import { text, utf8 } from "../../src/crypto/bytes";
import { deviceTag, formatIdentity } from "../../src/crypto/identity";
import { newId, uuidBytes } from "../../src/crypto/ids";

const SUITE = "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519";
const KEY_PACKAGE_HEADER = [0, 1, 0, 5];

/** MLSMessages: a PublicMessage, and the Welcome of those who were added. */
export interface Committed {
	commit: Uint8Array;
	welcome: Uint8Array | null;
}

export class TsMember {
	state: mls.ClientState | null = null;

	protected constructor(
		readonly identity: string,
		readonly suite: mls.CiphersuiteImpl,
		public keys: Awaited<ReturnType<typeof mls.generateKeyPackage>>,
	) {}

	static async create(identity = freshIdentity()): Promise<TsMember> {
		return new TsMember(identity, ...(await TsMember.parts(identity)));
	}

	protected static async parts(
		identity: string,
	): Promise<[mls.CiphersuiteImpl, Awaited<ReturnType<typeof mls.generateKeyPackage>>]> {
		const suite = await mls.getCiphersuiteImpl(mls.getCiphersuiteFromName(SUITE));
		const credential = { credentialType: "basic", identity: utf8(identity) } as const;
		const lifetime = { notBefore: BigInt(Math.floor(Date.now() / 1000) - 60), notAfter: inDays(28) };
		const keys = await mls.generateKeyPackage(credential, mls.defaultCapabilities(), lifetime, [], suite);
		return [suite, keys];
	}

	/** Raw Ed25519, 32 bytes. */
	get signatureKey(): Uint8Array {
		return this.keys.publicPackage.leafNode.signaturePublicKey;
	}

	/** The key package without the MLSMessage header, as the service hands it out. */
	keyPackage(): Uint8Array {
		const message = { version: "mls10", wireformat: "mls_key_package", keyPackage: this.keys.publicPackage };
		return mls.encodeMlsMessage(message as mls.MLSMessage).slice(KEY_PACKAGE_HEADER.length);
	}

	async create(groupId: string): Promise<void> {
		const { publicPackage, privatePackage } = this.keys;
		this.state = await mls.createGroup(uuidBytes(groupId), publicPackage, privatePackage, [], this.suite);
	}

	async join(welcome: Uint8Array): Promise<void> {
		const message = decode(welcome);
		if (message.wireformat !== "mls_welcome") throw new Error("no Welcome");
		const { publicPackage, privatePackage } = this.keys;
		this.state = await mls.joinGroup(
			message.welcome,
			publicPackage,
			privatePackage,
			mls.emptyPskIndex,
			this.suite,
		);
	}

	async encrypt(words: string): Promise<Uint8Array> {
		const made = await mls.createApplicationMessage(this.now(), utf8(words), this.suite);
		this.state = made.newState;
		return mls.encodeMlsMessage({
			version: "mls10",
			wireformat: "mls_private_message",
			privateMessage: made.privateMessage,
		} as mls.MLSMessage);
	}

	/** A commit as PublicMessage; `keep`: go into the new epoch at once. */
	async make(proposals: mls.Proposal[], { keep = true } = {}): Promise<Committed> {
		const context = { state: this.now(), cipherSuite: this.suite };
		const options = { wireAsPublicMessage: true, extraProposals: proposals, ratchetTreeExtension: true };
		const made = await mls.createCommit(context, options);
		if (keep) this.state = made.newState;
		const welcome = { version: "mls10", wireformat: "mls_welcome", welcome: made.welcome };
		return {
			commit: mls.encodeMlsMessage(made.commit),
			welcome: made.welcome ? mls.encodeMlsMessage(welcome as mls.MLSMessage) : null,
		};
	}

	add(...keyPackages: Uint8Array[]): Promise<Committed> {
		return this.make(keyPackages.map(addOf));
	}

	/** Read one entry of the stream. Returns the text of a message, null for a handshake. */
	async read(body: Uint8Array): Promise<string | null> {
		const message = decode(body);
		const { suite } = this;
		if (message.wireformat === "mls_private_message") {
			const { privateMessage } = message;
			const got = await mls.processPrivateMessage(this.now(), privateMessage, mls.emptyPskIndex, suite);
			this.state = got.newState;
			return got.kind === "applicationMessage" ? text(got.message) : null;
		}
		if (message.wireformat !== "mls_public_message") throw new Error("not of a stream");
		const { publicMessage } = message;
		const got = await mls.processPublicMessage(this.now(), publicMessage, mls.emptyPskIndex, suite);
		this.state = got.newState;
		return null;
	}

	/** What a member could give away: with it, anybody can make an external commit. */
	groupInfo(): Promise<mls.GroupInfo> {
		return mls.createGroupInfoWithExternalPubAndRatchetTree(this.now(), [], this.suite);
	}

	/** Come in by an external commit (RFC 9420 section 12.4.3.2). */
	async joinExternally(info: mls.GroupInfo): Promise<Uint8Array> {
		const { publicPackage, privatePackage } = this.keys;
		const made = await mls.joinGroupExternal(info, publicPackage, privatePackage, false, this.suite);
		this.state = made.newState;
		return mls.encodeMlsMessage({
			version: "mls10",
			wireformat: "mls_public_message",
			publicMessage: made.publicMessage,
		} as mls.MLSMessage);
	}

	/** An Add of itself, proposed from outside (`new_member_proposal`, section 12.1.8): needs no secret of the group. */
	async proposeItself(groupId: string, epoch: number): Promise<Uint8Array> {
		const groupContext = {
			version: "mls10",
			cipherSuite: SUITE,
			groupId: uuidBytes(groupId),
			epoch: BigInt(epoch),
			treeHash: new Uint8Array(32),
			confirmedTranscriptHash: new Uint8Array(32),
			extensions: [],
		};
		const { publicPackage, privatePackage } = this.keys;
		const info = { groupContext } as unknown as mls.GroupInfo;
		return mls.encodeMlsMessage(
			await mls.proposeAddExternal(info, publicPackage, privatePackage, this.suite),
		);
	}

	get epoch(): number {
		return Number(this.now().groupContext.epoch);
	}

	now(): mls.ClientState {
		if (!this.state) throw new Error("not in the group");
		return this.state;
	}
}

export function addOf(keyPackage: Uint8Array): mls.Proposal {
	const message = decode(Uint8Array.from([...KEY_PACKAGE_HEADER, ...keyPackage])) as unknown as {
		keyPackage: mls.KeyPackage;
	};
	return { proposalType: "add", add: { keyPackage: message.keyPackage } };
}

export function decode(bytes: Uint8Array): mls.MLSMessage {
	const [message] = mls.decodeMlsMessage(bytes, 0) ?? [];
	if (!message) throw new Error("no MLSMessage");
	return message;
}

function inDays(days: number): bigint {
	return BigInt(Math.floor(Date.now() / 1000) + days * 86_400);
}

export function freshIdentity(): string {
	return formatIdentity({ personId: newId(), deviceTag: deviceTag(newId()), domain: "b.example" });
}
