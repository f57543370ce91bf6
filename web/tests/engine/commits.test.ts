import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { Committer } from "../../src/engine/commits";
import { type Failure, failureOf } from "../../src/engine/failure";
import type { Verdict } from "../../src/engine/roster";
import { Problem } from "../../src/lib/http";
import { type Desk, deskOf } from "../support/scripted";

const NOBODY: Verdict = { certified: [], unknown: [], ended: [], changed: [] };
const OUTGOING = { commit: new Uint8Array(1), welcome: null, groupInfo: new Uint8Array(1) };

let desk: Desk;
let answers: (Problem | { seq: number; epoch: number })[];
let judged: boolean[];
let committer: Committer;
let count = 0;

const refused = (reason: string) => new Problem(400, "commit-refused", "", { reason });

beforeEach(async () => {
	desk = await deskOf(`commits-${++count}`);
	answers = [];
	judged = [];
	Object.assign(desk.context.api, {
		commit: async () => {
			const answer = answers.shift() ?? { seq: 1, epoch: 2 };
			if (answer instanceof Problem) throw answer;
			return answer;
		},
	});
	const guard = {
		check: async (_: string, fresh = false) => {
			judged.push(fresh);
			return NOBODY;
		},
		identities: async () => [],
	};
	committer = new Committer(desk.context, { fill: async () => undefined }, guard);
});

/** Commit something; how often it was tried. */
async function commit(): Promise<number> {
	let tries = 0;
	await committer.run(desk.group, async () => async (send) => {
		tries += 1;
		await send(OUTGOING);
	});
	return tries;
}

describe("a commit that would leave a revoked device in", () => {
	it("is tried again after the newest revocations were asked for", async () => {
		answers = [refused("revoked-leaf-stays")];
		expect(await commit()).toBe(2);
		expect(judged).toEqual([true, false]);
	});

	it("lets the removal, which waits for its turn, come first", async () => {
		const order: string[] = [];
		answers = [refused("revoked-leaf-stays")];
		const run = desk.context.lanes.run.bind(desk.context.lanes);
		const done = committer.run(desk.group, async () => async (send) => {
			order.push("add");
			if (order.length === 1) void run(desk.group, async () => void order.push("removal"));
			await send(OUTGOING);
		});
		await done;
		expect(order).toEqual(["add", "removal", "add"]);
	});
});

describe("a commit that another rule forbids", () => {
	it.each(["owner-needed", "too-many-leaves", "direct-is-full", "device-not-active", "contact-needed"])(
		"is not tried again and says which: %s",
		async (reason) => {
			answers = [refused(reason)];
			const failure = await commit().catch((error: Failure) => failureOf(error));
			expect(failure).toEqual({ code: reason, detail: "" });
			expect(judged).toEqual([]);
		},
	);

	it("is told as refused where nobody can do anything about the reason", async () => {
		answers = [refused("sender-leaf")];
		expect(await commit().catch(failureOf)).toEqual({ code: "commit-refused", detail: "" });
	});
});
