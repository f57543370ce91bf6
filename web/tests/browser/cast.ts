/** People in front of browsers: each has a context of its own, signed in at the test service. */

import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Conversation, EngineState, Message, Messenger, MessengerEvent } from "../../src/engine/types";
import type { World } from "../service/world";
import type { Calls } from "./pages/client";

interface TestWindow {
	medicus: {
		messenger: Messenger;
		events: MessengerEvent[];
		call(name: string, args: unknown[]): Promise<never>;
	};
}

/** A call of the messenger failed; the message is the failure's code. */
export class Refused extends Error {}

const PATIENCE = { timeout: 30_000 };

export class Actor {
	private constructor(
		readonly name: string,
		readonly personId: string,
		readonly context: BrowserContext,
		private readonly origin: string,
		public page: Page,
		readonly problems: string[],
	) {}

	/** Sign in and open the page with the messenger. */
	static async enter(browser: Browser, world: World, origin: string, name: string): Promise<Actor> {
		const context = await browser.newContext();
		const page = await context.newPage();
		const actor = new Actor(name, world.person(name).id, context, origin, page, []);
		await actor.signIn(world);
		await actor.open();
		return actor;
	}

	/** A new session: it holds no device yet. */
	async signIn(world: World): Promise<void> {
		const cookie = { domain: "localhost", path: "/" };
		await this.context.addCookies([
			{ ...cookie, name: "session", value: world.signIn(this.name), httpOnly: true },
			{ ...cookie, name: "csrf", value: "test" },
		]);
	}

	/** Open the page anew, as after a crash or a visit elsewhere. */
	async open(): Promise<void> {
		if (this.page.isClosed()) this.page = await this.context.newPage();
		watch(this.page, this.problems);
		await this.page.goto(`${this.origin}/client`);
		await this.page.waitForFunction(() => "medicus" in window, undefined, PATIENCE);
	}

	/** Another tab of the same browser. */
	async tab(): Promise<Actor> {
		const page = await this.context.newPage();
		const tab = new Actor(this.name, this.personId, this.context, this.origin, page, this.problems);
		await tab.open();
		return tab;
	}

	/** Close the tab in the midst of whatever it does. */
	async crash(): Promise<void> {
		await this.page.close({ runBeforeUnload: false });
	}

	async ready(): Promise<this> {
		const online = () => {
			const { state } = (window as unknown as TestWindow).medicus.messenger;
			return state.state === "ready" && state.online;
		};
		await this.page.waitForFunction(online, undefined, PATIENCE);
		return this;
	}

	async state(wanted: EngineState["state"]): Promise<EngineState> {
		const is = (name: string) => (window as unknown as TestWindow).medicus.messenger.state.state === name;
		await this.page.waitForFunction(is, wanted, PATIENCE);
		return this.call("state");
	}

	/** Everything that was told since the page was opened. */
	events(): Promise<MessengerEvent[]> {
		return this.page.evaluate(() => (window as unknown as TestWindow).medicus.events);
	}

	/** Raises: Refused. */
	async call<K extends keyof Calls>(
		name: K,
		...args: Parameters<Calls[K]>
	): Promise<Awaited<ReturnType<Calls[K]>>> {
		const outcome = await this.page.evaluate(
			([method, given]) => (window as unknown as TestWindow).medicus.call(method, given),
			[name, args] as [string, unknown[]],
		);
		const { value, failure } = outcome as { value: never; failure?: { code: string; detail: string } };
		if (failure) throw new Refused(failure.code);
		return value;
	}

	async conversation(id: string): Promise<Conversation> {
		const found = (await this.call("conversations")).find((one) => one.id === id);
		if (!found) throw new Error(`${this.name} has no such conversation`);
		return found;
	}

	messages(id: string): Promise<Message[]> {
		return this.call("messages", id, { limit: 500 });
	}

	/** What is written in a conversation, without events. */
	async texts(id: string): Promise<string[]> {
		return (await this.messages(id)).filter(({ type }) => type === "text").map(({ text }) => text);
	}
}

/** A breach of the content security policy is an error of the page, even where nothing else happens. */
function watch(page: Page, problems: string[]): void {
	page.on("pageerror", (error) => problems.push(error.message));
	page.on("console", (message) => {
		if (process.env.VERBOSE) console.log(message.text());
		if (/Content Security Policy|Trusted(Script|HTML)/.test(message.text())) problems.push(message.text());
	});
}
