/** Who a leaf of the MLS tree says it is: the basic credential's identity (RFC 9420 section 5.3),
 *  `<person id>:<device tag>@<organisation domain>` in UTF-8.
 *
 *  The engine's device ids are 64 bits, so the tag is the last 16 hexadecimal digits of the device's UUID. The
 *  certificate carries the whole UUID; `roster.ts` joins the two. */

import { isUuid } from "./ids";

export interface LeafIdentity {
	personId: string;
	/** 16 hexadecimal digits. */
	deviceTag: string;
	domain: string;
}

const FORM = /^([0-9a-f-]{36}):([0-9a-f]{16})@([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)$/;

/** The part of the device's id that its MLS identity carries. */
export function deviceTag(deviceId: string): string {
	return deviceId.replaceAll("-", "").slice(16);
}

export function formatIdentity({ personId, deviceTag, domain }: LeafIdentity): string {
	return `${personId}:${deviceTag}@${domain}`;
}

/** null when the text is not of the form above: such a leaf is nobody's. */
export function parseIdentity(identity: string): LeafIdentity | null {
	const match = FORM.exec(identity);
	if (!match) return null;
	const [, personId = "", tag = "", domain = ""] = match;
	return isUuid(personId) ? { personId, deviceTag: tag, domain } : null;
}
