import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { type Bytes, fromBase64, utf8 } from "../../src/crypto/bytes";
import { verifyChain } from "../../src/crypto/chain";
import type { ApprovalKeys } from "../../src/crypto/device-approval";
import { newId } from "../../src/crypto/ids";
import { readKitCode, WrongCode } from "../../src/crypto/recovery-kit";
import { decided, forgetCandidate } from "../../src/engine/administrator";
import type { Api, ApprovalRequest, Me } from "../../src/engine/api";
import { Blocked } from "../../src/engine/blocked";
import type { MlsEngine } from "../../src/engine/mls";
import { NoIdentityKey, Recovery } from "../../src/engine/recovery";
import { enter, type SetupPorts, topUpKeyPackages } from "../../src/engine/setup";
import { Store } from "../../src/engine/store";
import type { EngineState } from "../../src/engine/types";
import { Problem, Unreachable } from "../../src/lib/http";
import { World } from "../service/world";

const DAY_MS = 86_400_000;

let world: World;
let browser: string;
let service: FakeService;
let states: EngineState[];
let databases: string[];
let now: Date;

/** Alice's side of the service, with real certificates. */
class FakeService {
	deviceId: string | null = null;
	signedIn = true;
	accessEnded = "";
	readonly devices = new Map<string, "active" | "revoked">();
	keyPackages = 0;
	attached = 0;
	loseAnswerOf: string | null = null;
	root: Bytes = new Uint8Array(world.root.der);

	async me(): Promise<Me> {
		if (this.accessEnded) throw new Problem(401, "access-ended", this.accessEnded);
		if (!this.signedIn) throw new Problem(401, "unauthenticated", "");
		const { id, organisation } = alice();
		const identityFingerprint = world.fingerprint(alice());
		return {
			personId: id,
			language: "de",
			organisation,
			deviceId: this.deviceId,
			identityFingerprint,
			administratorApproves: this.administratorApproves,
			isPatient: false,
			root: this.root,
		};
	}

	async certifyIdentity(request: Uint8Array): Promise<Bytes[]> {
		if (alice().identity) throw new Problem(409, "identity-key-exists", "");
		const chain = await world.certify(alice(), Buffer.from(request).toString("base64"));
		this.answer("identity-key");
		return chain.map((one) => new Uint8Array(one));
	}

	async registerDevice(id: string, _: string, certificate: Uint8Array): Promise<Bytes[]> {
		if (this.devices.has(id)) throw new Problem(409, "conflict", "");
		this.devices.set(id, "active");
		this.deviceId = id;
		this.answer("device");
		const { identity, hospital } = alice();
		const above = [identity?.certificate ?? certificate, hospital.organisation.der, world.root.der];
		return [certificate, ...above].map((one) => new Uint8Array(one));
	}

	async challenge(id: string): Promise<Bytes> {
		if (this.devices.get(id) !== "active") throw new Problem(404, "not-found", "");
		return new Uint8Array(32);
	}

	async attach(id: string, signature: Uint8Array): Promise<void> {
		expect(signature.length).toBe(64);
		this.deviceId = id;
		this.attached += 1;
	}

	async keyPackagesLeft(): Promise<number> {
		return this.keyPackages;
	}

	async publishKeyPackages(packages: readonly Uint8Array[]): Promise<number> {
		this.keyPackages += packages.length;
		return this.keyPackages;
	}

	administratorApproves = false;
	/** By device: what became of the request. */
	readonly approvals = new Map<string, string>();
	reason = "";

	async askAdministrator({ deviceId, identityFingerprint }: ApprovalKeys): Promise<ApprovalRequest> {
		expect(identityFingerprint.length).toBe(32);
		const state = this.approvals.get(deviceId) ?? "waiting";
		this.approvals.set(deviceId, state);
		return { id: deviceId, state, reason: this.reason, expiresAt: now.toISOString() };
	}

	async approval(id: string): Promise<ApprovalRequest> {
		return { id, state: this.approvals.get(id) ?? "waiting", reason: "", expiresAt: "" };
	}

	kit: Bytes | null = null;
	fetched = 0;

	async keepKit(sealedKey: Bytes): Promise<void> {
		this.kit = sealedKey;
	}

	async withdrawKit(): Promise<void> {
		this.kit = null;
	}

	async fetchKit(): Promise<Bytes> {
		this.fetched += 1;
		if (!this.kit) throw new Problem(409, "no-recovery-kit", "");
		return this.kit;
	}

	private answer(step: string): void {
		if (this.loseAnswerOf !== step) return;
		this.loseAnswerOf = null;
		throw new Error("the tab is gone");
	}
}

const alice = () => world.person("alice");

beforeEach(async () => {
	world = await World.create();
	await world.hospital("a.example", "alice");
	browser = newId();
	service = new FakeService();
	states = [];
	databases = [];
	now = new Date();
});

function ports(profile = browser): SetupPorts {
	return {
		api: service as unknown as Api,
		openStore: (personId) => Store.open(`${profile}-${personId}`),
		openEngine: async ({ database }) => {
			databases.push(database);
			const signatureKey = new Uint8Array(32).fill([...new Set(databases)].indexOf(database) + 1);
			const keyPackages = async (count: number) => Array.from({ length: count }, () => utf8("key package"));
			return { signatureKey, keyPackages } as unknown as MlsEngine;
		},
		report: (state) => states.push(state),
		deviceName: "Test",
		now: () => now,
	};
}

async function blocked(profile?: string): Promise<EngineState> {
	const error = await enter(ports(profile)).catch((caught) => caught);
	expect(error).toBeInstanceOf(Blocked);
	return error.state;
}

describe("the first sign-in", () => {
	it("ends with a device whose chain verifies", async () => {
		const { self, identityFingerprint } = await enter(ports());
		const chain = self.chain.map(fromBase64);
		const device = await verifyChain(chain, world.root.der, now);
		expect(device).toMatchObject({ deviceId: self.deviceId, personId: alice().id, domain: "a.example" });
		expect(device.identityFingerprint).toBe(identityFingerprint);
		expect(states.map((state) => "step" in state && state.step)).toEqual([
			"identity-key",
			"device",
			"key-packages",
		]);
		expect(service.keyPackages).toBe(50);
	});

	it.each(["identity-key", "device"])(
		"goes on where it was when the answer to the %s was lost",
		async (step) => {
			service.loseAnswerOf = step;
			await expect(enter(ports())).rejects.toThrow("gone");
			const { self } = await enter(ports());
			expect(self.registered).toBe(true);
			expect([...service.devices.keys()]).toEqual([self.deviceId]);
			expect(new Set(databases).size).toBe(1);
		},
	);
});

describe("a later sign-in", () => {
	it("makes nothing new, and attaches the device to a new session", async () => {
		const first = await enter(ports());
		await enter(ports());
		expect(service.attached).toBe(0);
		service.deviceId = null;
		const later = await enter(ports());
		expect([later.self.deviceId, service.attached]).toEqual([first.self.deviceId, 1]);
		expect(service.devices.size).toBe(1);
	});

	it("says so when nobody is signed in", async () => {
		service.signedIn = false;
		expect(await blocked()).toEqual({ state: "signed-out" });
	});

	it("says in the service's words that the hospital has ended the access", async () => {
		service.accessEnded = "Ihr Zugang zu Klinikum A ist beendet.";
		expect(await blocked()).toEqual({ state: "access-ended", detail: service.accessEnded });
	});

	it("says so when the device was revoked", async () => {
		const { self } = await enter(ports());
		service.devices.set(self.deviceId, "revoked");
		service.deviceId = null;
		expect(await blocked()).toEqual({ state: "failed", reason: "device-revoked" });
	});

	it("makes a new device before the certificate ends", async () => {
		const first = await enter(ports());
		now = new Date(now.getTime() + 87 * DAY_MS);
		expect((await enter(ports())).self.deviceId).toBe(first.self.deviceId);
		now = new Date(now.getTime() + 2 * DAY_MS);
		const next = await enter(ports());
		expect(next.self.deviceId).not.toBe(first.self.deviceId);
		expect(next.identityFingerprint).toBe(first.identityFingerprint);
	});
});

describe("an identity key", () => {
	it("that is not in this browser needs the approval of the one where it is", async () => {
		await enter(ports());
		expect(await blocked("another browser")).toEqual({ state: "needs-approval", ended: null });
	});

	it("that was reset is replaced by a new one, with a new device", async () => {
		const first = await enter(ports());
		world.reset("alice");
		service.deviceId = null;
		const second = await enter(ports());
		expect(second.identityFingerprint).not.toBe(first.identityFingerprint);
		expect(second.self.deviceId).not.toBe(first.self.deviceId);
	});

	it("stands under the root that was seen first, or nothing is done", async () => {
		await enter(ports());
		service.root = new Uint8Array((await World.create()).root.der);
		expect(await blocked()).toEqual({ state: "failed", reason: "root-changed" });
	});
});

describe("key packages", () => {
	it("are put up to fifty when fewer than twenty-five are left", async () => {
		const { engine } = await enter(ports());
		for (const [left, after] of [
			[24, 50],
			[25, 25],
			[0, 50],
		] as const) {
			service.keyPackages = left;
			await topUpKeyPackages(service as unknown as Api, engine);
			expect(service.keyPackages).toBe(after);
		}
	});
});

describe("a hospital whose administrators approve new devices", () => {
	beforeEach(() => {
		service.administratorApproves = true;
	});

	const decide = (state: string) => {
		for (const id of service.approvals.keys()) service.approvals.set(id, state);
	};

	it("has nothing certified before that, and the same keys afterwards", async () => {
		const waiting = await blocked();
		expect(waiting).toMatchObject({
			state: "awaiting-administrator",
			code: expect.stringMatching(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/),
		});
		expect(alice().identity).toBeNull();
		expect(service.devices.size).toBe(0);
		expect(await blocked()).toEqual(waiting);
		decide("approved");
		const { self } = await enter(ports());
		expect([...service.approvals.keys()]).toEqual([self.deviceId]);
		expect(self.registered).toBe(true);
		await enter(ports());
		expect(service.approvals.size).toBe(1);
	});

	it("goes on by itself when nobody has to be asked any more", async () => {
		await blocked();
		service.administratorApproves = false;
		const { self } = await enter(ports());
		expect([...service.approvals.keys()]).toEqual([self.deviceId]);
	});

	it.each(["refused", "expired", "withdrawn"])(
		"says that it was %s, and asks again with other keys",
		async (state) => {
			await blocked();
			decide(state);
			service.reason = "Bitte kommen Sie vorbei.";
			const ended = { state: "not-approved", ended: state, reason: service.reason };
			expect([await blocked(), await blocked()]).toEqual([ended, ended]);
			await forgetCandidate(await ports().openStore(alice().id));
			expect(await blocked()).toMatchObject({ state: "awaiting-administrator" });
			expect([...service.approvals.values()]).toEqual([state, "waiting"]);
		},
	);

	it("says in the service's words why it takes no request", async () => {
		service.askAdministrator = async () => {
			throw new Problem(409, "conflict", "Drei Browser warten schon.");
		};
		const reason = "Drei Browser warten schon.";
		expect(await blocked()).toEqual({ state: "not-approved", ended: "conflict", reason });
	});

	it("goes on where it was when the answer to the certified key was lost", async () => {
		await blocked();
		decide("approved");
		service.loseAnswerOf = "identity-key";
		await expect(enter(ports())).rejects.toThrow("gone");
		const { self } = await enter(ports());
		expect([...service.approvals.keys()]).toEqual([self.deviceId]);
	});

	it("approves the device after a reset with a new identity key", async () => {
		await blocked();
		decide("approved");
		const first = await enter(ports());
		world.reset("alice");
		service.deviceId = null;
		expect(await blocked()).toMatchObject({ state: "awaiting-administrator" });
		decide("approved");
		const second = await enter(ports());
		expect(second.identityFingerprint).not.toBe(first.identityFingerprint);
	});

	it("is asked until it has decided, or until nobody waits any more", async () => {
		const asked: string[] = [];
		const api = {
			approval: async (id: string) => {
				asked.push(id);
				if (asked.length === 1) throw new Unreachable("offline");
				return { id, state: asked.length < 3 ? "waiting" : "refused", reason: "", expiresAt: "" };
			},
		};
		const pause = async () => undefined;
		await decided(api, "one", { stopped: () => false, pause });
		expect(asked).toEqual(["one", "one", "one"]);
		await decided(api, "two", { stopped: () => true, pause });
		expect(asked).not.toContain("two");
	});
});

describe("the recovery kit", () => {
	const recovery = async (profile = browser) =>
		new Recovery({ api: service, me: await service.me(), store: await ports(profile).openStore(alice().id) });

	it("brings the identity key into a new browser, which becomes another device under the same key", async () => {
		const first = await enter(ports());
		const secret = readKitCode((await (await recovery()).make()).join("-")) as Bytes;
		await (await recovery()).test(secret);
		const elsewhere = newId();
		service.deviceId = null;
		expect(await blocked(elsewhere)).toMatchObject({ state: "needs-approval" });
		await (await recovery(elsewhere)).restore(secret);
		const second = await enter(ports(elsewhere));
		expect(second.identityFingerprint).toBe(first.identityFingerprint);
		expect(second.self.deviceId).not.toBe(first.self.deviceId);
		expect(second.identity?.privateKey.extractable).toBe(false);
		const device = await verifyChain(second.self.chain.map(fromBase64), world.root.der, now);
		expect(device.identityFingerprint).toBe(first.identityFingerprint);
		expect([...service.devices.values()]).toEqual(["active", "active"]);
		expect(await (await recovery(elsewhere)).canMake()).toBe(true);
	});

	it("is not opened by another code, and asks the service once for many tries", async () => {
		await enter(ports());
		await (await recovery()).make();
		const one = await recovery(newId());
		for (let tries = 0; tries < 3; tries++) {
			await expect(one.restore(new Uint8Array(32).fill(tries))).rejects.toThrow(WrongCode);
		}
		expect(service.fetched).toBe(1);
	});

	it("ends when a new one is made, or when it is withdrawn", async () => {
		await enter(ports());
		const kit = await recovery();
		const old = readKitCode((await kit.make()).join("")) as Bytes;
		await kit.test(old);
		const current = readKitCode((await kit.make()).join("")) as Bytes;
		await expect(kit.test(old)).rejects.toThrow(WrongCode);
		await kit.test(current);
		await kit.withdraw();
		await expect((await recovery()).test(current)).rejects.toMatchObject({ code: "no-recovery-kit" });
	});

	it("is made only where the current identity key is", async () => {
		expect(await (await recovery(newId())).canMake()).toBe(false);
		await enter(ports());
		expect(await (await recovery()).canMake()).toBe(true);
		alice().identity = null;
		service.devices.clear();
		service.deviceId = null;
		await enter(ports(newId()));
		const old = await recovery();
		expect(await old.canMake()).toBe(false);
		await expect(old.make()).rejects.toThrow(NoIdentityKey);
	});
});
