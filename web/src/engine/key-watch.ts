/** Does the log tell of keys and devices of this person that nobody here made? Does it still tell what it told before?
 *
 *  The server could invent an identity key; it cannot do so unseen, as long as the log is one for everybody. What stood
 *  there at the first check is taken as it is. */

import { fromBase64, hex, sha256 } from "../crypto/bytes";
import type { KeyEvent } from "../crypto/key-event";
import type { Me } from "./api";
import type { KeyApi } from "./key-api";
import {
	approvedName,
	certifiedName,
	type Doubt,
	type KeyMemory,
	type KeyWarning,
	remember,
	remembered,
} from "./key-memory";
import { proven } from "./key-proof";
import type { DeviceRecord } from "./records";
import type { Store } from "./store";

export interface KeyWatchPorts {
	api: Pick<KeyApi, "keyLog" | "ownDevices" | "reportKeyDoubt">;
	store: Store;
	me: Pick<Me, "personId" | "organisation">;
	/** Whether the identity key that this browser knows has certified a device. */
	certified(record: DeviceRecord): Promise<boolean>;
	/** Whether this browser holds the identity key, and so makes every device's certificate itself. */
	holdsIdentity: boolean;
	now(): number;
}

type OwnDevice = DeviceRecord & { name: string };

/** The seal follows within seconds; a device without an entry for so long is one that was hidden. */
const UNLOGGED_MS = 3_600_000;
const NEW_BEGINNINGS = new Set<Doubt>(["rolled-back", "forked", "other-log"]);

export class KeyWatch {
	constructor(private readonly ports: KeyWatchPorts) {}

	/** What the last check found. */
	async last(): Promise<KeyMemory> {
		return remembered(this.ports.store, this.ports.me.organisation.id);
	}

	/** Check again. Raises: Problem, Unreachable, NoEd25519. */
	async check(): Promise<KeyMemory> {
		const { api, me, now } = this.ports;
		const memory = await this.last();
		const answer = await api.keyLog(memory.log?.size ?? 0);
		if (!answer.checkpoint && !memory.log) return memory;
		const found = await proven(answer, memory.log, me.personId);
		const warnings = typeof found === "string" ? [aboutLog(found, now())] : [];
		if (typeof found !== "string") {
			warnings.push(...(await this.judge(found.events, memory)));
			memory.log = found.log;
			memory.begun = true;
		}
		memory.warnings = warnings.filter(({ id }) => !memory.answered.includes(id));
		memory.checkedAtMs = now();
		await this.report(memory);
		await this.keep(memory);
		return memory;
	}

	/** The person says that this was right, or that an administrator has explained it. */
	async answer(id: string): Promise<KeyMemory> {
		const memory = await this.last();
		const warning = memory.warnings.find((one) => one.id === id);
		if (!warning) return memory;
		memory.warnings = memory.warnings.filter((one) => one !== warning);
		// From here on the log is taken as it is now; keys and devices are still compared.
		if (NEW_BEGINNINGS.has(warning.doubt)) Object.assign(memory, { log: null, seen: [] });
		else memory.answered.push(id);
		await this.keep(memory);
		return memory;
	}

	private async judge(events: readonly KeyEvent[], memory: KeyMemory): Promise<KeyWarning[]> {
		const { personId, organisation } = this.ports.me;
		const devices = await this.ports.api.ownDevices(personId, organisation.id);
		const missing = memory.seen.filter((id) => !events.some(({ eventId }) => eventId === id));
		memory.seen = [...new Set([...memory.seen, ...events.map(({ eventId }) => eventId)])];
		const unknown = await this.unknown(events, devices, memory);
		const newKey = unknown.find(({ kind }) => kind === "identity-key:certify");
		return [
			...unknown
				// The devices of a key that is not known follow from it.
				.filter((event) => event.kind !== "device:register" || !newKey || event.at < newKey.at)
				.map((event) => aboutEvent(event, events, devices)),
			...missing.map((id) => warningOf(`missing:${id}`, "missing")),
			...this.unlogged(events, devices, memory),
		];
	}

	/** Keys and devices that were made, but not by anybody whom this browser knows. */
	private async unknown(
		events: readonly KeyEvent[],
		devices: readonly OwnDevice[],
		memory: KeyMemory,
	): Promise<KeyEvent[]> {
		const unknown: KeyEvent[] = [];
		for (const event of events) {
			const name = nameOf(event);
			if (!name || memory.known.includes(name)) continue;
			if (!memory.begun || (await this.knows(event, devices))) memory.known.push(name);
			else unknown.push(event);
		}
		return unknown;
	}

	private async knows(
		{ kind, certificate, deviceId }: KeyEvent,
		devices: readonly OwnDevice[],
	): Promise<boolean> {
		if (kind === "identity-key:certify") return this.has(certifiedName(certificate ?? ""));
		if (!deviceId) return false;
		if (await this.has(`identity-of-${deviceId}`)) return true;
		if (certificate && (await this.has(approvedName(certificate)))) return true;
		const record = devices.find(({ id }) => id === deviceId);
		if (this.ports.holdsIdentity || !record) return false;
		const listed = hex(await sha256(fromBase64(record.chain[0] ?? "")));
		return listed === certificate && (await this.ports.certified(record));
	}

	private async has(name: string): Promise<boolean> {
		return (await this.ports.store.get("secrets", name)) !== null;
	}

	/** Devices that others are shown, but that the log does not tell of. */
	private unlogged(
		events: readonly KeyEvent[],
		devices: readonly OwnDevice[],
		memory: KeyMemory,
	): KeyWarning[] {
		const logged = new Set(events.map(({ deviceId }) => deviceId));
		const absent = devices.filter(({ id }) => !logged.has(id));
		const now = this.ports.now();
		memory.unlogged = Object.fromEntries(absent.map(({ id }) => [id, memory.unlogged[id] ?? now]));
		return absent
			.filter(({ id }) => now - (memory.unlogged[id] ?? now) > UNLOGGED_MS)
			.map((device) => ({ ...warningOf(`missing:${device.id}`, "missing"), device: shown(device) }));
	}

	/** Tell the service, which records it for the officer. What it does with that, the warning does not depend on. */
	private async report(memory: KeyMemory): Promise<void> {
		for (const { id, doubt } of memory.warnings) {
			if (memory.reported.includes(id)) continue;
			memory.reported.push(id);
			await this.ports.api.reportKeyDoubt(doubt).catch(() => undefined);
		}
	}

	private keep(memory: KeyMemory): Promise<void> {
		return remember(this.ports.store, this.ports.me.organisation.id, memory);
	}
}

/** By what a key or device is known; null for what ends one. */
function nameOf({ kind, certificate, deviceId, eventId }: KeyEvent): string | null {
	if (kind === "identity-key:certify") return `key:${certificate ?? eventId}`;
	return kind === "device:register" ? `device:${deviceId}:${certificate ?? ""}` : null;
}

function aboutEvent(event: KeyEvent, events: readonly KeyEvent[], devices: readonly OwnDevice[]): KeyWarning {
	const id = nameOf(event) ?? event.eventId;
	if (event.kind === "identity-key:certify") {
		const resets = events.filter(({ kind, at }) => kind === "identity-key:reset" && at < event.at);
		return { ...warningOf(id, "unknown-key", event.at), resetAt: resets.at(-1)?.at ?? null };
	}
	const device = devices.find((one) => one.id === event.deviceId);
	return { ...warningOf(id, "unknown-device", event.at), device: device ? shown(device) : null };
}

/** What is wrong with the log itself is said again the next day, as long as it is wrong. */
function aboutLog(doubt: Doubt, nowMs: number): KeyWarning {
	return warningOf(`log:${doubt}:${new Date(nowMs).toISOString().slice(0, 10)}`, doubt);
}

function warningOf(id: string, doubt: Doubt, at = ""): KeyWarning {
	return { id, doubt, at, device: null, resetAt: null };
}

function shown({ id, name, revokedAt }: OwnDevice): NonNullable<KeyWarning["device"]> {
	return { id, name, revoked: revokedAt !== null };
}
