/** One group, three implementations of RFC 9420: core-crypto as the product drives it, ts-mls, and OpenMLS, which runs
 *  in the process that drives this page and is reached through `openmls`. */

import * as core from "@wireapp/core-crypto/browser";
import * as mls from "ts-mls";
import { base64, fromBase64, hex, owned, text } from "../../src/crypto/bytes";
import { uuidBytes } from "../../src/crypto/ids";
import { describe } from "../../src/engine/core-crypto";
import type { OutgoingCommit } from "../../src/engine/mls";
import { Peer } from "../browser/room";
import { freshIdentity, TsMember } from "../support/ts-mls";

declare global {
	interface Window {
		/** A method of the OpenMLS member with this identity; bytes are base64. */
		openmls(identity: string, method: string, ...args: unknown[]): Promise<never>;
	}
}

export type Kind = "core-crypto" | "ts-mls" | "OpenMLS";

/** What all members have to agree on. */
export interface View {
	epoch: number;
	roster: string[];
	/** MLS-Exporter (section 8.5), which depends on every secret and on the whole group context. */
	exporter: string;
}

export type Change = { add: Uint8Array } | { remove: string; leaf: number } | "update";
export type Made = Pick<OutgoingCommit, "commit" | "welcome">;

export interface Member {
	readonly kind: Kind;
	readonly identity: string;
	keyPackage(): Promise<Uint8Array>;
	create(groupId: string): Promise<void>;
	join(groupId: string, welcome: Uint8Array): Promise<void>;
	/** Commit; `post` says whether it was the first of its epoch. A loser is as before. */
	commit(change: Change, post: (made: Made) => boolean): Promise<boolean>;
	encrypt(words: string): Promise<Uint8Array>;
	/** The text of a message, null for a commit. Raises: whatever the implementation raises. */
	read(seq: number, body: Uint8Array): Promise<string | null>;
	view(): Promise<View>;
}

const LABEL = "exporter";
const SIZE = 32;

export async function enter(kind: Kind): Promise<Member> {
	if (kind === "core-crypto") return new CoreMember(await Peer.create());
	if (kind === "ts-mls") return new OtherMember(await TsMember.create());
	const identity = freshIdentity();
	await window.openmls(identity, "enter");
	return new OpenMlsMember(identity);
}

class Lost extends Error {}

class CoreMember implements Member {
	readonly kind = "core-crypto";
	private group = "";

	constructor(private readonly peer: Peer) {}

	get identity(): string {
		return this.peer.identity;
	}

	keyPackage(): Promise<Uint8Array> {
		return this.peer.keyPackage();
	}

	async create(groupId: string): Promise<void> {
		this.group = groupId;
		await this.peer.engine.create(groupId);
	}

	async join(groupId: string, welcome: Uint8Array): Promise<void> {
		this.group = groupId;
		if ((await this.peer.engine.join(welcome)) !== groupId) throw new Error("another group");
	}

	async commit(change: Change, post: (made: Made) => boolean): Promise<boolean> {
		const { engine } = this.peer;
		const send = async (made: OutgoingCommit) => {
			if (!post(made)) throw new Lost();
			return { seq: 0 };
		};
		try {
			if (change === "update") await engine.update(this.group, send);
			else if ("add" in change) await engine.add(this.group, [change.add], send);
			else await engine.remove(this.group, [change.remove], send);
			return true;
		} catch (error) {
			if (error instanceof Lost) return false;
			throw new Error(`core-crypto: ${describe(error)}`);
		}
	}

	encrypt(words: string): Promise<Uint8Array> {
		return this.peer.engine.encrypt(this.group, new TextEncoder().encode(words));
	}

	async read(seq: number, body: Uint8Array): Promise<string | null> {
		const read = await this.peer.engine.process(this.group, { seq, body });
		if (read.kind === "message") return text(read.plaintext);
		if (read.kind === "commit") return null;
		throw new Error(`core-crypto: ${JSON.stringify(read)}`);
	}

	async view(): Promise<View> {
		const { engine } = this.peer;
		const inner = (engine as unknown as { engine: core.CoreCrypto }).engine;
		const id = new core.ConversationId(uuidBytes(this.group));
		const exporter = hex(owned((await inner.exportSecretKey(id, SIZE)).copyBytes()));
		const roster = await engine.identities(this.group);
		return { epoch: await engine.epoch(this.group), roster: roster.toSorted(), exporter };
	}
}

class OtherMember implements Member {
	readonly kind = "ts-mls";

	constructor(private readonly member: TsMember) {}

	get identity(): string {
		return this.member.identity;
	}

	async keyPackage(): Promise<Uint8Array> {
		return this.member.keyPackage();
	}

	create(groupId: string): Promise<void> {
		return this.member.create(groupId);
	}

	join(_: string, welcome: Uint8Array): Promise<void> {
		return this.member.join(welcome);
	}

	async commit(change: Change, post: (made: Made) => boolean): Promise<boolean> {
		const before = this.member.state;
		const made = await (change === "update"
			? this.member.make([])
			: "add" in change
				? this.member.add(change.add)
				: this.member.make([{ proposalType: "remove", remove: { removed: change.leaf } }]));
		if (post(made as Made)) return true;
		this.member.state = before;
		return false;
	}

	encrypt(words: string): Promise<Uint8Array> {
		return this.member.encrypt(words);
	}

	read(_: number, body: Uint8Array): Promise<string | null> {
		return this.member.read(body);
	}

	async view(): Promise<View> {
		const { groupContext, keySchedule, ratchetTree } = this.member.now();
		const { suite } = this.member;
		const nothing = new Uint8Array();
		const secret = await mls.mlsExporter(keySchedule.exporterSecret, LABEL, nothing, SIZE, suite);
		const roster = ratchetTree.flatMap((node) => {
			const credential = node?.nodeType === "leaf" ? node.leaf.credential : null;
			return credential?.credentialType === "basic" ? [text(credential.identity)] : [];
		});
		return { epoch: Number(groupContext.epoch), roster: roster.toSorted(), exporter: hex(secret) };
	}
}

class OpenMlsMember implements Member {
	readonly kind = "OpenMLS";

	constructor(readonly identity: string) {}

	async keyPackage(): Promise<Uint8Array> {
		return fromBase64(await this.ask("key_package"));
	}

	create(): Promise<void> {
		throw new Error("OpenMLS chooses a group's id itself");
	}

	join(_: string, welcome: Uint8Array): Promise<void> {
		return this.ask("join", base64(welcome));
	}

	/** gbp-stack offers no Update of its own keys alone. */
	async commit(change: Change, post: (made: Made) => boolean): Promise<boolean> {
		if (change === "update") throw new Error("OpenMLS is not asked for an update");
		const [commit, welcome] = await ("add" in change
			? this.ask<string[]>("add", base64(change.add))
			: this.ask<string[]>("remove", change.leaf));
		const made = { commit: fromBase64(commit ?? ""), welcome: welcome ? fromBase64(welcome) : null };
		const first = post(made);
		await this.ask("settle", first);
		return first;
	}

	async encrypt(words: string): Promise<Uint8Array> {
		return fromBase64(await this.ask("encrypt", words));
	}

	read(_: number, body: Uint8Array): Promise<string | null> {
		return this.ask("read", base64(body));
	}

	view(): Promise<View> {
		return this.ask("view", LABEL, SIZE);
	}

	private ask<T>(method: string, ...args: unknown[]): Promise<T> {
		return window.openmls(this.identity, method, ...args);
	}
}
