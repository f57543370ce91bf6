import type { Page } from "playwright-core";
import { expect, it, vi } from "vitest";
import { id } from "./cast";
import { barriers, calls, DESK, overflow, PHONE, testPage, told } from "./page";

vi.setConfig({ testTimeout: 60_000 });

const SHOTS = process.env.SCREENSHOTS;
const pages = testPage("conversations");
const [RECORD, PERSON] = [id(801), id(802)];
const INVITED = `patient-id=${RECORD}&patient-person=${PERSON}&patient-name=Erika+Muster`;

async function shot(page: Page, name: string): Promise<void> {
	if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

const staff = (number: number, size = DESK) =>
	pages.open(`/conversations/${id(number)}/?scene=patients`, size);
const patient = (number: number, size = DESK) =>
	pages.open(`/conversations/${id(number)}/?scene=of-patient&patient`, size);
const writing = (page: Page) => page.getByRole("textbox", { name: /Nachricht an/ });
const details = (page: Page) => page.getByRole("complementary");
const sizes = [DESK, PHONE];
const nameOf = (size: typeof DESK) => (size === DESK ? "desk" : "phone");

it.each([51, 52, 53].flatMap((number) => sizes.map((size) => [number, size] as const)))(
	"conversation %i with a patient has no barrier and fits, for both sides",
	async (number, size) => {
		for (const [side, open] of [
			["staff", staff],
			["patient", patient],
		] as const) {
			const page = await open(number, size);
			await page.locator(".message").first().waitFor();
			await shot(page, `${side}-${number}-${nameOf(size)}`);
			expect(await barriers(page)).toEqual([]);
			expect(await overflow(page)).toBe(0);
			if (size === PHONE) await page.getByRole("button", { name: "Details" }).click();
			await details(page).getByText("Verschlüsselung").first().waitFor();
			await shot(page, `${side}-${number}-details-${nameOf(size)}`);
			expect(await barriers(page)).toEqual([]);
			expect(await overflow(page)).toBe(0);
		}
	},
);

it("says in the list, in the head, above the composer and at each of their messages that a patient reads along", async () => {
	const page = await staff(51);
	await page.locator(".message").first().waitFor();
	const row = page.locator(".conversations__rows a[aria-current]");
	expect(await row.getByText("Patient liest mit").isVisible()).toBe(true);
	expect(await page.locator(".thread__head").getByText("Patient liest mit").isVisible()).toBe(true);
	const notice = page.locator(".thread__foot .notice--patient");
	await notice
		.getByText("Erika Mustermann-Hohenlohe liest hier jede Nachricht und jede Datei mit.")
		.waitFor();
	const theirs = page.locator(".message:not(.message--own) .message__who");
	expect(await theirs.count()).toBe(3);
	for (const who of await theirs.all()) {
		expect(await who.innerText()).toContain("Erika Mustermann-Hohenlohe");
		expect(await who.getByText("Patient", { exact: true }).isVisible()).toBe(true);
	}
	expect(await page.locator(".conversations__rows", { hasText: "Patient nicht mehr dabei" }).count()).toBe(1);
	const others = page.locator(".conversations__rows li", { hasText: "Aortenisthmusstenose, präoperativ" });
	expect(await others.first().getByText("Patient liest mit").isVisible()).toBe(false);
});

it("says so above the composer once the patient has left, and stays a conversation with a patient", async () => {
	const page = await staff(53);
	await page.locator(".thread__head").getByText("Patient nicht mehr dabei").waitFor();
	await page.locator(".thread__foot").getByText("nimmt nicht mehr teil und liest nichts Neues").waitFor();
});

it("has nothing urgent and asks nobody to acknowledge where a patient reads along", async () => {
	const page = await staff(51);
	await writing(page).waitFor();
	expect(await page.locator(".urgent-toggle").isVisible()).toBe(false);
	expect(await page.getByRole("button", { name: "Bestätigen" }).count()).toBe(0);
	await page.locator(`.conversations__rows a[href*="${id(41)}"]`).click();
	await page.locator(".urgent-toggle").waitFor();
	await page.locator(".urgent-toggle").click();
	await page.locator(`.conversations__rows a[href*="${id(51)}"]`).click();
	await page.locator(".thread__head").getByText("Patient liest mit").waitFor();
	expect(await page.locator(".urgent-panel").isVisible()).toBe(false);
});

it("says before somebody is added that a patient reads along", async () => {
	const page = await staff(51);
	await page.getByRole("button", { name: "Person hinzufügen" }).click();
	const dialog = page.getByRole("dialog");
	await dialog.getByText("Patient liest mit", { exact: true }).waitFor();
	await dialog.getByText("auch alles, was die neue Person schreibt.").waitFor();
	await shot(page, "staff-add");
	expect(await barriers(page)).toEqual([]);
	await page.keyboard.press("Escape");
	const people = details(page).locator(".member");
	const names = await people.allInnerTexts();
	const erika = names.findIndex((text) => text.includes("Erika"));
	expect(await people.nth(erika).getByText("Patient", { exact: true }).isVisible()).toBe(true);
});

it("forwards nothing to where a patient reads along, and says why", async () => {
	const page = await staff(41);
	const row = page.locator(".message").first();
	await row.hover();
	await row.getByRole("button", { name: "Aktionen zu dieser Nachricht" }).click();
	await page.getByRole("menuitem", { name: "Weiterleiten …" }).click();
	const dialog = page.getByRole("dialog");
	await dialog.getByText("Wo ein Patient mitliest, wird nichts hineingeleitet.").waitFor();
	await shot(page, "staff-forward");
	expect(
		await dialog
			.getByRole("radio", { name: /Ihre Untersuchung/ })
			.first()
			.isDisabled(),
	).toBe(true);
	expect(
		await dialog
			.getByRole("radio", { name: /präoperativ/ })
			.first()
			.isDisabled(),
	).toBe(false);
});

it("begins a conversation with a patient by title and first message, by keyboard", async () => {
	for (const size of sizes) {
		const page = await pages.open(`/conversations/new/?scene=patients&new&${INVITED}`, size);
		const dialog = page.getByRole("dialog", { name: "An Erika Muster schreiben" });
		await dialog.getByText("liest in diesem Gespräch alles mit").waitFor();
		await shot(page, `staff-begin-${nameOf(size)}`);
		expect(await barriers(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
		await page.keyboard.press("Tab");
		await page.keyboard.type("Guten Tag!");
		await page.getByRole("button", { name: "Gespräch beginnen" }).click();
		await dialog.getByText("Geben Sie dem Gespräch einen Titel.").waitFor();
		await dialog.getByLabel("Titel").fill("Ihre Untersuchung");
		await told(page, (messenger) => {
			messenger.failSendOnce = true;
		});
		await page.getByRole("button", { name: "Gespräch beginnen" }).click();
		await dialog.getByText("Keine Verbindung.").waitFor();
		await page.getByRole("button", { name: "Gespräch beginnen" }).click();
		await dialog.waitFor({ state: "detached" });
		const wanted = { kind: "patient", title: "Ihre Untersuchung", personIds: [PERSON], patientId: RECORD };
		expect(await calls(page, "create")).toEqual([["create", wanted]]);
		expect((await calls(page, "send")).at(-1)?.[2]).toBe("Guten Tag!");
		expect(new URL(page.url()).pathname).toBe(`/conversations/${id(700)}/`);
	}
});

it("brings in a patient's new device, and asks the service who it is once they are out", async () => {
	pages.answers[`/api/v1/patients/${RECORD}/correspondence`] = (_, response) => {
		response.setHeader("Content-Type", "application/json");
		response.end(JSON.stringify({ person_id: PERSON, name: "E", reachable: true, conversations: [] }));
	};
	for (const [number, who] of [
		[51, null],
		[53, PERSON],
	] as const) {
		const page = await staff(number);
		await page.getByRole("button", { name: "Gerät des Patienten aufnehmen …" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByText("Fragen Sie vorher nach").waitFor();
		await dialog.getByRole("button", { name: "Aufnehmen" }).click();
		await dialog.waitFor({ state: "detached" });
		const [call] = await calls(page, "add");
		const people = call?.[2] as string[];
		if (who) expect(people).toEqual([who]);
		else expect(people).toHaveLength(1);
	}
});

it("shows patients who writes, in which role and where, and offers nothing that they have not got", async () => {
	const page = await patient(51);
	await page.locator(".message").first().waitFor();
	await page.getByText("Nicht für Notfälle: Rufen Sie dann die 112 an.").waitFor();
	const [first] = await page.locator(".message:not(.message--own) .message__who").allInnerTexts();
	expect(first).toContain("Dr. Alice Albrecht");
	expect(first).toContain("Oberärztin Kardiologie · Universitätsklinikum Albstadt");
	expect(await page.getByText("Gesehen").count()).toBeGreaterThan(0);
	for (const absent of ["Neues Gespräch", "Person hinzufügen", "Blockieren", "Fall abschließen …"]) {
		expect(await page.getByRole("button", { name: absent }).count()).toBe(0);
	}
	expect(await page.getByRole("searchbox").count()).toBe(0);
	expect(await page.getByText("Patient liest mit").count()).toBe(0);
	await page.keyboard.press("Control+k");
	expect(await page.getByRole("searchbox").count()).toBe(0);
	const row = page.locator(".message:not(.message--own)").first();
	await row.hover();
	await row.getByRole("button", { name: "Aktionen zu dieser Nachricht" }).click();
	const items = await page.getByRole("menuitem").allInnerTexts();
	expect(items).toEqual(["Antworten", "Text kopieren"]);
	expect([await calls(page, "casePage"), await calls(page, "openItems")]).toEqual([[], []]);
});

it("lets patients write and attach", async () => {
	const page = await patient(51, PHONE);
	await writing(page).fill("Danke, bis Montag!");
	await page.getByRole("button", { name: "Senden" }).click();
	await page.locator(".message__text", { hasText: "Danke, bis Montag!" }).waitFor();
	expect((await calls(page, "send"))[0]?.slice(1, 3)).toEqual([id(51), "Danke, bis Montag!"]);
});

it("tells patients why they cannot write", async () => {
	let page = await patient(52);
	await page.getByText("Dieses Gespräch ist beendet.").waitFor();
	await page.getByText(/Das Krankenhaus hat es am .* abgeschlossen/).waitFor();
	expect(await writing(page).count()).toBe(0);
	page = await patient(53);
	await page.getByText("Sie nehmen an diesem Gespräch nicht mehr teil").waitFor();
	expect(await writing(page).count()).toBe(0);
});

it.each(sizes)("has a calm page for patients while there is nothing", async (size) => {
	const page = await pages.open("/conversations/?scene=nothing-for-patient&patient", size);
	await page.getByText("Ihr Krankenhaus beginnt ein Gespräch.").waitFor();
	await shot(page, `patient-empty-${nameOf(size)}`);
	expect(await page.getByRole("button", { name: "Neues Gespräch" }).count()).toBe(0);
	expect(await barriers(page)).toEqual([]);
	expect(await overflow(page)).toBe(0);
});

it("sends patients to their hospital, not to an IT department", async () => {
	const page = await pages.open("/conversations/?scene=needs-approval&patient");
	await page.getByText("Rufen Sie das Krankenhaus an.").waitFor();
	expect(await page.getByText("IT-Administration").count()).toBe(0);
});
