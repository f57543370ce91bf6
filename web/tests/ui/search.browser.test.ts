import { describe, expect, it, vi } from "vitest";
import { id } from "./cast";
import { barriers, calls, DESK, overflow, PHONE, testPage, told } from "./page";

vi.setConfig({ testTimeout: 60_000 });

const pages = testPage("conversations");
const LONG = `/conversations/${id(2)}/`;
const shots = process.env.SCREENSHOTS;
const marked = (text: string) => `.spotlight:has-text("${text}")`;

describe("searching and jumping", () => {
	it("finds messages by keyboard, goes to one, and back to the newest", async () => {
		const page = await pages.open("/conversations/?scene=long", DESK);
		await page.getByText("Rückfragen Labor").waitFor();
		await page.keyboard.press("Control+k");
		await page.keyboard.type("nachricht 17");
		await page.getByText("11 Nachrichten gefunden").waitFor();
		expect(await page.locator(".search__hit mark").allTextContents()).toContain("179");
		expect(await barriers(page)).toEqual([]);
		if (shots) await page.screenshot({ path: `${shots}/search-desk.png` });
		await page.getByRole("button", { name: "7 weitere in diesem Gespräch" }).click();
		await page.getByRole("button", { name: /Nur in: Prof. Dr. Bob/ }).waitFor();
		await page.locator(".search__hit").nth(10).waitFor();
		for (let step = 0; step < 11; step += 1) await page.keyboard.press("ArrowDown");
		await page.keyboard.press("Enter");
		await page.locator(marked("Nachricht 17")).waitFor();
		expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("Nachricht 17");
		expect(await page.getByText("Nachricht 17", { exact: true }).first().isVisible()).toBe(true);
		if (shots) await page.screenshot({ path: `${shots}/jumped-desk.png` });
		expect(await calls(page, "markSeen")).toEqual([]);
		await page.getByRole("button", { name: "Zurück zum Neuesten" }).click();
		await page.getByText("Nachricht 180", { exact: true }).waitFor();
		await page.keyboard.press("/");
		await page.keyboard.press("Escape");
		expect(await page.getByRole("searchbox").inputValue()).toBe("");
		await page.locator(".search__results").waitFor({ state: "hidden" });
	});

	it("searches one conversation on a phone, and says what is not to be found", async () => {
		const page = await pages.open(`/conversations/${id(1)}/`, PHONE);
		await page.getByRole("button", { name: "In diesem Gespräch suchen" }).click();
		const field = page.getByRole("searchbox");
		await field.fill("gradiend");
		await page.getByText("Ähnlich geschrieben:").waitFor();
		expect(await page.locator(".search__hit mark").allTextContents()).toEqual(["Gradient"]);
		expect(await barriers(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
		if (shots) await page.screenshot({ path: `${shots}/search-phone.png` });
		await page.getByText("Filter", { exact: true }).click();
		await page.getByLabel("Art").selectOption("file");
		await page.getByText("Keine Nachricht passt zu „gradiend“").waitFor();
		await page.getByText(/Der Verlauf auf diesem Gerät beginnt am/).waitFor();
		if (shots) await page.screenshot({ path: `${shots}/search-filters-phone.png` });
		expect(await barriers(page)).toEqual([]);
		await page.getByRole("button", { name: "Filter aufheben" }).click();
		await page.locator(".search__hit").first().click();
		await page.locator(marked("Gradient")).waitFor();
		await page.getByRole("button", { name: "In diesem Gespräch suchen" }).click();
		await page.getByRole("button", { name: /Nur in: Aorten/ }).click();
		await page.getByRole("heading", { name: /Aortenisthmus/ }).waitFor();
		expect(await overflow(page)).toBe(0);
	});

	it("says that it prepares, that it failed, and tries again", async () => {
		const page = await pages.open("/conversations/", DESK);
		await page.getByText("Rückfragen Labor").waitFor();
		await told(page, (messenger) => {
			messenger.slow = new Promise((resolve) => Object.assign(window, { goOn: resolve }));
			messenger.refuseNext = { code: "internal", detail: "" };
		});
		await page.getByRole("searchbox").fill("aorta");
		await page.getByText("Der Verlauf wird für die Suche vorbereitet").waitFor();
		await page.evaluate("goOn()");
		await page.getByText("Die Suche ist gerade nicht möglich.").waitFor();
		await page.getByRole("button", { name: "Erneut versuchen" }).click();
		await page.getByText("Keine Nachricht passt zu „aorta“.").waitFor();
	});

	it("follows an address with a message in it, and says when that is not here", async () => {
		const first = await pages.open(LONG, DESK);
		await first.getByText("Jederzeit.").waitFor();
		const known = await told(
			first,
			(messenger, wanted: string) => messenger.messages(wanted).then((all) => all[0]?.id),
			id(2),
		);
		// Ids of the scene count from the start of the page: the same scene has the same ones.
		const page = await pages.open(`${LONG}#m-${known}`, DESK);
		await page.locator(".spotlight").waitFor();
		expect(new URL(page.url()).hash).toBe("");
		const gone = await pages.open(`${LONG}#m-01900000-0000-7000-8000-0000000000ff`, PHONE);
		await gone.getByText("Diese Nachricht ist auf diesem Gerät nicht vorhanden.").waitFor();
		if (shots) await gone.screenshot({ path: `${shots}/gone-phone.png` });
		expect(await barriers(gone)).toEqual([]);
		expect(await overflow(gone)).toBe(0);
	});
});
