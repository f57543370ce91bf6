import type { Page } from "playwright-core";
import { expect, it, vi } from "vitest";
import { id } from "./cast";
import { barriers, calls, DESK, overflow, PHONE, testPage, told } from "./page";

vi.setConfig({ testTimeout: 60_000 });

const SHOTS = process.env.SCREENSHOTS;
const pages = testPage("conversations");

async function shot(page: Page, name: string): Promise<void> {
	if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}
const PATIENT = {
	id: id(801),
	family_name: "Muster",
	given_name: "Erika",
	born_on: "1980-02-03",
	identifier: "4711",
};

pages.answers["/api/v1/patients"] = (_, response) => {
	response.setHeader("Content-Type", "application/json");
	response.end(JSON.stringify({ results: [PATIENT] }));
};

const openAt = (number: number, size = DESK) => pages.open(`/conversations/${id(number)}/?scene=cases`, size);
const region = (page: Page) => page.getByRole("region", { name: "Fall" });
const details = (page: Page) => page.getByRole("complementary");

it.each([41, 42, 43, 44, 45].flatMap((number) => [DESK, PHONE].map((size) => [number, size] as const)))(
	"case %i has no barrier and fits, with its details",
	async (number, size) => {
		const page = await openAt(number, size);
		await page.locator(".thread__rows > li").first().waitFor();
		if (size === PHONE) await page.getByRole("button", { name: "Details" }).click();
		await details(page).getByText("Nummer des Gesprächs").waitFor();
		expect(await barriers(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
	},
);

it("shows on a desk whom a case is about, and closes and opens it again", async () => {
	const page = await openAt(41);
	await details(page).getByText("Hohenberg-Lichtenstein, Maximiliane-Alexandra").waitFor();
	await details(page).getByText("geboren 04.07.1991 · Nr. 4711-2026").waitFor();
	await details(page)
		.getByRole("link", { name: /^CT · Thorax/ })
		.waitFor();
	await details(page)
		.getByRole("link", { name: /^Dokument · Arztbrief/ })
		.waitFor();
	await details(page).getByText("30 Tage nach dem Abschluss des Falls gelöscht").waitFor();
	await page.getByRole("button", { name: "Fall abschließen …" }).click();
	await page.getByRole("button", { name: "Abschließen", exact: true }).click();
	await page.getByText("Wählen Sie, wie der Fall ausgegangen ist.").waitFor();
	await page.getByRole("radio", { name: "Frage beantwortet" }).check();
	await page.getByRole("button", { name: "Abschließen", exact: true }).click();
	await region(page).getByText("Dieser Fall ist abgeschlossen: Frage beantwortet.").waitFor();
	expect(await page.getByRole("textbox", { name: /Nachricht an/ }).count()).toBe(0);
	await region(page).getByRole("button", { name: "Fall wieder öffnen" }).click();
	await page.getByRole("textbox", { name: /Nachricht an/ }).waitFor();
	const acts = (await calls(page, "actOnCase")).map((call) => call[2]);
	expect(acts).toEqual([{ act: "close", outcome: "answered" }, { act: "reopen" }]);
});

it("asks for nothing of a patient before it shows it", async () => {
	const page = await openAt(41, PHONE);
	await page.locator(".message").first().waitFor();
	expect(await calls(page, "casePage")).toEqual([]);
	await page.getByRole("button", { name: "Details" }).click();
	await details(page).getByText("Nr. 4711-2026").waitFor();
	expect(await calls(page, "casePage")).toHaveLength(1);
});

it("asks again for the patient where the first answer did not come", async () => {
	const page = await openAt(41, PHONE);
	await page.locator(".message").first().waitFor();
	await told(page, (messenger) => {
		messenger.refuseNext = { code: "offline", detail: "" };
	});
	await page.getByRole("button", { name: "Details" }).click();
	await details(page).getByText("Die Patientendaten konnten nicht geladen werden.").waitFor();
	await details(page).getByRole("button", { name: "Erneut versuchen" }).click();
	await details(page).getByText("Nr. 4711-2026").waitFor();
	expect(await calls(page, "casePage")).toHaveLength(2);
});

it("marks a message for the record, and takes that back for a reason", async () => {
	const page = await openAt(41);
	await page.locator(".message").first().hover();
	await page
		.locator(".message")
		.first()
		.getByRole("button", { name: "Aktionen zu dieser Nachricht" })
		.click();
	await page.getByRole("menuitem", { name: "Für die Akte vormerken" }).click();
	await page.getByRole("button", { name: "Für die Akte vorgemerkt" }).click();
	await page.getByRole("radio", { name: "War ein Versehen" }).check();
	await page.getByRole("button", { name: "Aufheben", exact: true }).click();
	await page.getByRole("button", { name: "Für die Akte vorgemerkt" }).waitFor({ state: "detached" });
	const acts = (await calls(page, "actOnCase")).map((call) => (call[2] as { act: string }).act);
	expect(acts).toEqual(["mark", "waive"]);
});

it("assigns a patient's record", async () => {
	const page = await openAt(41);
	await page.getByRole("button", { name: "Andere Akte …" }).click();
	await page.getByRole("searchbox", { name: "Name oder Patientennummer" }).fill("Muster");
	await page.getByRole("radio", { name: "Muster, Erika (geboren 03.02.1980 · Nr. 4711)" }).check();
	await page.getByRole("button", { name: "Zuordnen", exact: true }).click();
	await page.getByRole("dialog").waitFor({ state: "detached" });
	const [call] = await calls(page, "actOnCase");
	expect(call?.[2]).toEqual({ act: "record", patientId: PATIENT.id });
});

it("tells where messages have expired, and who stops that", async () => {
	const page = await openAt(44);
	await page.getByText("Die Nachrichten bis hier sind nach Ablauf der Frist gelöscht.").waitFor();
	expect(await page.getByText("nicht entschlüsselt").count()).toBe(0);
	const held = await openAt(43);
	await details(held)
		.getByText(/Löschung ausgesetzt: Aufbewahrungsanordnung von/)
		.waitFor();
	expect(await region(held).getByRole("button").count()).toBe(0);
});

const menuOf = (page: Page, at: number) => page.locator(".message").nth(at);
const button = (page: Page) => details(page).getByRole("button", { name: "In die Akte übernehmen …" });

/** Mark the second and the third message, and open the dialog. */
async function markedAndAsked(size = DESK): Promise<Page> {
	const page = await openAt(41, size);
	for (const at of [0, 1]) {
		const row = menuOf(page, at);
		await row.hover();
		await row.getByRole("button", { name: "Aktionen zu dieser Nachricht" }).click();
		await page.getByRole("menuitem", { name: "Für die Akte vormerken" }).click();
	}
	if (size === PHONE) await page.getByRole("button", { name: "Details" }).click();
	await button(page).click();
	await page.getByRole("dialog", { name: "In die Akte übernehmen" }).waitFor();
	return page;
}

it.each([DESK, PHONE])("takes marked messages into the record, and says where they are", async (size) => {
	const page = await markedAndAsked(size);
	const dialog = page.getByRole("dialog", { name: "In die Akte übernehmen" });
	await dialog.getByText("verlässt damit die Ende-zu-Ende-Verschlüsselung").waitFor();
	await dialog.getByText(/Befund von Hohenberg-Lichtenstein, Maximiliane-Alexandra/).waitFor();
	expect(await barriers(page)).toEqual([]);
	expect(await overflow(page)).toBe(0);
	await shot(page, `record-dialog-${size.width}`);
	const boxes = dialog.getByRole("checkbox");
	expect(await boxes.count()).toBe(2);
	for (const box of await boxes.all()) expect(await box.isChecked()).toBe(true);
	await boxes.first().uncheck();
	await boxes.last().uncheck();
	await dialog.getByRole("button", { name: "Unterschreiben und übernehmen" }).click();
	await dialog.getByText("Wählen Sie mindestens eine Nachricht.").waitFor();
	await boxes.first().check();
	await dialog.getByRole("button", { name: "Unterschreiben und übernehmen" }).click();
	const taken = page.getByRole("dialog", { name: "In die Akte übernommen" });
	const link = taken.getByRole("link", { name: "Befund öffnen" });
	await link.waitFor();
	expect(await link.getAttribute("href")).toBe(`/findings/${id(890)}/`);
	await shot(page, `record-taken-${size.width}`);
	await taken.getByRole("button", { name: "Schließen" }).click();
	await details(page)
		.getByText(/Eine Nachricht wird noch geprüft, bevor sie in der Akte steht/)
		.waitFor();
	await shot(page, `record-details-${size.width}`);
	const [call] = await calls(page, "takeIntoRecord");
	expect(call?.[2]).toHaveLength(1);
	if (size === PHONE) await page.keyboard.press("Escape");
	await page.locator("a.mark--recorded").first().waitFor({ state: "attached" });
	await shot(page, `record-line-${size.width}`);
});

it("says what was wrong, and keeps the choice for another try", async () => {
	const page = await markedAndAsked();
	const dialog = page.getByRole("dialog", { name: "In die Akte übernehmen" });
	await told(page, (messenger) => {
		messenger.refuseNext = { code: "not-examined", detail: "Der Virenscanner hat etwas gefunden." };
	});
	await dialog.getByRole("checkbox").last().uncheck();
	await dialog.getByRole("button", { name: "Unterschreiben und übernehmen" }).click();
	await dialog.getByText("Der Virenscanner hat etwas gefunden. Keine Nachricht ist übernommen.").waitFor();
	await shot(page, "record-refused");
	expect(await dialog.getByRole("checkbox").last().isChecked()).toBe(false);
	await dialog.getByRole("button", { name: "Unterschreiben und übernehmen" }).click();
	await page.getByRole("dialog", { name: "In die Akte übernommen" }).waitFor();
});
