/** Safety numbers: two people compare what their browsers compute of both identity keys; the result is kept with the pin. */

import { safetyNumber } from "../crypto/safety-number";
import type { Context } from "./context";
import { Failure } from "./failure";
import type { PinRecord } from "./records";

export class Verification {
	/** `fingerprint`: of the own identity key, hex. */
	constructor(
		private readonly context: Pick<Context, "pins" | "self" | "now">,
		private readonly fingerprint: string,
	) {}

	/** Raises: Failure `not-found`: no key of this person is known. */
	async number(personId: string, domain: string): Promise<string> {
		return this.numberOf(this.pin(personId, domain));
	}

	/** Keep that the numbers are equal. Raises: Failure `not-found`, `number-changed`. */
	async confirm(personId: string, domain: string, number: string): Promise<void> {
		const pin = this.pin(personId, domain);
		if ((await this.numberOf(pin)) !== number) throw new Failure("number-changed");
		// What was compared is the key of a moment ago.
		if (this.pin(personId, domain).fingerprint !== pin.fingerprint) throw new Failure("number-changed");
		await this.context.pins.keep({ ...pin, verifiedAt: this.context.now().toISOString() });
	}

	private pin(personId: string, domain: string): PinRecord {
		const pin = this.context.pins.of(personId, domain);
		if (!pin || personId === this.context.self.personId) throw new Failure("not-found");
		return pin;
	}

	private numberOf(pin: PinRecord): Promise<string> {
		const { personId, domain } = this.context.self;
		return safetyNumber({ personId, domain, fingerprint: this.fingerprint }, pin);
	}
}
