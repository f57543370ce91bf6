import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { barriers, DESK, overflow, PHONE, testPage } from "../ui/page";

const SHOTS = process.env.SCREENSHOTS;
const pages = testPage("parts");
const vectors = JSON.parse(readFileSync(new URL("../vectors/recovery-kit.json", import.meta.url), "utf8"));
const CODE = vectors[1].code as string;

async function fine(page: Page, name: string): Promise<void> {
	if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}-${page.viewportSize()?.width}.png` });
	expect(await page.locator("main").innerText()).not.toMatch(/\{\w+\}|undefined/);
	expect(await barriers(page)).toEqual([]);
	expect(await overflow(page)).toBe(0);
}

describe.each([DESK, PHONE])("at $width pixels", (size) => {
	test.each([
		["needs-kit", "Erstellen Sie zuerst in diesem Browser ein neues Kit"],
		["off", "Gehen alle Geräte verloren, sind Ihre Nachrichten weg."],
		["on", "1234 Nachrichten, 3,2 MB."],
		["elsewhere", "Es sichert ein anderes Ihrer Geräte"],
		["other-writer", "Was nur in diesem Browser liegt, ist nicht dabei."],
		["other-key", "Löschen Sie die Sicherung und schalten Sie sie neu ein."],
		["full", "Die Sicherung ist voll."],
		["no-writer", "Das Gerät, das gesichert hat, gibt es nicht mehr."],
		["incomplete", "Aus der Sicherung kam nicht alles zurück."],
		["refused", "Der Dienst nimmt die Sicherung nicht an."],
		["rolled-back", "Sagen Sie Ihrer IT-Administration Bescheid."],
		["no-kit", "Es gibt kein Kit, das diese Sicherung öffnet"],
		["deleted", "Die Sicherung wurde gelöscht."],
	])(
		"the backup says how it stands: %s",
		async (scene, text) => {
			const page = await pages.open(`/?part=backup&scene=${scene}`, size);
			await page.getByText(text).waitFor();
			await fine(page, `backup-${scene}`);
		},
		90_000,
	);

	test.each([
		["on", "1234 Nachrichten, 3,2 MB."],
		["off", "Gehen alle Geräte verloren, sind Ihre Nachrichten weg."],
		["other-key", "Löschen Sie die Sicherung und schalten Sie sie neu ein."],
	])(
		"the account only says it: %s",
		async (scene, text) => {
			const page = await pages.open(`/?part=backup-row&scene=${scene}`, size);
			await page.getByText(text).waitFor();
			expect(await page.getByRole("button").count()).toBe(0);
			await fine(page, `backup-row-${scene}`);
		},
		90_000,
	);

	test("no kit is made that could not open the backup", async () => {
		const page = await pages.open("/?part=kit", size);
		await page.getByRole("button", { name: "Kit erstellen" }).click();
		await page.getByText("Ein Kit von hier könnte die Sicherung nicht öffnen.").waitFor();
		await page.getByRole("button", { name: "Kit erstellen" }).waitFor();
		await fine(page, "kit-elsewhere");
	}, 90_000);

	test.each([
		["whole", "1234 Nachrichten sind wieder da."],
		["gaps", "(212): Der Dienst hat sie nicht unversehrt zurückgegeben."],
		["none", "Es gibt keine Sicherung Ihrer Nachrichten."],
		["broken", "Sie wurde verändert oder ist beschädigt."],
		["other-kit", "Dieses Kit öffnet die Sicherung Ihrer Nachrichten nicht"],
		["stopped", "Nachrichten werden zurückgeholt: 412 von 1234"],
	])(
		"the kit says what came back: %s",
		async (scene, text) => {
			const page = await pages.open(`/?part=recovery&scene=${scene}`, size);
			await page.getByLabel("Code des Kits").fill(CODE);
			await page.getByRole("button", { name: "Schlüssel wiederherstellen" }).click();
			await page.getByText(text).waitFor();
			await page.getByText("Ihr Schlüssel ist jetzt in diesem Browser.").waitFor();
			await fine(page, `restore-${scene}`);
		},
		90_000,
	);
});

test("it is turned on with a bar that says how far it is", async () => {
	const page = await pages.open("/?part=backup&scene=stopped");
	await page.getByRole("button", { name: "Sicherung einschalten" }).click();
	await page.getByText("Sichern: 7 von 21 Teilen").waitFor();
	expect(await page.getByRole("progressbar", { name: "Sichern: 7 von 21 Teilen" }).count()).toBe(1);
	await fine(page, "backup-saving");
}, 90_000);

test("it is deleted only after a question, and turned on again", async () => {
	const page = await pages.open("/?part=backup&scene=on");
	await page.getByRole("button", { name: "Sicherung löschen" }).click();
	await page.getByText("Sie ist dann endgültig weg.").waitFor();
	await fine(page, "backup-question");
	await page.getByRole("button", { name: "Behalten" }).click();
	await page.getByRole("button", { name: "Jetzt sichern" }).click();
	await page.getByText("Alles ist gesichert.").waitFor();
	await page.getByRole("button", { name: "Sicherung löschen" }).click();
	await page.getByRole("button", { name: "Ja, löschen" }).click();
	await page.getByText("Die Sicherung ist gelöscht.").waitFor();
	await page.getByRole("button", { name: "Sicherung einschalten" }).click();
	await page.getByText("Die Sicherung ist eingeschaltet.").waitFor();
}, 90_000);

test("another browser saves from here, once it has read what it lacked", async () => {
	const page = await pages.open("/?part=backup&scene=other-writer");
	await page.getByRole("button", { name: "Von diesem Browser aus sichern" }).click();
	await page.getByText("Dieser Browser sichert von jetzt an.").waitFor();
	await page.getByRole("button", { name: "Jetzt sichern" }).waitFor();
}, 90_000);

test.each([DESK, PHONE])(
	"what does not come back is said before another browser saves, at $width pixels",
	async (size) => {
		const page = await pages.open("/?part=backup&scene=incomplete", size);
		const move = page.getByRole("button", { name: "Von diesem Browser aus sichern" });
		await move.click();
		await page.getByText("(212): Der Dienst hat sie nicht unversehrt zurückgegeben.").waitFor();
		await page.getByText("Was fehlt, ist dann endgültig weg.").waitFor();
		await fine(page, "backup-incomplete-question");
		await page.getByRole("button", { name: "Nicht jetzt" }).click();
		await move.click();
		await page.getByRole("button", { name: "Trotzdem sichern" }).click();
		await page.getByText("Dieser Browser sichert von jetzt an.").waitFor();
	},
	90_000,
);

test("a save that was refused is not called done", async () => {
	const page = await pages.open("/?part=backup&scene=refused");
	await page.getByRole("button", { name: "Jetzt sichern" }).click();
	await page.getByText("Der Dienst nimmt die Sicherung nicht an.").waitFor();
	await page.getByRole("button", { name: "Jetzt sichern" }).waitFor();
	expect(await page.getByText("Alles ist gesichert.").count()).toBe(0);
}, 90_000);

test("a refusal is said in words, and what is true stays on the page", async () => {
	const page = await pages.open("/?part=backup&scene=stale");
	await page.getByRole("button", { name: "Sicherung einschalten" }).click();
	await page.getByText("Bestätigen Sie zuerst wieder mit Ihrem zweiten Faktor").waitFor();
	await page.getByText("Die Sicherung ist aus.").waitFor();
	await fine(page, "backup-stale");
}, 90_000);

test("what the network broke off is tried again", async () => {
	const page = await pages.open("/?part=recovery&scene=offline");
	await page.getByLabel("Code des Kits").fill(CODE);
	await page.getByRole("button", { name: "Schlüssel wiederherstellen" }).click();
	await page.getByText("Keine Verbindung zum Dienst.").waitFor();
	await fine(page, "restore-offline");
	await page.getByRole("button", { name: "Noch einmal versuchen" }).click();
	await page.getByText("1234 Nachrichten sind wieder da.").waitFor();
}, 90_000);
