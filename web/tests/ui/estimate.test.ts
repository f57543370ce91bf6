import { expect, test } from "vitest";
import { Estimate } from "../../src/elements/conversation/estimate";

test("says nothing in the first two seconds, then what is left at the speed so far", () => {
	const estimate = new Estimate();
	expect(estimate.seconds(0, 10_000, 0)).toBeNull();
	expect(estimate.seconds(400, 10_000, 1000)).toBeNull();
	expect(estimate.seconds(1000, 10_000, 2500)).toBeCloseTo(22.5);
	expect(estimate.seconds(9000, 10_000, 22_500)).toBeCloseTo(2.5);
});

test("says nothing while nothing moves, and begins anew with a new run", () => {
	const estimate = new Estimate();
	estimate.seconds(100, 1000, 0);
	expect(estimate.seconds(100, 1000, 60_000)).toBeNull();
	expect(estimate.seconds(10, 500, 61_000)).toBeNull();
	expect(estimate.seconds(110, 500, 64_000)).toBeCloseTo(11.7);
});
