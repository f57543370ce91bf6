import { expect, test } from "vitest";
import { Pump } from "../../src/elements/upload/pump";
import type { TransferState } from "../../src/elements/upload/transfer";

/** Tells of its start before it counts as sending: the worst moment to be looked at again. */
class Talkative {
	state: TransferState = "waiting";
	starts = 0;

	constructor(private readonly changed: () => void) {}

	start(): void {
		this.starts += 1;
		if (this.starts < 10) this.changed();
		this.become("sending");
	}

	become(state: TransferState): void {
		this.state = state;
		this.changed();
	}
}

function three(atOnce: number) {
	const told: string[] = [];
	const pump: Pump<Talkative> = new Pump(
		atOnce,
		() => files,
		() => told.push("idle"),
	);
	const files = [1, 2, 3].map(() => new Talkative(() => pump.turn()));
	pump.turn();
	return { files, told };
}

test("a file that tells of its own start is started once", () => {
	const { files } = three(2);
	expect(files.map((file) => file.starts)).toEqual([1, 1, 0]);
	files[0]?.become("done");
	expect(files.map((file) => file.starts)).toEqual([1, 1, 1]);
});

test("the end is told once, when the last has ended", () => {
	const { files, told } = three(2);
	for (const file of files.slice(0, 2)) file.become("done");
	expect(told).toEqual([]);
	files[2]?.become("failed");
	expect(told).toEqual(["idle"]);
	files[2]?.become("waiting");
	files[2]?.become("done");
	expect(told).toEqual(["idle", "idle"]);
});

test("what is paused gives its place to the next and does not keep the end from being told", () => {
	const { files, told } = three(1);
	files[0]?.become("paused");
	files[1]?.become("done");
	files[2]?.become("done");
	expect(told).toEqual(["idle"]);
});
