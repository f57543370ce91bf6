import type { Locator, Page } from "playwright-core";
import { describe, expect, it, vi } from "vitest";
import { bob, carla, id, message } from "./cast";
import { barriers, calls, DESK, overflow, PHONE, testPage, told } from "./page";

vi.setConfig({ testTimeout: 60_000 });

const pages = testPage("conversations");
const CASE = `/conversations/${id(1)}/?scene=talked`;
const DIRECT = `/conversations/${id(2)}/?scene=talked`;

const row = (page: Page, text: string) => page.locator(".message", { hasText: text });
const field = (page: Page) => page.getByRole("textbox", { name: /Nachricht an/ });
const item = (page: Page, name: string) => page.getByRole("menuitem", { name });

async function menu(page: Page, of: Locator): Promise<void> {
	await of.hover();
	await of.getByRole("button", { name: "Aktionen zu dieser Nachricht" }).click();
	await page.getByRole("menu").waitFor();
}

async function open(path: string, size = DESK): Promise<Page> {
	const page = await pages.open(path, size);
	await page.waitForSelector(".message");
	return page;
}

describe("a conversation with all that can be said", () => {
	it.each([DESK, PHONE])(
		"has no barrier and fits, its menu and its dialogs, too ($width pixels)",
		async (size) => {
			const page = await open(CASE, size);
			const own = row(page, "Bestätigt: 5 mg");
			expect([await barriers(page), await overflow(page)]).toEqual([[], 0]);
			await menu(page, own);
			expect([await barriers(page), await overflow(page)]).toEqual([[], 0]);
			await item(page, "Weiterleiten").click();
			await page.getByRole("heading", { name: "Nachricht weiterleiten" }).waitFor();
			expect([await barriers(page), await overflow(page)]).toEqual([[], 0]);
			await page.keyboard.press("Escape");
			await own.getByRole("button", { name: "Bearbeitet" }).click();
			await page.getByRole("dialog").getByText("Bestätigt: 10 mg.").waitFor();
			expect([await barriers(page), await overflow(page)]).toEqual([[], 0]);
			await page.keyboard.press("Escape");
			await field(page).fill("@");
			await page.getByRole("listbox").waitFor();
			expect([await barriers(page), await overflow(page)]).toEqual([[], 0]);
		},
	);

	it("says what was taken back, and offers nothing for it", async () => {
		const page = await open(CASE);
		const gone = row(page, "Anton Aydın hat diese Nachricht zurückgerufen.");
		await gone.hover();
		expect(await gone.getByRole("button").count()).toBe(0);
		await page.getByText("Der Rückruf wartet auf Verbindung").waitFor();
		await page.getByRole("link", { name: /Herzkonferenz.*Sie wurden erwähnt/ }).waitFor();
	});
});

describe("an answer", () => {
	it("carries what it answers, and leads there", async () => {
		const page = await open(CASE);
		await row(page, "@Dr. Alice Albrecht").hover();
		await row(page, "@Dr. Alice Albrecht").getByRole("button", { name: "Antworten" }).click();
		await page.getByText("Antwort an Anton Aydın").waitFor();
		await field(page).fill("Ja, 5 mg.");
		await page.keyboard.press("Enter");
		const [[, , , options] = []] = await calls(page, "send");
		const asked = await row(page, "@Dr. Alice Albrecht").first().getAttribute("data-message");
		expect(options).toEqual({ replyTo: asked });
		const quote = row(page, "Ja, 5 mg.").getByRole("button", { name: "Zur Nachricht von Anton Aydın" });
		await quote.click();
		await page.locator(`.spotlight[data-message="${asked}"]`).waitFor();
		expect(await page.locator(".intent").isVisible()).toBe(false);
	});

	it("to a message that is not here says so; one that is taken back is quoted no more", async () => {
		const page = await open(CASE);
		const quote = (of: string) => row(page, of).locator(".quote__line");
		expect(await quote("Dann bleibt es dabei.").textContent()).toBe("Nachricht nicht mehr hier");
		expect(await quote("Danke, gesehen.").textContent()).toBe("Datei: Befund_Labor.pdf");
		await menu(page, row(page, "Befund_Labor.pdf").first());
		await item(page, "Zurückrufen").click();
		await page.getByRole("button", { name: "Zurückrufen", exact: true }).click();
		await expect.poll(() => quote("Danke, gesehen.").textContent()).toBe("Nachricht zurückgerufen");
		expect(await page.getByRole("button", { name: "Herunterladen" }).count()).toBe(0);
		expect(await page.getByText("Befund_Labor.pdf").count()).toBe(0);
	});

	it("is let be with Escape", async () => {
		const page = await open(CASE);
		await menu(page, row(page, "Rhythmusprotokoll"));
		await item(page, "Antworten").click();
		await page.keyboard.press("Escape");
		await field(page).fill("Etwas anderes");
		await page.keyboard.press("Enter");
		expect(await calls(page, "send")).toEqual([["send", id(1), "Etwas anderes"]]);
	});
});

describe("a message that is changed", () => {
	it("comes into the text field, goes out as a change, and gives the draft back; by keyboard alone", async () => {
		const page = await open(CASE);
		await field(page).fill("Angefangen");
		await row(page, "Bestätigt: 5 mg").locator(".message__more").focus();
		await page.keyboard.press("Enter");
		await page.keyboard.press("End");
		await page.keyboard.press("ArrowUp");
		await page.keyboard.press("Enter");
		expect(await field(page).inputValue()).toBe("Bestätigt: 5 mg, nicht 10 mg.");
		await field(page).fill("Bestätigt: 5 mg morgens.");
		await page.keyboard.press("Enter");
		await row(page, "Bestätigt: 5 mg morgens.").waitFor();
		const [[, , annotation] = []] = await calls(page, "annotate");
		expect(annotation).toEqual({ act: "edit", text: "Bestätigt: 5 mg morgens.", mentions: [] });
		expect(await field(page).inputValue()).toBe("Angefangen");
		expect(await calls(page, "send")).toEqual([]);
	});

	it("is offered only to its author, and only for fifteen minutes", async () => {
		const page = await open(CASE);
		for (const text of ["Guten Morgen, hier die Übersicht", "Rhythmusprotokoll"]) {
			await menu(page, row(page, text));
			expect(await item(page, "Bearbeiten").count()).toBe(0);
			await page.keyboard.press("Escape");
			await page.getByRole("menu").waitFor({ state: "hidden" });
		}
	});

	it("stays in the text field when it was refused, with the reason", async () => {
		const page = await open(CASE);
		await menu(page, row(page, "Bestätigt: 5 mg"));
		await item(page, "Bearbeiten").click();
		await told(page, (messenger) => {
			messenger.refuseNext = { code: "edit-late", detail: "" };
		});
		await field(page).fill("Zu spät");
		await page.keyboard.press("Enter");
		await page.getByRole("alert").getByText("15 Minuten").waitFor();
		expect(await field(page).inputValue()).toBe("Zu spät");
	});
});

describe("signs", () => {
	it("are given and taken with a click, and say whose they are", async () => {
		const page = await open(CASE);
		const dose = row(page, "Kontrolle in zwei Wochen").first();
		const agreed = dose.getByRole("button", { name: /Zustimmung:/ });
		expect(await agreed.getAttribute("data-who")).toBe("Zustimmung: Sie, Anton Aydın und Dr. Carla Çelik");
		await agreed.click();
		await expect.poll(() => agreed.getAttribute("aria-pressed")).toBe("false");
		await menu(page, dose);
		await page.getByRole("menuitemcheckbox", { name: "Erledigt" }).click();
		await dose.getByRole("button", { name: "Erledigt: Sie" }).waitFor();
		expect((await calls(page, "annotate")).map(([, , annotation]) => annotation)).toEqual([
			{ act: "reaction", reaction: "agree", set: false },
			{ act: "reaction", reaction: "done", set: true },
		]);
	});
});

describe("naming somebody", () => {
	it("offers the people of the conversation, takes one by keyboard, and sends their ids", async () => {
		const page = await open(CASE);
		await field(page).pressSequentially("Bitte @ca");
		await page.getByRole("option", { name: /Çelik/ }).waitFor();
		await page.keyboard.press("Enter");
		expect(await field(page).inputValue()).toBe(`Bitte @${carla().name} `);
		await field(page).pressSequentially("und @bau");
		await page.keyboard.press("Tab");
		await page.keyboard.press("Enter");
		const mentions = [bob().personId, carla().personId];
		const text = `Bitte @${carla().name} und @${bob().name}`;
		expect(await calls(page, "send")).toEqual([["send", id(1), text, { mentions }]]);
		expect(await row(page, text).locator(".mention").allTextContents()).toEqual([
			`@${carla().name}`,
			`@${bob().name}`,
		]);
	});

	it("needs nobody to choose between two, and is let be with Escape", async () => {
		const page = await open(DIRECT);
		await field(page).pressSequentially("@b");
		expect(await page.getByRole("listbox").isVisible()).toBe(false);
		const group = await open(CASE);
		await field(group).pressSequentially("@b");
		await group.getByRole("listbox").waitFor();
		await group.keyboard.press("Escape");
		await group.keyboard.press("Enter");
		expect(await calls(group, "send")).toEqual([["send", id(1), "@b"]]);
	});
});

describe("pins", () => {
	it("stand above the thread, lead to their place, and are taken off there", async () => {
		const page = await open(CASE);
		const strip = page.getByRole("region", { name: "Angeheftet" });
		await strip.getByRole("button", { name: "Alle 2" }).click();
		expect(await strip.getByRole("listitem").count()).toBe(2);
		await strip.getByRole("button", { name: /Angeheftet: .*Bisoprolol/ }).click();
		await page.locator(".spotlight", { hasText: "Bisoprolol" }).waitFor();
		await strip.getByRole("button", { name: /Nicht mehr anheften: Bisoprolol/ }).click();
		await expect.poll(() => strip.getByRole("listitem").count()).toBe(1);
		await menu(page, row(page, "Befund_Labor.pdf").first());
		await item(page, "Nicht mehr anheften").click();
		await strip.waitFor({ state: "hidden" });
	});
});

describe("passing a message on", () => {
	it("from a case to anything else is not possible, and the dialog says why", async () => {
		const page = await open(CASE);
		await menu(page, row(page, "Rhythmusprotokoll"));
		await item(page, "Weiterleiten").click();
		await page.getByText("nur in ein anderes Fall-Gespräch").waitFor();
		for (const radio of await page.getByRole("radio").all()) expect(await radio.isDisabled()).toBe(true);
		await page.getByRole("button", { name: "Weiterleiten", exact: true }).click();
		await page.getByRole("alert").getByText("Wählen Sie ein Gespräch.").waitFor();
		expect(await calls(page, "forward")).toEqual([]);
	});

	it("to other hospitals names them and wants a yes", async () => {
		const page = await open(DIRECT);
		await menu(page, row(page, "Jederzeit."));
		await item(page, "Weiterleiten").click();
		await page.getByRole("radio", { name: /Herzkonferenz/ }).check();
		await page.getByText("Zentrum für Radiologie Crailsheim. Leiten Sie nur weiter").waitFor();
		const send = page.getByRole("button", { name: "Weiterleiten", exact: true });
		await send.click();
		await page.getByRole("alert").getByText("Bestätigen Sie").waitFor();
		expect(await calls(page, "forward")).toEqual([]);
		await page.getByRole("checkbox").check();
		await send.click();
		await page.getByRole("dialog").waitFor({ state: "detached" });
		const [[, , to] = []] = await calls(page, "forward");
		expect(to).toBe(id(4));
	});
});

describe("with a finger", () => {
	it("a long press opens the menu, which stays until something is chosen or touched elsewhere", async () => {
		const page = await open(CASE, PHONE);
		const bubble = row(page, "Danke, gesehen.").locator(".message__text");
		const touch = { pointerType: "touch", bubbles: true };
		await bubble.dispatchEvent("pointerdown", touch);
		await page.getByRole("menu").waitFor();
		await bubble.dispatchEvent("pointerup", touch);
		await page.getByRole("menu").waitFor();
		await page.locator(".thread__head").dispatchEvent("pointerdown", touch);
		await page.getByRole("menu").waitFor({ state: "hidden" });
		await bubble.dispatchEvent("pointerdown", touch);
		await bubble.dispatchEvent("pointerup", touch);
		// Longer than a long press takes: a short one must not have begun it.
		await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 700)));
		expect(await page.getByRole("menu").isVisible()).toBe(false);
	});
});

describe("where nothing can be written", () => {
	it("nothing can be said about messages either, but they can be copied, passed on and reported", async () => {
		const page = await open(`/conversations/${id(5)}/?scene=talked`);
		await menu(page, row(page, "Erledigt."));
		expect(await page.getByRole("menuitem").allTextContents()).toEqual([
			"Weiterleiten …",
			"Text kopieren",
			"Melden …",
		]);
		expect(await page.getByRole("menuitemcheckbox").count()).toBe(0);
	});

	it("a new message still comes in while a menu is open", async () => {
		const page = await open(DIRECT);
		await menu(page, row(page, "Jederzeit."));
		const fresh = message(9, bob(), "Noch etwas.");
		await told(
			page,
			(messenger, one: never) => messenger.arrive("0190" + "0002-1111-7000-8000-000000000000", one),
			fresh,
		);
		await row(page, "Noch etwas.").waitFor();
		expect(await page.getByRole("menu").isVisible()).toBe(true);
	});

	it("follows its message while that scrolls, and closes when it is out of sight", async () => {
		const page = await open(CASE, { width: 1440, height: 800 });
		const scroller = page.locator(".thread__scroll");
		await menu(page, row(page, "Bestätigt: 5 mg"));
		const { y: before = 0 } = (await page.getByRole("menu").boundingBox()) ?? {};
		await scroller.evaluate((element) => element.scrollBy(0, -20));
		await expect
			.poll(async () => (await page.getByRole("menu").boundingBox())?.y)
			.toBeCloseTo(before + 20, 0);
		await scroller.evaluate((element) => element.scrollTo({ top: 0, behavior: "instant" }));
		await page.getByRole("menu").waitFor({ state: "hidden" });
	});
});
