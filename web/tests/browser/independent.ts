/** The engine against ts-mls, an implementation of RFC 9420 that shares no code with it. */

import type * as mls from "ts-mls";
import { newId } from "../../src/crypto/ids";
import { addOf, freshIdentity, TsMember } from "../support/ts-mls";
import { meet, Peer, Room } from "./room";

/** A peer of the other implementation, with its place in a room. */
class Other extends TsMember {
	readonly texts: string[] = [];
	cursor = 0;

	static override async create(identity = freshIdentity()): Promise<Other> {
		return new Other(identity, ...(await TsMember.parts(identity)));
	}

	async say(room: Room, words: string): Promise<void> {
		room.post(this.identity, await this.encrypt(words));
	}

	/** Commit proposals as a PublicMessage. */
	async commit(room: Room, proposals: mls.Proposal[]): Promise<void> {
		const { commit, welcome } = await this.make(proposals);
		room.epoch += 1;
		room.post(this.identity, commit);
		if (welcome) room.welcome = welcome;
	}

	async follow(room: Room): Promise<void> {
		for (; this.cursor < room.entries.length; this.cursor++) {
			const entry = room.entries[this.cursor];
			if (!entry || entry.sender === this.identity) continue;
			const words = await this.read(entry.body);
			if (words !== null) this.texts.push(words);
		}
	}
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
	await they.commit(room, [addOf(await we.keyPackage())]);
	if (room.welcome) await we.engine.join(room.welcome);
	they.cursor = we.cursor = room.entries.length;
	return talk(room, we, they);
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
