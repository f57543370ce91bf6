/** One thing after another: each task starts when the one before has ended, well or badly. */
export class Serial {
	private tail: Promise<unknown> = Promise.resolve();

	run<T>(task: () => Promise<T>): Promise<T> {
		const result = this.tail.then(task, task);
		this.tail = result.catch(() => undefined);
		return result;
	}

	/** Resolves when everything that was queued so far has ended. */
	idle(): Promise<void> {
		return this.run(async () => undefined);
	}
}
