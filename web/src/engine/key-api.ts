/** The service's API of a person's own keys: what the log says of them, and the recovery kit. */

import { type Bytes, base64, fromBase64 } from "../crypto/bytes";
import type { Opening } from "../crypto/key-event";
import { Api, V1 } from "./api";
import type { DeviceRecord } from "./records";
import { deviceOf, type WireDevice } from "./wire";

/** What the log says of the person's own keys and devices; nothing of it is proven yet. */
export interface KeyLog {
	/** A signed note; empty while nothing is sealed. */
	checkpoint: string;
	publicKey: string;
	consistency: Bytes[];
	events: { canonical: Bytes; index: number; proof: Bytes[]; people: Record<string, Opening> }[];
}

export class KeyApi extends Api {
	/** With the names that only their owner is shown. */
	async ownDevices(personId: string, organisationId: string): Promise<(DeviceRecord & { name: string })[]> {
		const { devices } = await this.http.get<{ devices: WireDevice[] }>(`${V1}/devices?person=${personId}`);
		const ours = devices.filter(({ organisation_id }) => organisation_id === organisationId);
		return ours.map((device) => ({ ...deviceOf(device), name: device.name }));
	}

	async keyLog(sinceSize: number): Promise<KeyLog> {
		const log = await this.http.get<WireKeyLog>(`${V1}/me/key-events?since_size=${sinceSize}`);
		return {
			checkpoint: log.checkpoint,
			publicKey: log.public_key,
			consistency: log.consistency.map(fromBase64),
			events: log.events.map((event) => ({
				canonical: fromBase64(event.canonical),
				index: event.index,
				proof: event.proof.map(fromBase64),
				people: openingsOf(event.people),
			})),
		};
	}

	/** Keep a recovery kit in place of any earlier one. */
	async keepKit(sealedKey: Uint8Array): Promise<void> {
		await this.http.post(`${V1}/recovery-kit`, { sealed_key: base64(sealedKey) });
	}

	withdrawKit(): Promise<void> {
		return this.http.delete(`${V1}/recovery-kit`);
	}

	async fetchKit(): Promise<Bytes> {
		const { sealed_key } = await this.http.post<{ sealed_key: string }>(`${V1}/recovery-kit/fetch`);
		return fromBase64(sealed_key);
	}

	async reportKeyDoubt(doubt: string): Promise<void> {
		await this.http.post(`${V1}/me/key-events/doubts`, { doubt });
	}
}

interface WireKeyLog {
	checkpoint: string;
	public_key: string;
	consistency: string[];
	events: {
		canonical: string;
		index: number;
		proof: string[];
		people: Record<string, { person_id: string; salt: string }>;
	}[];
}

function openingsOf(people: WireKeyLog["events"][number]["people"]): Record<string, Opening> {
	const parts = Object.entries(people);
	return Object.fromEntries(
		parts.map(([part, { person_id, salt }]) => [part, { personId: person_id, salt }]),
	);
}
