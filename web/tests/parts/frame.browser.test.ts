import { expect, test } from "vitest";
import { barriers, DESK, overflow, PHONE, testPage } from "../ui/page";

const pages = testPage("parts");

/** A page whose part is busy and says the next of `words` with each look; the last one is not busy. */
function counted(words: string[]): { looks: () => number } {
	let looks = 0;
	answer(() => {
		const word = words[Math.min(looks++, words.length - 1)] ?? "";
		return part(word, looks < words.length);
	});
	return { looks: () => looks };
}

function part(word: string, busy: boolean): string {
	return `<medicus-poll id="part" every="0.05"><p${busy ? " data-busy" : ""}>${word}</p><input></medicus-poll>`;
}

function answer(content: () => string): void {
	pages.answers["/poll"] = (_, response) => {
		response.setHeader("Content-Type", "text/html; charset=utf-8");
		response.end(`<!doctype html><html lang="de"><title>Test</title><script type="module" src="/page.js"></script>
<main>${content()}</main></html>`);
	};
}

test("a part that is busy is looked at again until it is not", async () => {
	const server = counted(["wird geprüft", "wird geprüft", "verfügbar"]);
	const page = await pages.open("/poll");
	await page.waitForFunction(() => document.querySelector("#part")?.textContent?.includes("verfügbar"));
	const looks = server.looks();
	await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
	expect(server.looks()).toBe(looks);
}, 90_000);

test("an upload that is done makes it look at once", async () => {
	counted(["nichts", "ein Befund"]);
	const page = await pages.open("/poll");
	await page.evaluate(() => document.dispatchEvent(new CustomEvent("medicus-upload:done")));
	await page.waitForFunction(() => document.querySelector("#part")?.textContent?.includes("ein Befund"));
}, 90_000);

test("nothing is replaced under the hands of somebody who types", async () => {
	let word = "wird geprüft";
	let looks = 0;
	answer(() => {
		looks++;
		return part(word, true);
	});
	const page = await pages.open("/poll");
	await page.focus("#part input");
	word = "verfügbar";
	const before = looks;
	await expect.poll(() => looks, { timeout: 20_000 }).toBeGreaterThan(before + 2);
	expect(await page.locator("#part p").innerText()).toBe("wird geprüft");
	await page.evaluate(() => (document.activeElement as HTMLElement).blur());
	await page.waitForFunction(() => document.querySelector("#part")?.textContent?.includes("verfügbar"));
}, 90_000);

test("what cannot be undone is asked before", async () => {
	let posts = 0;
	pages.answers["/revoked"] = (request, response) => {
		posts += Number(request.method === "POST");
		response.end("<!doctype html><title>Beendet</title>");
	};
	const page = await pages.open("/?part=confirm");
	await page.click("text=Beenden");
	await page.waitForSelector("dialog[open]");
	expect(await barriers(page)).toEqual([]);
	await page.click("text=Abbrechen");
	await expect.poll(() => page.locator("dialog").count()).toBe(0);
	expect(posts).toBe(0);
	await page.click("text=Beenden");
	await page.click("dialog .button--danger");
	await page.waitForURL("**/revoked");
	expect(posts).toBe(1);
}, 90_000);

test("Escape answers no, and the focus returns to the button", async () => {
	const page = await pages.open("/?part=confirm");
	await page.focus("form button");
	await page.keyboard.press("Enter");
	await page.waitForSelector("dialog[open]");
	await page.keyboard.press("Escape");
	await page.waitForSelector("dialog", { state: "detached" });
	expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Beenden");
}, 90_000);

test("one menu is open at a time; Escape closes it and keeps the focus", async () => {
	const page = await pages.open("/?part=menu");
	await page.click("#eins summary");
	await page.click("#zwei summary");
	expect(await page.locator("details[open]").count()).toBe(1);
	await page.keyboard.press("Tab");
	await page.keyboard.press("Escape");
	expect(await page.locator("details[open]").count()).toBe(0);
	expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("zwei");
}, 90_000);

test.each([
	["ready", DESK],
	["ready", PHONE],
	["setting-up", DESK],
	["empty", PHONE],
	["talked", PHONE],
	["contact", DESK],
	["contact", PHONE],
	["locked-elsewhere", DESK],
	["needs-approval", DESK],
	["joining", PHONE],
	["failed", DESK],
	["signed-out", DESK],
])(
	"the work list's conversations, %s, have no barrier and fit",
	async (scene, size) => {
		const page = await pages.open(`/?part=inbox&scene=${scene}`, size);
		await page.waitForSelector("medicus-inbox :is(.rows, .empty, .steps)");
		expect(await barriers(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
	},
	90_000,
);

test("the number beside the title is the number of conversations with something new", async () => {
	const page = await pages.open("/?part=inbox&scene=ready");
	await page.waitForSelector("medicus-inbox .row");
	const waiting = await page.locator("medicus-inbox .row--unread").count();
	expect(waiting).toBeGreaterThan(0);
	expect(await page.locator("#waiting").innerText()).toBe(String(waiting));
}, 90_000);

test("a request to get in touch is an entry of its own kind, above what only was written", async () => {
	const page = await pages.open("/?part=inbox&scene=contact", PHONE);
	const [first] = await page.locator("medicus-inbox .row").all();
	const text = (await first?.innerText()) ?? "";
	expect(text).toContain("von Hohenberg-Lichtenstein");
	expect(text).toContain("möchte mit Ihnen ins Gespräch kommen");
	expect(text).toContain("Anfrage");
	expect(await page.getByText("wartet auf Annahme").filter({ visible: true }).count()).toBe(1);
	expect(await page.locator("#waiting").innerText()).toBe("2");
}, 90_000);

test("where somebody names the person stands above what is only unread, and says so", async () => {
	const page = await pages.open("/?part=inbox&scene=talked");
	await page.waitForSelector("medicus-inbox .row");
	const rows = await page.locator("medicus-inbox .row").allInnerTexts();
	const [locked, named, ...rest] = rows;
	expect(locked).toContain("Gesperrt");
	expect(named).toContain("Sie wurden erwähnt");
	expect(rest.join()).not.toContain("Sie wurden erwähnt");
	if (process.env.SCREENSHOTS)
		await page.screenshot({ path: `${process.env.SCREENSHOTS}/inbox-mentioned.png` });
}, 90_000);
