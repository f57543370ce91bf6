/** How long something that counts up will still take, by how fast it went since it began. */

const KNOWN_AFTER_MS = 2000;

export class Estimate {
	private begin: { done: number; atMs: number } | null = null;

	/** Seconds that are left; null while nobody can say. `done` may begin anew. */
	seconds(done: number, total: number, atMs: number): number | null {
		if (!this.begin || done < this.begin.done) this.begin = { done, atMs };
		const passedMs = atMs - this.begin.atMs;
		const passed = done - this.begin.done;
		if (passedMs < KNOWN_AFTER_MS || passed === 0) return null;
		return ((total - done) * passedMs) / passed / 1000;
	}

	reset(): void {
		this.begin = null;
	}
}
