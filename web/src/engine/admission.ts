/** The person's other devices come into the conversations of this one: right after an approval, and at each start, in
 *  case a closed page left some behind. One conversation after the other, with a Welcome each. */

import { deviceTag, formatIdentity } from "../crypto/identity";
import { pause } from "../lib/backoff";
import type { Context } from "./context";
import type { Membership, OwnDevice } from "./membership";

/** How often, and how long apart, to ask for the key packages of a device that is just being set up. */
const PATIENCE = { times: 20, ms: 1500 };

export type Progress = (done: number, total: number) => void;

export class Admission {
	private running: Promise<void> = Promise.resolve();

	/** `admitted`: told each conversation that a device was brought into. */
	constructor(
		private readonly context: Context,
		private readonly membership: Pick<Membership, "addDevices">,
		private readonly admitted: (groupId: string) => Promise<void>,
	) {}

	/** `patient`: a device is new and its key packages are on their way. */
	run({ patient, progress = () => undefined }: { patient: boolean; progress?: Progress }): Promise<void> {
		const work = () => this.bringAll(patient, progress);
		const result = this.running.then(work, work);
		this.running = result.catch(() => undefined);
		return result;
	}

	private async bringAll(patient: boolean, progress: Progress): Promise<void> {
		const devices = await this.otherDevices();
		if (devices.length === 0) return;
		const lacking = await this.lacking(devices);
		progress(0, lacking.length);
		for (const [index, { groupId, missing }] of lacking.entries()) {
			await this.bring(groupId, missing, patient ? PATIENCE.times : 1);
			progress(index + 1, lacking.length);
		}
	}

	private async otherDevices(): Promise<OwnDevice[]> {
		const { devices, roster, self } = this.context;
		const { personId, domain } = self;
		const listed = await devices.of([personId], true);
		const others = listed.filter(({ id }) => id !== self.deviceId);
		const valid = await Promise.all(others.map((record) => roster.isValid(record)));
		return others.flatMap(({ id }, index) =>
			valid[index] ? [{ id, identity: formatIdentity({ personId, domain, deviceTag: deviceTag(id) }) }] : [],
		);
	}

	private async lacking(devices: readonly OwnDevice[]): Promise<{ groupId: string; missing: OwnDevice[] }[]> {
		const { engine, groups } = this.context;
		const found: { groupId: string; missing: OwnDevice[] }[] = [];
		for (const { id } of groups.all()) {
			if (!groups.follows(id) || !(await engine.exists(id))) continue;
			const present = await engine.identities(id);
			const missing = devices.filter(({ identity }) => !present.includes(identity));
			if (missing.length > 0) found.push({ groupId: id, missing });
		}
		return found;
	}

	/** One conversation that does not work must not keep the device out of the others. */
	private async bring(groupId: string, devices: readonly OwnDevice[], times: number): Promise<void> {
		try {
			for (let attempt = 1; !(await this.membership.addDevices(groupId, devices)); attempt++) {
				if (attempt >= times) return;
				await pause(PATIENCE.ms);
			}
			await this.admitted(groupId);
		} catch (error) {
			this.context.log("a device was not brought into a conversation", error);
		}
	}
}
