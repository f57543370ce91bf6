import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Service } from "../service/server";
import { World } from "../service/world";
import { launch } from "./browser";
import type * as Scenarios from "./scenarios";

let browser: Browser;
let page: Page;
let service: Service;
const errors: string[] = [];

beforeAll(async () => {
	service = new Service(await World.create(), inject("pages"));
	browser = await launch();
	page = await browser.newPage();
	page.on("pageerror", (error) => errors.push(error.message));
	await page.goto(`${await service.listen()}/engines`);
	await page.waitForFunction(() => "scenarios" in window);
}, 60_000);

afterAll(async () => {
	await browser?.close();
	await service?.close();
});

function run<T>(name: keyof typeof Scenarios, ...args: unknown[]): Promise<T> {
	return page.evaluate(
		([scenario, given]) =>
			(window as never as { scenarios: Record<string, (...a: unknown[]) => unknown> }).scenarios[
				scenario as string
			]?.(...(given as unknown[])),
		[name, args],
	) as Promise<T>;
}

describe("two engines", { timeout: 60_000 }, () => {
	it("talk, and name themselves as their certificates will", async () => {
		expect(await run("twoTalk")).toEqual({
			heard: [["Guten Tag"], ["Guten Morgen"]],
			identityOfKeyPackage: true,
			keyOfKeyPackage: true,
			identities: true,
			thumbprint: true,
			epochs: [1, 1],
			heads: { keyPackage: "00010001", commit: "00010001", welcome: "00010003", message: "00010002" },
			bytesFor200: expect.toSatisfy((bytes: number) => bytes <= 450),
			truncatedKeyPackages: 5,
		});
	});

	it("keep nothing readable at rest", async () => {
		expect(await run("plaintextAtRest", ["Guten Morgen", "Guten Tag"])).toEqual([]);
	});

	it("tell after a crash what was swallowed in all rooms and is not kept, and do not swallow it twice", async () => {
		expect(await run("remembered")).toEqual(["one", "two", "three", "elsewhere", "duplicate"]);
	});

	it("say in its turn that a message is forged which was read ahead, and go on behind it", async () => {
		expect(await run("forgedAmongThoseAhead")).toEqual(["malformed", "message"]);
	});

	it("read on behind messages that have expired, in the same epoch and in the next", async () => {
		const read = [["kept in the first", "kept in the second"], ["message", "commit", "message"], ["read"]];
		expect(await run("expired", 60)).toEqual(read);
	});

	it("show a doubled identity without a key, so that nobody trusts it", async () => {
		const leaves = await run<[boolean, boolean][]>("doubledIdentity");
		expect(leaves).toEqual([
			[false, true],
			[true, false],
			[true, false],
		]);
	});
});

describe("ten simultaneous commits", { timeout: 60_000 }, () => {
	it("have one winner; all converge and no message is lost", async () => {
		const result = await run<{ winners: number; convergedMs: number; epochs: number[]; heard: number[] }>(
			"tenCommits",
		);
		expect(result.winners).toBe(1);
		expect(result.epochs).toEqual([2]);
		expect(result.heard).toEqual(Array.from({ length: 10 }, () => 18));
		// The bar of two seconds is measured by the benchmark; a loaded machine may take longer.
		expect(result.convergedMs).toBeLessThan(20_000);
	});
});

describe("a removed device", { timeout: 60_000 }, () => {
	it("reads none of what follows", async () => {
		expect(await run("removal")).toEqual({
			removed: { active: false, before: 3 },
			charlieReads: 0,
			reasons: ["not-a-member"],
			bobReads: 20,
			charlieHasGroup: false,
		});
	});
});

describe("a device whose accepted commit was lost in a crash", { timeout: 60_000 }, () => {
	it("comes back by an external commit that removes its old leaf", async () => {
		expect(await run("lostCommit")).toEqual({
			stuck: 1,
			epochs: [3, 3],
			heard: [["welcome back"], ["back"]],
			leaves: 2,
		});
	});
});

describe("with ts-mls as peer", { timeout: 60_000 }, () => {
	const heard = {
		weHeard: ["von ihnen"],
		theyHeard: ["von uns", "neue Schlüssel"],
		epochs: [3, 3],
		members: true,
	};

	it("we invite them, and both talk over new keys", async () => {
		expect(await run("weInviteThem")).toEqual(heard);
	});

	it("they invite us, and both talk over new keys", async () => {
		expect(await run("theyInviteUs")).toEqual(heard);
	});

	it("we remove them, and they read nothing more", async () => {
		expect(await run("weRemoveThem")).toMatchObject({ theyHeard: [], bobHeard: 10 });
	});

	it("they remove us, and we know", async () => {
		expect(await run("theyRemoveUs")).toEqual({ removed: true, weHeard: [], bobHeard: ["ohne Sie"] });
	});

	it("they cannot hide behind an identity that is none of this service", async () => {
		const nobody = { identity: "?", thumbprint: null };
		const locked = { us: [nobody], bob: [nobody], after: ["?"] };
		expect(await run("theyAreNobody")).toEqual([locked, locked, locked]);
	});
});

it("no page error and no breach of the content security policy happened", () => {
	expect(errors).toEqual([]);
});
