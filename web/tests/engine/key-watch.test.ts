import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { fromBase64, hex, sha256 } from "../../src/crypto/bytes";
import { newId } from "../../src/crypto/ids";
import { approvedName, certifiedName } from "../../src/engine/key-memory";
import { KeyWatch, type KeyWatchPorts } from "../../src/engine/key-watch";
import { rememberApproved } from "../../src/engine/own-keys";
import { Store } from "../../src/engine/store";
import { Hospital } from "../support/authority";
import { LivingLog } from "../support/key-log";
import { type Device, deviceOf, type Person, personOf } from "../support/people";

const HOUR_MS = 3_600_000;
const NOISE = 5;

let hospital: Hospital;
let alice: Person;
let phone: Device;
let log: LivingLog;
let store: Store;
let ports: KeyWatchPorts;
let listed: (Device["record"] & { name: string })[];
let reported: string[];
let asked: number[];
let nowMs: number;
let count = 0;

beforeEach(async () => {
	hospital = await Hospital.create("a.example");
	alice = await personOf(hospital);
	phone = await deviceOf(alice);
	log = await LivingLog.create();
	store = await Store.open(`watch-${++count}`);
	[listed, reported, asked, nowMs] = [[], [], [], Date.parse("2026-03-01T12:00:00Z")];
	ports = {
		api: {
			keyLog: async (since) => {
				asked.push(since);
				return log.answer(alice.id, since);
			},
			ownDevices: async () => listed,
			reportKeyDoubt: async (doubt) => void reported.push(doubt),
		},
		store,
		me: { personId: alice.id, organisation: { id: newId(), name: "A", domain: "a.example" } },
		certified: async () => false,
		holdsIdentity: true,
		now: () => nowMs,
	};
	await made("identity-key:certify", alice.identity.der);
	await made("device:register", fromBase64(phone.record.chain[0] ?? ""), phone.record.id);
	list(phone);
	await others();
});

function list(device: Device): void {
	listed.push({ ...device.record, name: "Chrome, Linux" });
}

async function made(
	event: "identity-key:certify" | "device:register",
	certificate: Uint8Array,
	deviceId = newId(),
): Promise<void> {
	await log.tell(alice.id, { event, deviceId, details: { certificate: hex(await sha256(certificate)) } });
}

/** What else happens in the log. */
async function others(): Promise<void> {
	for (let at = 0; at < NOISE; at++) await log.tell(newId(), { event: "device:revoke" });
}

/** Each time as after a new start of the page. */
function check() {
	return new KeyWatch(ports).check();
}

async function doubts(): Promise<string[]> {
	return (await check()).warnings.map(({ doubt }) => doubt);
}

/** A device that was added without this browser. */
async function ghost(): Promise<Device> {
	const device = await deviceOf(alice);
	list(device);
	await made("device:register", fromBase64(device.record.chain[0] ?? ""), device.record.id);
	return device;
}

describe("what is right raises no alarm", () => {
	it("takes what stands in the log at the first check as it is, and asks from there on", async () => {
		expect(await doubts()).toEqual([]);
		await others();
		expect(await doubts()).toEqual([]);
		expect(await doubts()).toEqual([]);
		expect(asked).toEqual([0, 2 + NOISE, 2 + 2 * NOISE]);
		expect(reported).toEqual([]);
	});

	it("knows a device that it has approved", async () => {
		await check();
		const device = await deviceOf(alice);
		await rememberApproved(store, device.record.id, fromBase64(device.record.chain[0] ?? ""));
		await made("device:register", fromBase64(device.record.chain[0] ?? ""), device.record.id);
		list(device);
		expect(await doubts()).toEqual([]);
	});

	it("knows its own new device after the old one has ended, and its own new key after a reset", async () => {
		await check();
		const [key, deviceId] = [await hospital.person(alice.id), newId()];
		await log.tell(alice.id, { event: "device:revoke", details: { device: phone.record.id } });
		await log.tell(alice.id, { event: "identity-key:reset" });
		await store.write([
			{ table: "secrets", key: certifiedName(hex(await sha256(key.der))), value: "" },
			{ table: "secrets", key: `identity-of-${deviceId}`, value: "" },
		]);
		await made("identity-key:certify", key.der);
		await made("device:register", new Uint8Array(8), deviceId);
		expect(await doubts()).toEqual([]);
	});

	it("in a browser without the identity key, believes what that key has certified", async () => {
		ports = { ...ports, holdsIdentity: false, certified: async ({ id }) => id === listed.at(-1)?.id };
		await check();
		await ghost();
		expect(await doubts()).toEqual([]);
	});

	it("waits for the seal before it misses a device", async () => {
		await check();
		const device = await deviceOf(alice);
		await rememberApproved(store, device.record.id, fromBase64(device.record.chain[0] ?? ""));
		list(device);
		expect(await doubts()).toEqual([]);
		nowMs += HOUR_MS / 2;
		expect(await doubts()).toEqual([]);
		await made("device:register", fromBase64(device.record.chain[0] ?? ""), device.record.id);
		nowMs += HOUR_MS;
		expect(await doubts()).toEqual([]);
	});

	it("says nothing while nothing is sealed", async () => {
		log.entries = [];
		expect(await doubts()).toEqual([]);
		expect((await check()).begun).toBe(false);
	});
});

describe("a lying server is found", () => {
	beforeEach(async () => void (await check()));

	it("when it has invented a device", async () => {
		const device = await ghost();
		const { warnings } = await check();
		expect(warnings).toEqual([
			expect.objectContaining({
				doubt: "unknown-device",
				device: { id: device.record.id, name: "Chrome, Linux", revoked: false },
			}),
		]);
		expect(reported).toEqual(["unknown-device"]);
		await check();
		expect(reported).toEqual(["unknown-device"]);
	});

	it("when it says that a known device approved it", async () => {
		const certificate = fromBase64((await ghost()).record.chain[0] ?? "");
		expect(await store.get("secrets", approvedName(hex(await sha256(certificate))))).toBeNull();
		expect(await doubts()).toEqual(["unknown-device"]);
	});

	it("when it has certified another key for Alice, of which its devices are a part", async () => {
		const forged = await hospital.person(alice.id);
		await made("identity-key:certify", forged.der);
		await ghost();
		const { warnings } = await check();
		expect(warnings.map(({ doubt, resetAt }) => [doubt, resetAt])).toEqual([["unknown-key", null]]);
	});

	it("and tells of the reset that went before", async () => {
		const at = "2026-03-01T11:00:00.000Z";
		await log.tell(alice.id, { event: "identity-key:reset", at });
		await made("identity-key:certify", (await hospital.person(alice.id)).der);
		expect((await check()).warnings[0]).toMatchObject({ doubt: "unknown-key", resetAt: at });
	});

	it("when it lists a device for others that the log does not tell of", async () => {
		list(await deviceOf(alice));
		expect(await doubts()).toEqual([]);
		nowMs += HOUR_MS + 1;
		const { warnings } = await check();
		expect(warnings).toEqual([expect.objectContaining({ doubt: "missing", device: expect.anything() })]);
	});

	it("when in a browser without the key it lists another certificate than the log names", async () => {
		ports = { ...ports, holdsIdentity: false, certified: async () => true };
		const device = await deviceOf(alice);
		list(device);
		await made("device:register", new Uint8Array(9), device.record.id);
		expect(await doubts()).toEqual(["unknown-device"]);
	});

	it("when it hides an entry that was there", async () => {
		log.lie = (answer) => ({ ...answer, events: answer.events.slice(1) });
		expect(await doubts()).toEqual(["missing"]);
	});

	it("when the log is shorter than it was, or gone", async () => {
		log.entries.pop();
		expect(await doubts()).toEqual(["rolled-back"]);
		log.entries = [];
		expect(await doubts()).toEqual(["rolled-back"]);
	});

	it("when the log was written anew", async () => {
		const [first] = log.entries;
		log.entries.splice(0, 1);
		await others();
		if (first) log.entries.push(first);
		expect(await doubts()).toEqual(["forked"]);
	});

	it("when it shows another tree of the same size", async () => {
		log.entries.reverse();
		expect(await doubts()).toEqual(["forked"]);
	});

	it("when it gives no proof that the log continues", async () => {
		await others();
		log.lie = (answer) => ({ ...answer, consistency: [] });
		expect(await doubts()).toEqual(["forked"]);
	});

	it("when the signature is forged", async () => {
		log.lie = (answer) => ({ ...answer, checkpoint: answer.checkpoint.replace(/.{6}\n$/, "AAAA==\n") });
		expect(await doubts()).toEqual(["unproven"]);
	});

	it("when another key signs", async () => {
		await log.exchangeKey();
		expect(await doubts()).toEqual(["other-log"]);
	});

	it("when an entry was changed, moved, or is about somebody else", async () => {
		const change = (changes: object) => {
			log.lie = (answer) => ({
				...answer,
				events: answer.events.map((event, at) => (at === 0 ? { ...event, ...changes } : event)),
			});
		};
		const [event] = (await log.answer(alice.id, 0)).events;
		for (const changes of [
			{ canonical: event?.canonical.map((byte, at) => (at === 40 ? byte ^ 1 : byte)) },
			{ index: 1 },
			{ proof: [] },
			{ people: {} },
			{ people: { actor: { personId: newId(), salt: event?.people.actor?.salt } } },
		]) {
			change(changes);
			expect(await doubts()).toEqual(["unproven"]);
		}
	});

	it("and what it found is there after a restart, also without the network", async () => {
		await ghost();
		await check();
		expect((await new KeyWatch(ports).last()).warnings.map(({ doubt }) => doubt)).toEqual(["unknown-device"]);
	});

	it("even when it does not take the report", async () => {
		ports.api = { ...ports.api, reportKeyDoubt: () => Promise.reject(new Error("no")) };
		await ghost();
		expect(await doubts()).toEqual(["unknown-device"]);
	});
});

describe("an answer of the person", () => {
	beforeEach(async () => void (await check()));

	it("ends the warning about a device for good, but not about the next one", async () => {
		await ghost();
		const [warning] = (await check()).warnings;
		expect((await new KeyWatch(ports).answer(warning?.id ?? "")).warnings).toEqual([]);
		expect(await doubts()).toEqual([]);
		await ghost();
		expect(await doubts()).toEqual(["unknown-device"]);
	});

	it("takes a log that was restored as it is now, and still compares keys and devices", async () => {
		log.entries.splice(2, NOISE);
		await ghost();
		const [warning] = (await check()).warnings;
		expect(warning?.doubt).toBe("rolled-back");
		await new KeyWatch(ports).answer(warning?.id ?? "");
		expect(await doubts()).toEqual(["unknown-device"]);
		log.entries.pop();
		expect(await doubts()).toEqual(["rolled-back"]);
	});

	it("does not make a wrong proof right", async () => {
		log.lie = (answer) => ({ ...answer, events: answer.events.map((event) => ({ ...event, proof: [] })) });
		const { warnings } = await check();
		await new KeyWatch(ports).answer(warnings[0]?.id ?? "");
		expect((await new KeyWatch(ports).last()).log).not.toBeNull();
		expect(await doubts()).toEqual([]);
		nowMs += 24 * HOUR_MS;
		expect(await doubts()).toEqual(["unproven"]);
		await ghost();
		log.lie = (answer) => answer;
		expect(await doubts()).toEqual(["unknown-device"]);
	});

	it("to what is no warning changes nothing", async () => {
		const before = await new KeyWatch(ports).last();
		expect(await new KeyWatch(ports).answer("nothing")).toEqual(before);
	});
});
