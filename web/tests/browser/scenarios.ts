import { hex } from "../../src/crypto/bytes";
import { newId } from "../../src/crypto/ids";
import { keyPackageOwner } from "../../src/crypto/keypackage";
import { ed25519Thumbprint } from "../../src/crypto/thumbprint";
import { meet, Peer, type Room, Stale } from "./room";

export { plaintextAtRest } from "./at-rest";
export * from "./independent";

/** Alice and Bob talk; what lies on the wire has the form that the contract names. */
export async function twoTalk(): Promise<unknown> {
	const [alice, bob] = [await Peer.create(), await Peer.create()];
	const keyPackage = await alice.keyPackage();
	const owner = keyPackageOwner(keyPackage);
	const room = await meet(alice, bob);
	await alice.say(room, "Guten Morgen");
	await bob.follow(room);
	await bob.say(room, "Guten Tag");
	await alice.follow(room);
	const members = await bob.engine.members(room.id);
	const plain = await alice.engine.encrypt(room.id, new Uint8Array(200));
	return {
		heard: [alice.texts(), bob.texts()],
		identityOfKeyPackage: owner.identity === alice.identity,
		keyOfKeyPackage: hex(owner.signatureKey) === hex(alice.engine.signatureKey),
		identities: members.map(({ identity }) => identity).join() === [alice.identity, bob.identity].join(),
		thumbprint: members[0]?.thumbprint === (await ed25519Thumbprint(alice.engine.signatureKey)),
		epochs: [await alice.engine.epoch(room.id), await bob.engine.epoch(room.id)],
		heads: {
			keyPackage: hex(keyPackage.slice(0, 4)),
			commit: hex(room.commits[0]?.commit.slice(0, 4) ?? new Uint8Array()),
			welcome: hex(room.welcome?.slice(0, 4) ?? new Uint8Array()),
			message: hex(plain.slice(0, 4)),
		},
		bytesFor200: plain.length,
		truncatedKeyPackages: [1, 4, 40, 80, 120].filter((size) => refused(keyPackage.slice(0, size))).length,
	};
}

function refused(keyPackage: Uint8Array): boolean {
	try {
		keyPackageOwner(keyPackage);
		return false;
	} catch {
		return true;
	}
}

/** Ten devices change their keys at once. */
export async function tenCommits(): Promise<unknown> {
	const peers = await Promise.all(Array.from({ length: 10 }, () => Peer.create()));
	const room = await meet(...peers);
	for (const [index, peer] of peers.entries()) await peer.say(room, `before ${index}`);
	const started = performance.now();
	const winners = (await Promise.all(peers.map((peer) => tryUpdate(peer, room)))).filter(Boolean).length;
	await Promise.all(peers.map((peer) => peer.follow(room)));
	const convergedMs = performance.now() - started;
	for (const [index, peer] of peers.entries()) await peer.say(room, `after ${index}`);
	await Promise.all(peers.map((peer) => peer.follow(room)));
	const epochs = await Promise.all(peers.map((peer) => peer.engine.epoch(room.id)));
	return {
		winners,
		convergedMs,
		epochs: [...new Set(epochs)],
		heard: peers.map((peer) => peer.texts().length),
	};
}

async function tryUpdate(peer: Peer, room: Room): Promise<boolean> {
	try {
		await peer.engine.update(room.id, room.sender(peer.identity));
		return true;
	} catch (error) {
		if (!(error instanceof Stale)) throw error;
		return false;
	}
}

/** Charlie is removed; Bob talks on. */
export async function removal(): Promise<unknown> {
	const [alice, bob, charlie] = [await Peer.create(), await Peer.create(), await Peer.create()];
	const room = await meet(alice, bob, charlie);
	await alice.engine.remove(room.id, [charlie.identity], room.sender(alice.identity));
	for (let count = 0; count < 20; count++) await alice.say(room, `secret ${count}`);
	await Promise.all([bob.follow(room), charlie.follow(room)]);
	const [removed, ...rest] = charlie.read;
	return {
		removed: removed?.kind === "commit" && { active: removed.active, before: removed.before.length },
		charlieReads: charlie.texts().length,
		reasons: [...new Set(rest.map((one) => (one.kind === "unreadable" ? one.reason : one.kind)))],
		bobReads: bob.texts().length,
		charlieHasGroup: await charlie.engine.exists(room.id),
	};
}

/** A second leaf takes an identity that is already in the group. */
export async function doubledIdentity(): Promise<unknown> {
	const [personId, deviceId] = [newId(), newId()];
	const [alice, bob] = [await Peer.create(), await Peer.create({ personId, deviceId })];
	const room = await meet(alice, bob);
	const ghost = await Peer.create({ personId, deviceId });
	await alice.engine.add(room.id, [await ghost.keyPackage()], room.sender(alice.identity));
	const members = await alice.engine.members(room.id);
	return members.map(({ identity, thumbprint }) => [identity === bob.identity, thumbprint !== null]);
}

/** Messages have expired before Bob came to read them: `count` in the first epoch, as many in the second. */
export async function expired(count: number): Promise<unknown> {
	const [alice, bob] = [await Peer.create(), await Peer.create()];
	const room = await meet(alice, bob);
	for (let said = 0; said < count; said++) await alice.say(room, `gone ${said}`);
	await alice.say(room, "kept in the first");
	await alice.engine.update(room.id, room.sender(alice.identity));
	for (let said = 0; said < count; said++) await alice.say(room, `gone ${said}`);
	await alice.say(room, "kept in the second");
	for (const gap of [count, count]) {
		bob.cursor += gap;
		await bob.follow({ ...room, entries: room.entries.slice(0, bob.cursor + 2) } as Room);
	}
	await bob.say(room, "read");
	await alice.follow(room);
	return [bob.texts(), bob.read.map(({ kind }) => kind), alice.texts()];
}

/** Bob swallows three messages at once, a fourth in another room, keeps one, and the page dies. */
export async function remembered(): Promise<unknown> {
	const self = { personId: newId(), deviceId: newId(), database: `engine-${newId()}` };
	const [alice, bob] = [await Peer.create(), await Peer.create(self)];
	const [room, other] = [await meet(alice, bob), await meet(alice, bob)];
	for (const said of ["one", "two", "three"]) await alice.say(room, said);
	await alice.say(other, "elsewhere");
	const [first, ...behind] = room.entries.slice(1).map(({ body }, at) => ({ seq: at + 2, body }));
	const [there] = other.entries.slice(1).map(({ body }) => ({ seq: 2, body }));
	if (!first || !there) throw new Error("nothing was said");
	await bob.engine.process(room.id, first, behind);
	await bob.engine.process(other.id, there);
	await bob.engine.kept(room.id, first.seq);
	const again = await Peer.create(self);
	const [second, third] = behind;
	const answers = [];
	for (const entry of [first, second, third])
		answers.push(await again.engine.process(room.id, entry ?? first));
	answers.push(await again.engine.process(other.id, there));
	await again.engine.kept(room.id, 4);
	await again.engine.kept(other.id, 2);
	answers.push(await again.engine.process(room.id, third ?? first));
	return answers.map((one) =>
		one.kind === "message"
			? new TextDecoder().decode(one.plaintext)
			: one.kind === "unreadable" && one.reason,
	);
}

/** The second of three is changed on the way, and read ahead of its turn. */
export async function forgedAmongThoseAhead(): Promise<unknown> {
	const [alice, bob] = [await Peer.create(), await Peer.create()];
	const room = await meet(alice, bob);
	for (const said of ["one", "two", "three"]) await alice.say(room, said);
	const [one, two, three] = room.entries.slice(1).map(({ body }, at) => ({ seq: at + 2, body }));
	if (!one || !two || !three) throw new Error("nothing was said");
	const forged = {
		seq: two.seq,
		body: two.body.map((byte, at) => (at === two.body.length - 1 ? byte ^ 1 : byte)),
	};
	await bob.engine.process(room.id, one, [forged, three]);
	const answers = [await bob.engine.process(room.id, forged), await bob.engine.process(room.id, three)];
	return answers.map((answer) => (answer.kind === "unreadable" ? answer.reason : answer.kind));
}

/** Alice's commit was accepted, but her keys of the new epoch are gone: she comes back by an external commit. */
export async function lostCommit(): Promise<unknown> {
	const [alice, bob] = [await Peer.create(), await Peer.create()];
	const room = await meet(alice, bob);
	const accepted = room.sender(alice.identity);
	let groupInfo: Uint8Array | null = null;
	const crash = new Error("the page is gone");
	await alice.engine
		.update(room.id, async (outgoing) => {
			await accepted(outgoing);
			groupInfo = outgoing.groupInfo;
			throw crash;
		})
		.catch((error) => {
			if (error !== crash) throw error;
		});
	await bob.follow(room);
	const stuck = await alice.engine.epoch(room.id);
	if (!groupInfo) throw new Error("unreachable");
	await alice.engine.rejoin(room.id, groupInfo, room.sender(alice.identity));
	await bob.follow(room);
	await alice.say(room, "back");
	await bob.follow(room);
	await bob.say(room, "welcome back");
	alice.cursor = room.entries.length - 1;
	await alice.follow(room);
	const leaves = (await bob.engine.members(room.id)).map(({ identity, thumbprint }) => [
		identity,
		thumbprint !== null,
	]);
	return {
		stuck,
		epochs: [await alice.engine.epoch(room.id), await bob.engine.epoch(room.id)],
		heard: [alice.texts(), bob.texts()],
		leaves: leaves.length,
	};
}
