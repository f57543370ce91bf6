import { expect, it, vi } from "vitest";
import { id } from "./cast";
import type { FakeMessenger } from "./fake-messenger";
import { testPage, told } from "./page";

vi.setConfig({ testTimeout: 120_000 });

const pages = testPage("conversations");
const TOTAL = 10_000;

it("takes ten thousand messages into an open conversation, and can be used meanwhile", async () => {
	const page = await pages.open(`/conversations/${id(1)}/?scene=ready`);
	await page.locator(".message").first().waitFor();
	await page.evaluate(() => {
		const tasks: number[] = [];
		new PerformanceObserver((list) =>
			tasks.push(...list.getEntries().map(({ duration }) => duration)),
		).observe({
			entryTypes: ["longtask"],
		});
		Object.assign(window, { tasks });
	});
	const feeding = told(page, feed as never, { conversationId: id(1), total: TOTAL });
	await page.locator(".catch-up progress").waitFor();
	// Half way, somebody opens another conversation and comes back.
	await page
		.locator(`a[href*="${id(2)}"]`)
		.first()
		.click();
	await page
		.locator(`a[href*="${id(1)}"]`)
		.first()
		.click();
	await page.locator(".message").first().waitFor();
	expect(await page.locator(".catch-up").isVisible()).toBe(true);
	expect(await page.locator(".catch-up__rest").textContent()).toMatch(/von 10[.]?000/);
	await feeding;
	await page.locator(".catch-up").waitFor({ state: "hidden" });
	expect(await page.locator(".message").count()).toBeLessThan(1000);
	const tasks = await page.evaluate(() => (window as unknown as { tasks: number[] }).tasks);
	console.info(`longest task: ${Math.max(0, ...tasks)} ms of ${tasks.length} over 50 ms`);
});

/** In the page: messages in batches, ten a second, as the engine tells them. */
async function feed(
	messenger: FakeMessenger,
	{ conversationId, total }: { conversationId: string; total: number },
): Promise<void> {
	const [one] = (await messenger.messages(conversationId)).slice(-1);
	if (!one) throw new Error("nothing to go by");
	const begin = one.seq ?? 0;
	for (let done = 0; done < total; done += 100) {
		const messages = Array.from({ length: 100 }, (_, at) => ({
			...one,
			id: `0190aaaa-0000-7000-8000-${String(done + at).padStart(12, "0")}`,
			seq: begin + done + at + 1,
			own: false,
			send: null,
			text: `Nachricht ${done + at}`,
		}));
		messenger.tell({ type: "catch-up", done, total });
		messenger.tell({ type: "messages", conversationId, messages });
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	messenger.tell({ type: "catch-up", done: total, total });
}
