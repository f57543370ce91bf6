import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { hex, sha256, utf8 } from "../../src/crypto/bytes";
import { newId } from "../../src/crypto/ids";
import { Pins } from "../../src/engine/pins";
import type { SelfRecord } from "../../src/engine/records";
import { Store } from "../../src/engine/store";
import { Verification } from "../../src/engine/verification";

const AT = new Date("2026-03-01T12:00:00Z");
let count = 0;

/** Somebody's browser. */
class Side {
	pins!: Pins;
	store!: Store;

	constructor(
		readonly personId: string,
		readonly domain: string,
		readonly fingerprint: string,
	) {}

	static async open(domain: string): Promise<Side> {
		const id = newId();
		const side = new Side(id, domain, hex(await sha256(utf8(id))));
		side.store = await Store.open(`verification-${++count}`);
		side.pins = await Pins.load(side.store);
		return side;
	}

	knows({ personId, domain, fingerprint }: Side, changes: { fingerprint?: string } = {}): Promise<void> {
		const seenAt = AT.toISOString();
		return this.pins.keep({ personId, domain, fingerprint, seenAt, earlier: [], ...changes });
	}

	get verification(): Verification {
		const self = { personId: this.personId, domain: this.domain } as SelfRecord;
		return new Verification({ pins: this.pins, self, now: () => AT }, this.fingerprint);
	}

	number({ personId, domain }: Side): Promise<string> {
		return this.verification.number(personId, domain);
	}
}

let alice: Side;
let bob: Side;

beforeEach(async () => {
	[alice, bob] = [await Side.open("a.example"), await Side.open("b.example")];
	await alice.knows(bob);
	await bob.knows(alice);
});

describe("two people who compare", () => {
	it("see the same number", async () => {
		expect(await alice.number(bob)).toBe(await bob.number(alice));
	});

	it("see different numbers when one was given another key", async () => {
		await bob.knows(alice, { fingerprint: hex(await sha256(utf8("ghost"))) });
		expect(await alice.number(bob)).not.toBe(await bob.number(alice));
	});

	it("keep that it was the same, across restarts", async () => {
		await alice.verification.confirm(bob.personId, bob.domain, await alice.number(bob));
		const pins = await Pins.load(alice.store);
		expect(pins.of(bob.personId, bob.domain)?.verifiedAt).toBe(AT.toISOString());
		expect(bob.pins.of(alice.personId, alice.domain)?.verifiedAt).toBeUndefined();
	});

	it("cannot confirm a number of a key that has gone meanwhile", async () => {
		const number = await alice.number(bob);
		await alice.knows(bob, { fingerprint: hex(await sha256(utf8("new"))) });
		const confirmed = alice.verification.confirm(bob.personId, bob.domain, number);
		await expect(confirmed).rejects.toMatchObject({ code: "number-changed" });
		expect(alice.pins.of(bob.personId, bob.domain)?.verifiedAt).toBeUndefined();
	});

	it("have no number with strangers or themselves", async () => {
		const carla = await Side.open("c.example");
		await alice.knows(alice);
		for (const other of [carla, alice]) {
			await expect(alice.number(other)).rejects.toMatchObject({ code: "not-found" });
		}
	});
});
