import { describe, expect, it } from "vitest";
import { framingOf } from "../../src/crypto/framing";
import { newId } from "../../src/crypto/ids";
import { TsMember } from "../support/ts-mls";

describe("what a message says of itself", () => {
	it("is its epoch and kind, for messages, commits and proposals", async () => {
		const [alice, bob] = [await TsMember.create(), await TsMember.create()];
		const id = newId();
		await alice.create(id);
		const { commit } = await alice.add(bob.keyPackage());
		expect(framingOf(commit)).toEqual({ epoch: 0, content: "commit" });
		expect(framingOf(await alice.encrypt("Guten Tag"))).toEqual({ epoch: 1, content: "application" });
		expect(framingOf(await bob.proposeItself(id, 258))).toEqual({ epoch: 258, content: "proposal" });
	});

	it("is nothing for a key package, a stub or noise", async () => {
		const message = await (async () => {
			const alice = await TsMember.create();
			await alice.create(newId());
			return alice.encrypt("Guten Tag");
		})();
		const heads = [0, 3, 4, 10, 20, 29].map((size) => framingOf(message.slice(0, size)));
		expect(heads).toEqual(heads.map(() => null));
		expect(framingOf((await TsMember.create()).keyPackage())).toBeNull();
		expect(framingOf(Uint8Array.of(0, 1, 0, 1, 0xff, 1, 2))).toBeNull();
	});
});
