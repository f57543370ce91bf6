/** The service's list of people's devices, kept for a few minutes and across restarts. */

import type { Api } from "./api";
import type { DeviceRecord } from "./records";
import type { Change, Store } from "./store";

const FRESH_MS = 5 * 60_000;

export class Devices {
	private readonly listed = new Map<string, { devices: DeviceRecord[]; atMs: number }>();

	constructor(
		private readonly api: Pick<Api, "devices">,
		private readonly store: Pick<Store, "get" | "write">,
		private readonly now: () => number = Date.now,
	) {}

	/** `fresh`: ask the server about everybody. Offline, what was known before has to do, for reading. */
	async of(personIds: readonly string[], fresh: boolean): Promise<DeviceRecord[]> {
		const stale = personIds.filter((id) => fresh || !this.isFresh(id));
		if (stale.length > 0) await this.ask(stale, fresh);
		return personIds.flatMap((id) => this.listed.get(id)?.devices ?? []);
	}

	/** The next question goes to the server again. */
	forget(): void {
		for (const listing of this.listed.values()) listing.atMs = 0;
	}

	private isFresh(personId: string): boolean {
		const listing = this.listed.get(personId);
		return listing !== undefined && this.now() - listing.atMs < FRESH_MS;
	}

	private async ask(personIds: string[], fresh: boolean): Promise<void> {
		try {
			await this.keep(personIds, await this.api.devices(personIds));
		} catch (error) {
			if (fresh) throw error;
			for (const id of personIds) await this.recall(id);
		}
	}

	private async keep(personIds: string[], found: DeviceRecord[]): Promise<void> {
		const people = new Map<string, DeviceRecord[]>(personIds.map((id) => [id, []]));
		for (const device of found) people.get(device.personId)?.push(device);
		const changes: Change[] = [];
		for (const [personId, devices] of people) {
			const known = this.listed.get(personId)?.devices;
			// The same objects for the same devices: what was verified of them stays known.
			const same = JSON.stringify(known) === JSON.stringify(devices);
			this.listed.set(personId, { devices: same && known ? known : devices, atMs: this.now() });
			if (!same) changes.push({ table: "devices", key: personId, value: devices });
		}
		if (changes.length > 0) await this.store.write(changes);
	}

	private async recall(personId: string): Promise<void> {
		if (this.listed.has(personId)) return;
		const devices = await this.store.get("devices", personId);
		if (devices) this.listed.set(personId, { devices, atMs: 0 });
	}
}
