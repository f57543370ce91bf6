/** Two hospitals, the service as an array in memory, and a browser with the real engine: what the engine's tests play on. */

import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, vi } from "vitest";
import { Service } from "../service/server";
import { World } from "../service/world";
import { launch } from "./browser";
import { Actor } from "./cast";

/** A stage for the tests of one file; everything on it is new for each test, but the browser. */
export class Stage {
	browser!: Browser;
	world!: World;
	service!: Service;
	origin!: string;
	private cast: Actor[] = [];

	constructor() {
		beforeAll(async () => {
			this.browser = await launch();
		}, 60_000);
		afterAll(() => this.browser?.close());
		beforeEach(() => this.open());
		afterEach(() => this.close());
	}

	async enter(name: string): Promise<Actor> {
		const actor = await Actor.enter(this.browser, this.world, this.origin, name);
		this.cast.push(actor);
		return actor.ready();
	}

	async team(...names: string[]): Promise<{ group: string; actors: Actor[] }> {
		const actors: Actor[] = [];
		for (const name of names) actors.push(await this.enter(name));
		const [first, ...others] = actors;
		if (!first) throw new Error("nobody");
		const personIds = others.map(({ personId }) => personId);
		const group = await first.call("create", { kind: "team", title: "Station 4", personIds });
		for (const other of others) await until(async () => (await other.call("conversations")).length > 0);
		return { group, actors };
	}

	/** Somebody who entered another way: they leave with the others. */
	add(actor: Actor): void {
		this.cast.push(actor);
	}

	/** Somebody whose problems are the test's subject. */
	dismiss(actor: Actor): void {
		this.cast = this.cast.filter((one) => one !== actor);
	}

	private async open(): Promise<void> {
		this.world = await World.create();
		await this.world.hospital("a.example", "alice", "anton");
		await this.world.hospital("b.example", "bob");
		await this.world.hospital("c.example", "charlie");
		this.service = new Service(this.world, inject("pages"));
		this.origin = await this.service.listen();
		this.cast = [];
	}

	private async close(): Promise<void> {
		for (const actor of this.cast) expect(actor.problems).toEqual([]);
		for (const actor of this.cast) await actor.context.close();
		await this.service.close();
	}
}

/** Wait for what comes by itself. */
export function until(condition: () => Promise<boolean>): Promise<unknown> {
	return vi.waitUntil(() => condition().catch(() => false), { timeout: 25_000, interval: 50 });
}

export function says(actor: Actor, group: string, ...texts: string[]): Promise<unknown> {
	return vi.waitFor(async () => expect(await actor.texts(group)).toEqual(texts), {
		timeout: 25_000,
		interval: 50,
	});
}
