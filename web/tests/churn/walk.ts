/** A seeded random walk through one group: people come and go, change their keys, talk, and commit at the same time.
 *  After each step all members agree on epoch, roster and exporter, and have read the same; nobody who was removed
 *  reads anything later. */

import "../../src/lib/trusted-types";
import { newId } from "../../src/crypto/ids";
import { type Change, enter, type Kind, type Made, type Member } from "./members";

const LARGEST = 8;
const SMALLEST = 3;
/** Those who were removed go on trying for so long. */
const GHOSTS = 4;

export interface Outcome {
	seed: number;
	steps: Record<string, number>;
	commits: number;
	races: number;
	messages: number;
	/** Attempts of removed members at later messages; each failed. */
	attempts: number;
	/** ts-mls refused a commit that all others follow; it is taken out and may come back as somebody new. */
	strayed: number;
	msPerStep: number;
}

class Disagreement extends Error {}

class Walk {
	private readonly id = newId();
	private readonly leaves: (string | null)[] = [];
	private members: Member[] = [];
	private ghosts: Member[] = [];
	private stuck: Member | null = null;
	private seq = 0;
	private readonly random: () => number;
	readonly told: Outcome;

	constructor(seed: number) {
		this.random = mulberry32(seed);
		this.told = {
			seed,
			steps: {},
			commits: 0,
			races: 0,
			messages: 0,
			attempts: 0,
			strayed: 0,
			msPerStep: 0,
		};
	}

	async begin(): Promise<void> {
		// core-crypto's own groups demand that a member could read X.509 credentials, which gbp-stack's cannot.
		const first = await enter("ts-mls");
		await first.create(this.id);
		this.leaves.push(first.identity);
		this.members = [first];
		for (const kind of ["core-crypto", "core-crypto", "OpenMLS"] as const) await this.add(first, kind);
		await this.agree("the beginning");
	}

	async step(number: number): Promise<void> {
		const name = this.choose();
		this.told.steps[name] = (this.told.steps[name] ?? 0) + 1;
		await this.take(name);
		await this.agree(`step ${number} (${name})`);
		if (this.stuck) await this.takeOut(this.stuck);
	}

	private choose(): string {
		const among: string[] = ["message", "message", "message", "update", "race"];
		if (this.members.length < LARGEST) among.push("add", "add");
		if (this.members.length > SMALLEST) among.push("remove");
		return this.pick(among);
	}

	private async take(name: string): Promise<void> {
		if (name === "message") return this.say();
		if (name === "add") return this.add(this.pick(this.members), this.kind());
		if (name === "remove") return this.remove();
		if (name === "race") return this.race();
		const able = this.members.filter(({ kind }) => kind !== "OpenMLS");
		await this.commit([{ by: this.pick(able), change: "update" }]);
	}

	private async say(): Promise<void> {
		const from = this.pick(this.members);
		const words = `message ${++this.told.messages} of ${this.told.seed}`;
		const body = await from.encrypt(words);
		this.seq += 1;
		for (const member of this.members) {
			if (member === from) continue;
			const read = await member.read(this.seq, body);
			if (read !== words) throw new Disagreement(`${member.kind} read ${read} instead of ${words}`);
		}
		for (const ghost of this.ghosts) {
			this.told.attempts += 1;
			const read = await ghost.read(this.seq, body).catch(() => null);
			if (read !== null) throw new Disagreement(`${ghost.kind}, removed, read ${read}`);
		}
	}

	private async add(by: Member, kind: Kind): Promise<void> {
		const fresh = await enter(kind);
		await this.commit([{ by, change: { add: await fresh.keyPackage() }, fresh }]);
	}

	private async remove(): Promise<void> {
		const by = this.pick(this.members.filter((member) => this.removable(member).length > 0));
		await this.commit([{ by, change: this.removalOf(this.pick(this.removable(by))) }]);
	}

	/** Several commits for one epoch, each made without knowing of the others. */
	private async race(): Promise<void> {
		this.told.races += 1;
		const racing = this.shuffled(this.members).slice(0, 2 + Math.floor(this.random() * 3));
		const attempts: Attempt[] = [];
		for (const by of racing) {
			const way = this.pick(by.kind === "OpenMLS" ? ["add", "remove"] : ["update", "add", "remove"]);
			if (way === "add" && this.members.length < LARGEST) {
				const fresh = await enter(this.kind());
				attempts.push({ by, change: { add: await fresh.keyPackage() }, fresh });
			} else if (way === "remove" && this.members.length > SMALLEST && this.removable(by).length > 0) {
				attempts.push({ by, change: this.removalOf(this.pick(this.removable(by))) });
			} else if (by.kind !== "OpenMLS") attempts.push({ by, change: "update" });
		}
		await this.commit(attempts);
	}

	/** One of the attempts wins, the first; everybody else follows it. */
	private async commit(attempts: Attempt[]): Promise<void> {
		let first: Made | null = null;
		const won: Attempt[] = [];
		for (const attempt of attempts) {
			const accepted = await attempt.by.commit(attempt.change, (made) => {
				if (first) return false;
				first = made;
				return true;
			});
			if (accepted) won.push(attempt);
		}
		const [winner, ...more] = won;
		if (more.length > 0) throw new Disagreement("two commits won one epoch");
		if (winner && first) await this.follow(winner, first);
	}

	private async follow({ by, change, fresh }: Attempt, made: Made): Promise<void> {
		this.told.commits += 1;
		this.seq += 1;
		const gone = change !== "update" && "remove" in change ? change.remove : null;
		for (const member of this.members) {
			if (member === by) continue;
			if (member.identity === gone) await member.read(this.seq, made.commit).catch(() => null);
			else await this.process(member, made.commit);
		}
		for (const ghost of this.ghosts) await ghost.read(this.seq, made.commit).catch(() => null);
		if (gone) this.leave(gone);
		if (fresh) await this.join(fresh, made.welcome);
	}

	private async process(member: Member, commit: Uint8Array): Promise<void> {
		try {
			await member.read(this.seq, commit);
		} catch (error) {
			// Known of ts-mls 1.6.4, and of no other: it refuses valid commits after some churn.
			if (member.kind !== "ts-mls" || this.stuck) throw new Disagreement(`${member.kind} refused: ${error}`);
			this.told.strayed += 1;
			this.stuck = member;
		}
	}

	private async join(fresh: Member, welcome: Uint8Array | null): Promise<void> {
		const free = this.leaves.indexOf(null);
		if (free < 0) this.leaves.push(fresh.identity);
		else this.leaves[free] = fresh.identity;
		this.members.push(fresh);
		try {
			await fresh.join(this.id, welcome ?? new Uint8Array());
		} catch (error) {
			if (fresh.kind !== "ts-mls" || this.stuck)
				throw new Disagreement(`${fresh.kind} could not join: ${error}`);
			this.told.strayed += 1;
			this.stuck = fresh;
		}
	}

	private leave(identity: string): void {
		this.leaves[this.leaves.indexOf(identity)] = null;
		const gone = this.members.find((member) => member.identity === identity);
		this.members = this.members.filter((member) => member !== gone);
		if (gone) this.ghosts = [gone, ...this.ghosts].slice(0, GHOSTS);
	}

	private async takeOut(stuck: Member): Promise<void> {
		this.stuck = null;
		const by = this.members.find(({ kind }) => kind === "core-crypto");
		if (!by) throw new Error("unreachable");
		await this.commit([{ by, change: this.removalOf(stuck) }]);
		await this.agree("taking out who strayed");
	}

	private async agree(when: string): Promise<void> {
		const views = new Map<string, string[]>();
		const expected = this.leaves.filter((leaf) => leaf !== null).toSorted();
		for (const member of this.members) {
			if (member === this.stuck) continue;
			const view = await member.view();
			const spelled = JSON.stringify(view);
			views.set(spelled, [...(views.get(spelled) ?? []), member.kind]);
			if (view.roster.join() !== expected.join()) throw new Disagreement(`${when}: ${member.kind}'s roster`);
		}
		if (views.size !== 1) throw new Disagreement(`${when}: ${JSON.stringify([...views])}`);
	}

	/** Two core-crypto members stay: they take out whoever strays. gbp-stack compares a leaf with the number of members,
	 *  so it cannot remove one that stands behind a gap. */
	private removable(by: Member): Member[] {
		const core = this.members.filter(({ kind }) => kind === "core-crypto");
		return this.members.filter((member) => {
			if (member === by || (core.length <= 2 && core.includes(member))) return false;
			return by.kind !== "OpenMLS" || this.leaves.indexOf(member.identity) < this.members.length;
		});
	}

	private removalOf(member: Member): Change {
		return { remove: member.identity, leaf: this.leaves.indexOf(member.identity) };
	}

	private kind(): Kind {
		return this.pick(["core-crypto", "core-crypto", "OpenMLS", "OpenMLS", "ts-mls"] as const);
	}

	private pick<T>(among: readonly T[]): T {
		return among[Math.floor(this.random() * among.length)] as T;
	}

	private shuffled<T>(list: readonly T[]): T[] {
		return list
			.map((one) => ({ one, key: this.random() }))
			.toSorted((left, right) => left.key - right.key)
			.map(({ one }) => one);
	}
}

interface Attempt {
	by: Member;
	change: Change;
	/** Who is added. */
	fresh?: Member;
}

/** A small generator with a seed, so that every walk can be taken again. */
function mulberry32(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

export async function walk(seed: number, steps: number): Promise<Outcome> {
	const one = new Walk(seed);
	await one.begin();
	const started = performance.now();
	for (let step = 1; step <= steps; step++) await one.step(step);
	one.told.msPerStep = (performance.now() - started) / steps;
	return one.told;
}

Object.assign(window, { walk });
