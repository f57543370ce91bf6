import { expect, test } from "vitest";
import { barriers, DESK, overflow, PHONE, testPage } from "../ui/page";

const pages = testPage("parts");

test.each([DESK, PHONE])(
	"each thing that the check can find is told in words, and what to do",
	async (size) => {
		const page = await pages.open("/?part=keys", size);
		await page.getByText("Ein Gerät kam hinzu, das dieser Browser nicht kennt").waitFor();
		expect(await page.locator("medicus-key-watch .notice").count()).toBe(8);
		const text = await page.locator("medicus-key-watch").innerText();
		expect(text).toContain("wurde „Chrome, Windows“ zu einem Ihrer Geräte");
		expect(text).toContain("hat Ihren Schlüssel am 01.03.2026, ");
		expect(text).not.toMatch(/\{\w+\}|undefined/);
		expect(await barriers(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
	},
	90_000,
);

test("an answer ends the warning it was given to", async () => {
	const page = await pages.open("/?part=keys");
	const revoke = page.getByRole("link", { name: "Gerät widerrufen" }).first();
	expect(await revoke.getAttribute("href")).toBe("/account/devices/d/revoke/");
	await page.getByRole("button", { name: "Das war ich" }).first().click();
	await page.getByText("Ein Gerät kam hinzu, das dieser Browser nicht kennt").waitFor({ state: "detached" });
	expect(await page.locator("medicus-key-watch .notice").count()).toBe(7);
}, 90_000);

test("elsewhere it leads to the account, and says nothing while all is well", async () => {
	const page = await pages.open("/?part=keys&scene=brief");
	const link = page.getByRole("link", { name: "Ansehen und antworten" }).first();
	expect(await link.getAttribute("href")).toBe("/account/");
	expect(await page.getByRole("button").count()).toBe(0);
	await page.goto(`${page.url()}-good`);
	await page.waitForTimeout(100);
	expect(await page.locator("medicus-key-watch").innerText()).toBe("");
}, 90_000);

test.each([
	["good", "nur Ihre Geräte und Schlüssel im Protokoll stehen: ja"],
	["offline", "ließ sich gerade nicht prüfen"],
	["unable", "Nehmen Sie eine neuere Version"],
])(
	"the account's page says how the check went: %s",
	async (scene, text) => {
		const page = await pages.open(`/?part=keys&scene=${scene}`);
		await page.getByText(text).waitFor();
		expect(await page.locator("medicus-key-watch .notice").count()).toBe(0);
	},
	90_000,
);

test("a browser that is no device says nothing", async () => {
	const page = await pages.open("/?part=keys&scene=none");
	await page.waitForTimeout(100);
	expect(await page.locator("medicus-key-watch").innerText()).toBe("");
}, 90_000);
