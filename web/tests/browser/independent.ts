/** The engine against ts-mls, an implementation of RFC 9420 that shares no code with it. */

import * as mls from "ts-mls";
import { text, utf8 } from "../../src/crypto/bytes";
import { deviceTag, formatIdentity } from "../../src/crypto/identity";
import { newId, uuidBytes } from "../../src/crypto/ids";
import { meet, Peer, Room } from "./room";

const SUITE = "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519";

/** A peer of the other implementation. */
class Other {
	state: mls.ClientState | null = null;
	readonly texts: string[] = [];
	cursor = 0;

	private constructor(
		readonly identity: string,
		readonly suite: mls.CiphersuiteImpl,
		readonly keys: Awaited<ReturnType<typeof mls.generateKeyPackage>>,
	) {}

	static async create(identity = freshIdentity()): Promise<Other> {
		const suite = await mls.getCiphersuiteImpl(mls.getCiphersuiteFromName(SUITE));
		const credential = { credentialType: "basic", identity: utf8(identity) } as const;
		const lifetime = { notBefore: BigInt(Math.floor(Date.now() / 1000) - 60), notAfter: inDays(28) };
		const keys = await mls.generateKeyPackage(credential, mls.defaultCapabilities(), lifetime, [], suite);
		return new Other(identity, suite, keys);
	}

	/** The key package without the MLSMessage header, as the service hands it out. */
	keyPackage(): Uint8Array {
		const message = { version: "mls10", wireformat: "mls_key_package", keyPackage: this.keys.publicPackage };
		return mls.encodeMlsMessage(message as mls.MLSMessage).slice(4);
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

	async say(room: Room, words: string): Promise<void> {
		const made = await mls.createApplicationMessage(this.now(), utf8(words), this.suite);
		this.state = made.newState;
		const message = {
			version: "mls10",
			wireformat: "mls_private_message",
			privateMessage: made.privateMessage,
		};
		room.post(this.identity, mls.encodeMlsMessage(message as mls.MLSMessage));
	}

	/** Commit proposals as a PublicMessage. */
	async commit(room: Room, proposals: mls.Proposal[]): Promise<void> {
		const context = { state: this.now(), cipherSuite: this.suite };
		const options = { wireAsPublicMessage: true, extraProposals: proposals, ratchetTreeExtension: true };
		const made = await mls.createCommit(context, options);
		this.state = made.newState;
		room.epoch += 1;
		room.post(this.identity, mls.encodeMlsMessage(made.commit));
		if (!made.welcome) return;
		const message = { version: "mls10", wireformat: "mls_welcome", welcome: made.welcome } as mls.MLSMessage;
		room.welcome = mls.encodeMlsMessage(message);
	}

	async follow(room: Room): Promise<void> {
		for (; this.cursor < room.entries.length; this.cursor++) {
			const entry = room.entries[this.cursor];
			if (!entry || entry.sender === this.identity) continue;
			await this.process(entry.body);
		}
	}

	private async process(body: Uint8Array): Promise<void> {
		const message = decode(body);
		if (message.wireformat === "mls_private_message") {
			const got = await mls.processPrivateMessage(
				this.now(),
				message.privateMessage,
				mls.emptyPskIndex,
				this.suite,
			);
			this.state = got.newState;
			if (got.kind === "applicationMessage") this.texts.push(text(got.message));
		} else if (message.wireformat === "mls_public_message") {
			const got = await mls.processPublicMessage(
				this.now(),
				message.publicMessage,
				mls.emptyPskIndex,
				this.suite,
			);
			this.state = got.newState;
		}
	}

	private now(): mls.ClientState {
		if (!this.state) throw new Error("not in the group");
		return this.state;
	}
}

function decode(bytes: Uint8Array): mls.MLSMessage {
	const [message] = mls.decodeMlsMessage(bytes, 0) ?? [];
	if (!message) throw new Error("no MLSMessage");
	return message;
}

function inDays(days: number): bigint {
	return BigInt(Math.floor(Date.now() / 1000) + days * 86_400);
}

function freshIdentity(): string {
	return formatIdentity({ personId: newId(), deviceTag: deviceTag(newId()), domain: "b.example" });
}

/** Our engine makes the group and adds the other implementation. */
export async function weInviteThem(): Promise<unknown> {
	const [we, they] = [await Peer.create(), await Other.create()];
	const room = new Room();
	await we.engine.create(room.id);
	await we.engine.add(room.id, [they.keyPackage()], room.sender(we.identity));
	if (room.welcome) await they.join(room.welcome);
	they.cursor = we.cursor = room.entries.length;
	return talk(room, we, they);
}

/** The other implementation makes the group and adds our engine. */
export async function theyInviteUs(): Promise<unknown> {
	const [we, they] = [await Peer.create(), await Other.create()];
	const room = new Room();
	await they.create(room.id);
	const [keyPackage] = mls.decodeMlsMessage(withHeader(await we.keyPackage()), 0) ?? [];
	if (keyPackage?.wireformat !== ("mls_key_package" as string)) throw new Error("no KeyPackage");
	const add = {
		proposalType: "add",
		add: { keyPackage: (keyPackage as unknown as KeyPackageMessage).keyPackage },
	};
	await they.commit(room, [add as mls.Proposal]);
	if (room.welcome) await we.engine.join(room.welcome);
	they.cursor = we.cursor = room.entries.length;
	return talk(room, we, they);
}

interface KeyPackageMessage {
	keyPackage: mls.KeyPackage;
}

async function talk(room: Room, we: Peer, they: Other): Promise<unknown> {
	await we.say(room, "von uns");
	await they.follow(room);
	await they.say(room, "von ihnen");
	await we.follow(room);
	await we.engine.update(room.id, room.sender(we.identity));
	await they.follow(room);
	await they.commit(room, []);
	await we.follow(room);
	await we.say(room, "neue Schlüssel");
	await they.follow(room);
	const members = await we.engine.members(room.id);
	return {
		weHeard: we.texts(),
		theyHeard: they.texts,
		epochs: [await we.engine.epoch(room.id), Number(they.state?.groupContext.epoch)],
		members:
			members
				.map(({ identity }) => identity)
				.sort()
				.join() === [we.identity, they.identity].sort().join(),
	};
}

/** A removed member of the other implementation reads nothing; that it is removed at all needs its cooperation in
 *  ts-mls 1.x, so only the keys are compared, as the design notes its defect. */
export async function weRemoveThem(): Promise<unknown> {
	const [we, bob, they] = [await Peer.create(), await Peer.create(), await Other.create()];
	const room = new Room();
	await we.engine.create(room.id);
	await we.engine.add(room.id, [await bob.keyPackage(), they.keyPackage()], room.sender(we.identity));
	if (room.welcome) {
		await bob.engine.join(room.welcome);
		await they.join(room.welcome);
	}
	they.cursor = bob.cursor = room.entries.length;
	await we.engine.remove(room.id, [they.identity], room.sender(we.identity));
	for (let count = 0; count < 10; count++) await we.say(room, `geheim ${count}`);
	await bob.follow(room);
	const outcome = await they.follow(room).then(
		() => "processed",
		() => "refused",
	);
	return {
		theyHeard: they.texts,
		bobHeard: bob.texts().length,
		ended: ["processed", "refused"].includes(outcome),
	};
}

/** They remove one of ours. */
export async function theyRemoveUs(): Promise<unknown> {
	const [we, bob, they] = [await Peer.create(), await Peer.create(), await Other.create()];
	const room = new Room();
	await we.engine.create(room.id);
	await we.engine.add(room.id, [await bob.keyPackage(), they.keyPackage()], room.sender(we.identity));
	if (room.welcome) {
		await bob.engine.join(room.welcome);
		await they.join(room.welcome);
	}
	they.cursor = bob.cursor = we.cursor = room.entries.length;
	await they.commit(room, [{ proposalType: "remove", remove: { removed: 0 } }]);
	await they.say(room, "ohne Sie");
	await Promise.all([we.follow(room), bob.follow(room)]);
	const [removed] = we.read;
	return {
		removed: removed?.kind === "commit" && !removed.active,
		weHeard: we.texts(),
		bobHeard: bob.texts(),
	};
}

/** A leaf of the other implementation whose identity is no identity of this service. */
export async function theyAreNobody(): Promise<unknown> {
	const results: unknown[] = [];
	for (const identity of ["eve", "", `${newId()}:${newId()}@a.example`]) {
		const [we, bob, they] = [await Peer.create(), await Peer.create(), await Other.create(identity)];
		const room = await meet(we, bob);
		await we.engine.add(room.id, [they.keyPackage()], room.sender(we.identity));
		await bob.follow(room);
		const [commit] = bob.read;
		results.push({
			us: await we.engine.members(room.id),
			bob: await bob.engine.members(room.id),
			after: commit?.kind === "commit" ? commit.after : commit,
		});
	}
	return results;
}

function withHeader(keyPackage: Uint8Array): Uint8Array {
	return Uint8Array.from([0, 1, 0, 5, ...keyPackage]);
}
