/** An entry of the log about a person's keys and devices: what its canonical bytes say, and whose it is. Pure. */

import { concat, fromBase64, hex, sha256, text, utf8 } from "./bytes";

/** What opens a commitment: SHA-256(salt || id as 36 characters). */
export interface Opening {
	personId: string;
	/** Base64. */
	salt: string;
}

export interface KeyEvent {
	eventId: string;
	kind: "identity-key:certify" | "identity-key:reset" | "device:register" | "device:revoke";
	at: string;
	/** SHA-256 of the certificate, hex; entries of earlier versions have none. */
	certificate: string | null;
	deviceId: string | null;
}

const KINDS = ["identity-key:certify", "identity-key:reset", "device:register", "device:revoke"] as const;

/** Read an entry; null unless it is one of these kinds and, by its commitment, about this person. */
export async function readKeyEvent(
	canonical: Uint8Array,
	people: Readonly<Record<string, Opening>>,
	personId: string,
): Promise<KeyEvent | null> {
	const body = parsed(canonical);
	const kind = KINDS.find((one) => one === body?.event);
	if (!body || !kind) return null;
	const own = kind === "identity-key:certify" || kind === "device:register";
	const sealed = own ? body.actor?.person : after("person/", body.subject);
	const opening = own ? people.actor : people.subject;
	if (!opening || opening.personId !== personId || sealed !== (await commitment(opening))) return null;
	const { certificate, device } = body.details ?? {};
	return {
		eventId: String(body.event_id),
		kind,
		at: String(body.at),
		certificate: typeof certificate === "string" ? certificate : null,
		deviceId: after("device/", body.subject) ?? (typeof device === "string" ? device : null),
	};
}

interface Body {
	event?: string;
	event_id?: string;
	at?: string;
	subject?: string;
	actor?: { person?: string };
	details?: Record<string, unknown>;
}

function parsed(canonical: Uint8Array): Body | null {
	try {
		const body: unknown = JSON.parse(text(canonical));
		return typeof body === "object" ? body : null;
	} catch {
		return null;
	}
}

async function commitment({ personId, salt }: Opening): Promise<string | null> {
	try {
		return hex(await sha256(concat(fromBase64(salt), utf8(personId))));
	} catch {
		return null;
	}
}

function after(start: string, subject: string | undefined): string | null {
	return subject?.startsWith(start) ? subject.slice(start.length) : null;
}
