import { Serial } from "./serial";

/** One line of work per name; different names do not wait for each other. */
export class Lanes {
	private readonly lanes = new Map<string, Serial>();

	run<T>(name: string, task: () => Promise<T>): Promise<T> {
		let lane = this.lanes.get(name);
		if (!lane) {
			lane = new Serial();
			this.lanes.set(name, lane);
		}
		return lane.run(task);
	}

	/** Resolves when everything that was queued so far has ended. */
	async idle(): Promise<void> {
		await Promise.all([...this.lanes.values()].map((lane) => lane.idle()));
	}
}
