/** A built test page in a browser, for the length of a test file. */
import { readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { FakeMessenger } from "./fake-messenger";
import { type Answer, buildPage, openBrowser, serve } from "./server";

export const DESK = { width: 1440, height: 900 };
export const PHONE = { width: 360, height: 780 };

export interface TestPage {
	open(path: string, size?: { width: number; height: number }): Promise<Page>;
	/** What the server would say, by path. */
	answers: Record<string, Answer>;
}

/** Build `name` of tests/ui/pages before the tests, and open it in them. Every page error fails the test that made it. */
export function testPage(name: string): TestPage {
	const answers: Record<string, Answer> = {};
	let folder = "";
	let browser: Browser;
	let server: { url: string; close(): void };
	beforeAll(async () => {
		folder = await buildPage(name);
		server = await serve(folder, answers);
		browser = await openBrowser();
	}, 180_000);
	afterAll(async () => {
		await browser?.close();
		server?.close();
		rmSync(folder, { recursive: true, force: true });
	});
	afterEach(async () => {
		for (const context of browser.contexts()) await context.close();
	});
	const open = async (path: string, size = DESK) => {
		const context = await browser.newContext({ viewport: size, locale: "de-DE", hasTouch: size.width < 500 });
		const page = await context.newPage();
		page.setDefaultTimeout(15_000);
		page.on("pageerror", (error) => expect.unreachable(`the page fell: ${error}`));
		await page.goto(server.url + path);
		return page;
	};
	return { open, answers };
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds serious or critical, as `rule: where`. */
export async function barriers(page: Page): Promise<string[]> {
	await page.evaluate(axe);
	const found = await page.evaluate(async () => {
		const { axe } = window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
		interface Violation {
			id: string;
			impact: string;
			nodes: { target: string[] }[];
		}
		const { violations } = await axe.run();
		return violations
			.filter(({ impact }) => impact === "serious" || impact === "critical")
			.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
	});
	return found;
}

/** By how many pixels the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
	return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

/** Do something with the messenger inside the page. */
export function told<Result>(
	page: Page,
	act: (messenger: FakeMessenger, extra: never) => Result,
	extra?: unknown,
): Promise<Result> {
	return page.evaluate(`(${act})(window.messenger, ${JSON.stringify(extra ?? null)})`) as Promise<Result>;
}

export const calls = (page: Page, name: string) =>
	told(page, (messenger, wanted: string) => messenger.calls.filter((call) => call[0] === wanted), name);
