/** What encryption costs in the browser: core-crypto alone, and the messenger around it (roster check, encrypted
 *  store, outbox), in one page and in turn. Driven by run.mjs, which prints the figures as JSON. */

import "../src/lib/trusted-types";
import { newId } from "../src/crypto/ids";
import { loadCoreCrypto } from "../src/engine/core-crypto";
import { meet, Peer, WASM } from "../tests/browser/room";
import { Bare } from "./bare";
import { Product } from "./product";

const MEMBERS = 100;
const ROUNDS = 200;
const CHANGES = 7;
const MISSED = 10_000;
const TEXT = "x".repeat(200);

type Figures = Record<string, number>;
type Work = (round: number) => Promise<unknown>;

function summary(name: string, taken: number[]): Figures {
	const sorted = taken.toSorted((left, right) => left - right);
	const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
	if (sorted.length < 20) return { [`${name}_ms`]: at(0.5) };
	return { [`${name}_p50_ms`]: at(0.5), [`${name}_p95_ms`]: at(0.95) };
}

async function once(work: () => Promise<unknown>): Promise<number> {
	const started = performance.now();
	await work();
	return performance.now() - started;
}

/** Two ways of doing the same, in turn, so that a busy machine is equally unfair to both. */
async function inTurn(name: string, count: number, bare: Work, product: Work): Promise<[Figures, Figures]> {
	const taken: [number[], number[]] = [[], []];
	for (let round = 0; round < count; round++) {
		taken[0].push(await once(() => bare(round)));
		taken[1].push(await once(() => product(round)));
	}
	return [summary(name, taken[0]), summary(name, taken[1])];
}

/** Talk in a group of 100. */
async function talk(bare: Bare, alice: Product, bob: Product): Promise<[Figures, Figures]> {
	const queued: string[] = [];
	const queueMs = await once(async () => {
		while (queued.length < ROUNDS) queued.push(await alice.enqueue(TEXT));
	});
	const encrypt = await inTurn(
		"encrypt",
		ROUNDS,
		() => bare.encrypt(TEXT),
		(round) => alice.encrypt(queued[round] ?? ""),
	);
	const settleMs = await once(() => alice.pump());
	const decrypt = await inTurn(
		"decrypt",
		ROUNDS,
		(round) => bare.decrypt(round),
		() => bob.readNext(),
	);
	const whole = { queue_ms: queueMs / ROUNDS, hand_over_and_settle_ms: settleMs / ROUNDS };
	const sizes = { bytes_of_200: bare.messageBytes() };
	return [
		{ ...sizes, ...encrypt[0], ...decrypt[0] },
		{ ...whole, ...encrypt[1], ...decrypt[1] },
	];
}

/** Come back to 10,000 messages: each is decrypted, its sender checked, and written down sealed. */
async function catchUp(alice: Product, bob: Product): Promise<Figures> {
	for (let sent = 0; sent < MISSED; sent++) {
		await alice.enqueue(TEXT);
		if (sent % ROUNDS === ROUNDS - 1) await alice.pump();
	}
	const taken = await once(() => bob.catchUp(MISSED));
	return { catch_up_10000_ms: taken };
}

/** Add one to 100 and remove one of 100, several times. */
async function change(bare: Bare, alice: Product, last: Product): Promise<[Figures, Figures]> {
	const taken: { [name: string]: [number[], number[]] } = { add_to_100: [[], []], remove_from_100: [[], []] };
	const sizes: Figures = {};
	for (let round = 0; round < CHANGES; round++) {
		await bare.prepareAdd();
		await alice.prepareAdd(last);
		taken.add_to_100?.[0].push(await once(() => bare.add()));
		sizes.add_to_100_commit_bytes = bare.commitBytes();
		sizes.add_to_100_welcome_bytes = bare.welcomeBytes();
		taken.add_to_100?.[1].push(await once(() => alice.add()));
		taken.remove_from_100?.[0].push(await once(() => bare.remove()));
		sizes.remove_from_100_commit_bytes = Math.max(
			sizes.remove_from_100_commit_bytes ?? 0,
			bare.commitBytes(),
		);
		taken.remove_from_100?.[1].push(await once(() => alice.remove(last)));
	}
	const of = (side: 0 | 1) =>
		Object.assign({}, ...Object.entries(taken).map(([name, both]) => summary(name, both[side])));
	return [{ ...of(0), ...sizes }, of(1)];
}

async function tenCommits(): Promise<number> {
	const peers: Peer[] = [];
	while (peers.length < 10) peers.push(await Peer.create());
	const room = await meet(...peers);
	return once(async () => {
		const tries = peers.map((peer) =>
			peer.engine.update(room.id, room.sender(peer.identity)).catch(() => null),
		);
		await Promise.all(tries);
		await Promise.all(peers.map((peer) => peer.follow(room)));
	});
}

/** The first visit: load the engine, make a device and a group. */
async function visit(): Promise<Figures> {
	const initMs = await once(() => loadCoreCrypto(WASM));
	const firstDeviceMs = await once(async () => {
		const peer = await Peer.create({ database: "visit" });
		await peer.engine.create(await remembered());
	});
	return { init_ms: initMs, first_device_ms: firstDeviceMs };
}

/** A later visit: load the engine; open the device's state and encrypt. */
async function revisit(): Promise<Figures> {
	const initMs = await once(() => loadCoreCrypto(WASM));
	const reopenMs = await once(async () => {
		const peer = await Peer.create({ database: "visit" });
		await peer.engine.encrypt(await remembered(), new TextEncoder().encode(TEXT));
	});
	return { init_again_ms: initMs, reopen_and_send_ms: reopenMs };
}

async function remembered(): Promise<string> {
	const known = sessionStorage.getItem("group") ?? newId();
	sessionStorage.setItem("group", known);
	return known;
}

/** Everything in a group of 100. */
async function measure(): Promise<Record<string, Figures>> {
	await loadCoreCrypto(WASM);
	const tenMs = await tenCommits();
	const devices = await Product.devices(MEMBERS + 1);
	const [alice, bob, ...rest] = devices;
	const last = rest.pop();
	if (!alice || !bob || !last) throw new Error("too few devices");
	const bare = await Bare.create();
	const packages = await Promise.all(rest.map((device) => device.keyPackage()));
	const bareMs = { create: await once(() => bare.begin(packages)), join: await once(() => bare.join()) };
	const wholeMs = {
		create: await once(() => alice.begin([bob, ...rest])),
		join: await once(() => bob.join(alice)),
	};
	const talked = await talk(bare, alice, bob);
	const caughtUp = await catchUp(alice, bob);
	const changed = await change(bare, alice, last);
	const look = await alice.look();
	return {
		start: { ten_commits_converge_ms: tenMs },
		bare: { create_and_add_100_ms: bareMs.create, join_100_ms: bareMs.join, ...talked[0], ...changed[0] },
		product: {
			create_and_verify_100_ms: wholeMs.create,
			join_and_verify_100_ms: wholeMs.join,
			...talked[1],
			...caughtUp,
			...changed[1],
			list_100_leaves_ms: look.membersMs,
			check_100_leaves_ms: look.checkMs,
		},
	};
}

Object.assign(window, { bench: { visit, revisit, measure } });
