/** The identity keys this browser knows, one per person and organisation, in memory and on disk. */

import type { PinRecord } from "./records";
import type { Store } from "./store";

export class Pins {
	private readonly known = new Map<string, PinRecord>();

	private constructor(private readonly store: Pick<Store, "write">) {}

	static async load(store: Pick<Store, "all" | "write">): Promise<Pins> {
		const pins = new Pins(store);
		for (const pin of await store.all("pins")) pins.known.set(nameOf(pin), pin);
		return pins;
	}

	of(personId: string, domain: string): PinRecord | null {
		return this.known.get(nameOf({ personId, domain })) ?? null;
	}

	async keep(pin: PinRecord): Promise<void> {
		this.known.set(nameOf(pin), pin);
		await this.store.write([{ table: "pins", key: nameOf(pin), value: pin }]);
	}
}

function nameOf({ personId, domain }: Pick<PinRecord, "personId" | "domain">): string {
	return `${personId}@${domain}`;
}
