import type { EngineState } from "./types";

/** This browser cannot become a device now; the state says why. */
export class Blocked extends Error {
	constructor(readonly state: EngineState) {
		super(state.state);
	}
}
