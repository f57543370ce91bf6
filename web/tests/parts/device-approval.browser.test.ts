import { expect, test } from "vitest";
import type { FakeMessenger } from "../ui/fake-messenger";
import { barriers, DESK, overflow, PHONE, testPage } from "../ui/page";

const pages = testPage("parts");
const JOIN = "0197f0a0-0000-7000-8000-000000000001";
const FINGERPRINT = "A".repeat(43);

interface Fake {
	messenger: FakeMessenger;
}

test.each([DESK, PHONE])(
	"the code is checked for its form, then given to the messenger",
	async (size) => {
		const page = await pages.open("/?part=approval", size);
		const field = page.getByLabel("Code, den der neue Browser zeigt");
		await field.waitFor();
		expect(await barriers(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
		await field.fill("zu kurz");
		await field.press("Enter");
		await page.getByText("Das ist kein vollständiger Code").waitFor();
		expect(await field.getAttribute("aria-invalid")).toBe("true");
		await field.fill("meb2 deq0 hwc6");
		await field.press("Enter");
		await page.getByText("Der Browser gehört jetzt zu Ihren Geräten").waitFor();
		await page.getByText("2 Gespräche gehen dort weiter").waitFor();
		expect(await page.locator("form[data-refuse]").count()).toBe(0);
		const calls = await page.evaluate(() => (window as unknown as Fake).messenger.calls);
		expect(calls).toEqual([["approve", JOIN, { code: "MEB2-DEQ0-HWC6" }, true]]);
		await page.getByText("holt der neue Browser aus Ihrer Sicherung zurück").waitFor();
	},
	90_000,
);

test("a link with the fingerprint needs no typing, and takes it out of the address", async () => {
	const page = await pages.open(`/?part=approval#${FINGERPRINT}`);
	await page.getByText("Der Code kam mit dem QR-Code").waitFor();
	expect(page.url()).not.toContain(FINGERPRINT);
	await page.getByRole("button", { name: "Dieses Gerät bestätigen" }).click();
	await page.getByText("Der Browser gehört jetzt zu Ihren Geräten").waitFor();
	const calls = await page.evaluate(() => (window as unknown as Fake).messenger.calls);
	expect(calls).toEqual([["approve", JOIN, { fingerprint: FINGERPRINT }, true]]);
}, 90_000);

test("the history stays where the person says so, also past the second factor", async () => {
	const page = await pages.open(`/?part=approval#${FINGERPRINT}`);
	const along = page.getByRole("checkbox", { name: "Frühere Nachrichten mitgeben" });
	expect(await along.isChecked()).toBe(true);
	await along.uncheck();
	await page.evaluate(() => {
		const { messenger } = window as unknown as Fake;
		messenger.refuseNext = { code: "fresh-factor-required", detail: "" };
	});
	await page.getByRole("button", { name: "Dieses Gerät bestätigen" }).click();
	await page.getByRole("link", { name: "Mit zweitem Faktor bestätigen" }).waitFor();
	await page.goto(new URL("/?part=approval", page.url()).href);
	await along.waitFor();
	expect(await along.isChecked()).toBe(false);
	await page.getByRole("button", { name: "Dieses Gerät bestätigen" }).click();
	await page.getByText("Frühere Nachrichten bleiben hier.").waitFor();
	const calls = await page.evaluate(() => (window as unknown as Fake).messenger.calls);
	expect(calls).toEqual([["approve", JOIN, { fingerprint: FINGERPRINT }, false]]);
}, 90_000);

test.each([
	["off", "denn Ihre Sicherung ist aus", 1],
	["elsewhere", "der Schlüssel Ihrer Sicherung ist nicht in diesem Browser", 0],
	["none", "Sie bleiben auf diesem Gerät.", 0],
])(
	"where no history can come along, that is said, and how to get it: %s",
	async (history, text, links) => {
		const page = await pages.open(`/?part=approval&history=${history}#${FINGERPRINT}`, PHONE);
		await page.getByText(text).waitFor();
		expect(await barriers(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
		expect(await page.getByRole("checkbox").count()).toBe(0);
		expect(await page.getByRole("link", { name: "Zur Sicherung" }).count()).toBe(links);
		await page.getByRole("button", { name: "Dieses Gerät bestätigen" }).click();
		await page.getByText("Frühere Nachrichten bleiben hier.").waitFor();
	},
	90_000,
);

test("a code that does not fit can be typed again, other refusals end it", async () => {
	const page = await pages.open("/?part=approval");
	const refuse = (code: string) =>
		page.evaluate((given) => {
			(window as unknown as Fake).messenger.refuseNext = { code: given, detail: "" };
		}, code);
	const field = page.getByLabel("Code, den der neue Browser zeigt");
	await refuse("join-mismatch");
	await field.fill("0000-0000-0000");
	await field.press("Enter");
	await page.getByText("Dieser Code passt nicht zu den Schlüsseln").waitFor();
	await refuse("join-over");
	await field.press("Enter");
	await page.getByText("Diese Anfrage ist nicht mehr offen").waitFor();
	expect(await field.count()).toBe(0);
}, 90_000);

test("an old second factor is asked for again, and what was scanned is not lost", async () => {
	const page = await pages.open(`/?part=approval#${FINGERPRINT}`);
	await page.evaluate(() => {
		const { messenger } = window as unknown as Fake;
		messenger.refuseNext = { code: "fresh-factor-required", detail: "" };
	});
	await page.getByRole("button", { name: "Dieses Gerät bestätigen" }).click();
	const confirm = page.getByRole("link", { name: "Mit zweitem Faktor bestätigen" });
	await confirm.waitFor();
	expect(await confirm.getAttribute("href")).toBe("/account/confirm/?next=%2F");
	expect(await barriers(page)).toEqual([]);
	await page.goto(new URL("/?part=approval", page.url()).href);
	await page.getByText("Der Code kam mit dem QR-Code").waitFor();
	await page.getByRole("button", { name: "Dieses Gerät bestätigen" }).click();
	await page.getByText("Der Browser gehört jetzt zu Ihren Geräten").waitFor();
	await page.goto(new URL("/?part=approval", page.url()).href);
	await page.getByLabel("Code, den der neue Browser zeigt").waitFor();
}, 90_000);

test.each([
	["needs-approval", "gehört selbst noch nicht zu Ihren Geräten"],
	["locked-elsewhere", "in einem anderen Fenster dieses Browsers geöffnet"],
	["failed", "kann gerade nicht bestätigen"],
	["without-key", "wurde selbst von einem anderen bestätigt"],
])(
	"a browser that cannot approve says so: %s",
	async (scene, text) => {
		const page = await pages.open(`/?part=approval&scene=${scene}`);
		await page.getByText(text).waitFor();
		expect(await barriers(page)).toEqual([]);
		expect(await page.getByLabel("Code, den der neue Browser zeigt").count()).toBe(0);
	},
	90_000,
);
