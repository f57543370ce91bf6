/** One writer over all tabs: the ratchet of MLS must never run twice. The tab that holds the browser's lock runs the
 *  engine; others wait in line, or ask it to let go. */

const NAME = "medicus-engine";
const SHOWN_AFTER_MS = 800;
const STOLEN_AFTER_MS = 2500;
const ASKED_AGAIN_MS = 1000;

export class EngineLock {
	private readonly channel = new BroadcastChannel(NAME);
	private held: AbortController | null = null;

	constructor() {
		this.channel.onmessage = () => this.held?.abort();
	}

	/** Run `work` once this tab has the lock; when `signal` aborts, another tab wants it.
	 *
	 *  `waiting`: told when another tab holds it; `patient`: told only after a moment, because a page that was just
	 *  left still holds it. Resolves when `work` has ended. */
	async hold(
		work: (signal: AbortSignal) => Promise<void>,
		patient: boolean,
		waiting: () => void,
	): Promise<void> {
		const timer = setTimeout(waiting, patient ? SHOWN_AFTER_MS : 0);
		await this.request(work, { steal: false }, () => clearTimeout(timer));
	}

	/** Ask the tab that holds the lock to let go; if it does not answer, take it. */
	takeOver(work: (signal: AbortSignal) => Promise<void>): void {
		this.channel.postMessage("let go");
		setTimeout(() => {
			if (!this.held) void this.request(work, { steal: true }, () => undefined);
		}, STOLEN_AFTER_MS);
	}

	/** Do something while the engine runs in no tab: what runs is asked to let go until it has. */
	async alone<Result>(work: () => Promise<Result>): Promise<Result> {
		const ask = () => this.channel.postMessage("let go");
		const asking = setInterval(ask, ASKED_AGAIN_MS);
		ask();
		try {
			return (await navigator.locks.request(NAME, async () => {
				clearInterval(asking);
				return work();
			})) as Result;
		} finally {
			clearInterval(asking);
		}
	}

	private async request(
		work: (signal: AbortSignal) => Promise<void>,
		options: { steal: boolean },
		granted: () => void,
	): Promise<void> {
		const mine = new AbortController();
		const run = async () => {
			granted();
			// A stolen lock leaves our own earlier request in line; it must not start a second engine.
			if (this.held) return;
			this.held = mine;
			await work(mine.signal);
		};
		try {
			await navigator.locks.request(NAME, options, run);
		} catch {
			// Another tab stole the lock: stop at once.
			mine.abort();
		}
	}
}
