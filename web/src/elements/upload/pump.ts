/** Starts what waits, a few at a time. */
import type { TransferState } from "./transfer";

export interface Startable {
	readonly state: TransferState;
	start(): unknown;
}

export class Pump<One extends Startable> {
	private isTurning = false;
	private isBusy = false;

	/** ended: none is left that waits or is sent; told once for each time that there was one. */
	constructor(
		private readonly atOnce: number,
		private readonly transfers: () => Iterable<One>,
		private readonly ended: () => void,
	) {}

	/** To be called after every change. Starting one is itself a change and leads back here: that turn ends at once, for
	 *  the one which it interrupts looks again anyway. */
	turn(): void {
		if (this.isTurning) return;
		this.isTurning = true;
		try {
			this.startSome();
		} finally {
			this.isTurning = false;
		}
		if (!this.isBusy || this.in("waiting").length + this.in("sending").length > 0) return;
		this.isBusy = false;
		this.ended();
	}

	private startSome(): void {
		while (this.in("sending").length < this.atOnce) {
			const [next] = this.in("waiting");
			if (!next) return;
			this.isBusy = true;
			void next.start();
		}
	}

	private in(state: TransferState): One[] {
		return [...this.transfers()].filter((transfer) => transfer.state === state);
	}
}
