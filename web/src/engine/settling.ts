/** Does something once, a moment after the first of many occasions. */
export class Settling {
	private timer: ReturnType<typeof setTimeout> | undefined;

	constructor(
		private readonly waitMs: number,
		private readonly act: () => void,
	) {}

	soon(waitMs = this.waitMs): void {
		this.timer ??= setTimeout(() => {
			this.timer = undefined;
			this.act();
		}, waitMs);
	}

	stop(): void {
		clearTimeout(this.timer);
		this.timer = undefined;
	}
}
