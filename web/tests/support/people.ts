/** People with identity keys and devices, as the service would list them, for tests without a service. */

import { base64, fromBase64 } from "../../src/crypto/bytes";
import { deviceTag, formatIdentity } from "../../src/crypto/identity";
import { newId } from "../../src/crypto/ids";
import { ed25519Thumbprint } from "../../src/crypto/thumbprint";
import type { Leaf } from "../../src/engine/mls";
import type { DeviceRecord } from "../../src/engine/records";
import { AT, device, type Hospital, type Issued } from "./authority";

export interface Person {
	id: string;
	hospital: Hospital;
	identity: Issued;
}

export async function personOf(hospital: Hospital): Promise<Person> {
	const id = newId();
	return { id, hospital, identity: await hospital.person(id) };
}

export interface Device {
	leaf: Leaf;
	record: DeviceRecord;
}

/** A certified device. `signer`: another key than the person's, for forgeries. */
export async function deviceOf(
	person: Person,
	options: { at?: Date; signer?: Issued } = {},
): Promise<Device> {
	const deviceId = newId();
	const { domain } = person.hospital;
	const thumbprint = await ed25519Thumbprint(crypto.getRandomValues(new Uint8Array(32)));
	const signer = options.signer ?? person.identity;
	const names = { deviceId, personId: person.id, domain, thumbprint };
	const made = await device(signer, names, options.at ?? AT);
	const chain = person.hospital.chain(made, signer).map(base64);
	const identity = formatIdentity({ personId: person.id, deviceTag: deviceTag(deviceId), domain });
	return {
		leaf: { identity, thumbprint },
		record: { id: deviceId, personId: person.id, chain, revokedAt: null },
	};
}

export function root(hospital: Hospital): Uint8Array {
	return fromBase64(base64(hospital.root.der));
}
