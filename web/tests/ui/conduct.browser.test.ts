import { expect, it, vi } from "vitest";
import { bob, id } from "./cast";
import { barriers, DESK, overflow, PHONE, testPage } from "./page";

vi.setConfig({ testTimeout: 60_000 });

const pages = testPage("conversations");
const DIRECT = `/conversations/${id(2)}/`;
const shots = process.env.SCREENSHOTS;
let blocked: string[] = [];
let reports: Record<string, unknown>[] = [];

const list = () => JSON.stringify({ blocks: blocked.map((person_id) => ({ person_id })) });

pages.answers["/api/v1/me/blocks"] = (request, response) => {
	if (request.method === "POST") blocked.push(bob().personId);
	response.setHeader("Content-Type", "application/json");
	response.end(list());
};
pages.answers[`/api/v1/me/blocks/${bob().personId}`] = (_request, response) => {
	blocked = [];
	response.setHeader("Content-Type", "application/json");
	response.end(list());
};
pages.answers["/api/v1/me/reports"] = (request, response) => {
	let body = "";
	request.on("data", (part) => {
		body += part;
	});
	request.on("end", () => {
		reports.push(JSON.parse(body));
		response.writeHead(201, { "Content-Type": "application/json" }).end("{}");
	});
};

it.each([DESK, PHONE])("blocks a person, closes the conversation, and lifts the block", async (size) => {
	blocked = [];
	const page = await pages.open(DIRECT, size);
	await page.getByText("Jederzeit.").waitFor();
	const details = page.getByRole("button", { name: "Details", exact: true });
	if (size === PHONE) await details.click();
	await page.getByRole("button", { name: "Blockieren" }).click();
	const dialog = page.getByRole("dialog");
	await dialog.getByText(/wird nicht benachrichtigt/).waitFor();
	expect(await barriers(page)).toEqual([]);
	expect(await overflow(page)).toBe(0);
	if (shots) await page.screenshot({ path: `${shots}/block-${size.width}.png` });
	await dialog.getByRole("button", { name: "Blockieren" }).click();
	if (size === PHONE) await page.getByRole("button", { name: "Details schließen" }).click();
	await page.getByText("Sie haben Prof. Dr. Bob Baumgärtner-Schwenninger blockiert.").waitFor();
	expect(await page.getByRole("textbox", { name: /Nachricht/ }).isVisible()).toBe(false);
	expect(await barriers(page)).toEqual([]);
	expect(await overflow(page)).toBe(0);
	if (shots) await page.screenshot({ path: `${shots}/blocked-${size.width}.png` });
	await page.locator(".thread__foot").getByRole("button", { name: "Blockierung aufheben" }).click();
	await page.getByRole("textbox", { name: /Nachricht/ }).waitFor();
	expect(blocked).toEqual([]);
});

it("reports a person, and sends the text of a message only when that was ticked for it", async () => {
	reports = [];
	const page = await pages.open(DIRECT, PHONE);
	await page.getByText("Jederzeit.").waitFor();
	const report = async () => {
		await page.getByRole("button", { name: "Melden" }).click();
		await page.getByRole("dialog").waitFor();
	};
	await page.getByRole("button", { name: "Details", exact: true }).click();
	await report();
	await page.getByRole("button", { name: "Meldung senden" }).click();
	await page.getByText("Bitte wählen Sie, worum es geht.").waitFor();
	await page.getByLabel("Belästigung oder Beleidigung").check();
	await page.getByLabel("Um welche Nachricht geht es?").selectOption({ index: 1 });
	expect(await barriers(page)).toEqual([]);
	expect(await overflow(page)).toBe(0);
	if (shots) await page.screenshot({ path: `${shots}/report-360.png` });
	await page.getByRole("button", { name: "Meldung senden" }).click();
	await page.getByText(/Ihre Meldung ist bei der Administration/).waitFor();
	expect(reports[0]).toMatchObject({ person_id: bob().personId, category: "harassment", text: null });
	expect(reports[0]?.message_id).toEqual(expect.any(String));
	await report();
	await page.getByLabel("Etwas anderes").check();
	await page.getByRole("button", { name: "Meldung senden" }).click();
	await page.getByText("Bitte schreiben Sie in einem Satz, worum es geht.").waitFor();
	await page.getByLabel("Was ist vorgefallen?").fill("Nachts.");
	await page.getByLabel("Um welche Nachricht geht es?").selectOption({ index: 1 });
	await page.getByLabel(/Text dieser Nachricht beilegen/).check();
	await page.getByRole("button", { name: "Meldung senden" }).click();
	await page.getByRole("dialog").waitFor({ state: "hidden" });
	expect(reports[1]).toMatchObject({ category: "other", words: "Nachts.", text: "Jederzeit." });
});

it("reports what somebody has said from the menu of the message, which is chosen then", async () => {
	reports = [];
	const page = await pages.open(DIRECT, DESK);
	const said = page.locator(".message", { hasText: "Jederzeit." });
	await said.hover();
	await said.getByRole("button", { name: "Aktionen zu dieser Nachricht" }).click();
	if (shots) await page.screenshot({ path: `${shots}/menu-1440.png` });
	await page.getByRole("menuitem", { name: "Melden …" }).click();
	const chosen = page.getByLabel("Um welche Nachricht geht es?");
	expect(await chosen.locator("option:checked").textContent()).toContain("Jederzeit.");
	await page.getByLabel("Belästigung oder Beleidigung").check();
	await page.getByRole("button", { name: "Meldung senden" }).click();
	await page.getByText(/Ihre Meldung ist bei der Administration/).waitFor();
	const message = await said.getAttribute("data-message");
	expect(reports).toEqual([
		expect.objectContaining({ message_id: message, person_id: bob().personId, text: null }),
	]);
});

it.each([DESK, PHONE])(
	"reports who asks to get in touch, beside the answers to it ($width pixels)",
	async (size) => {
		reports = [];
		const page = await pages.open(`/conversations/${id(31)}/?scene=contact`, size);
		const asked = page.getByRole("region", { name: "Kontaktanfrage" });
		await asked.getByRole("button", { name: "Melden …" }).waitFor();
		if (shots) await page.screenshot({ path: `${shots}/asked-${size.width}.png` });
		await asked.getByRole("button", { name: "Melden …" }).click();
		await page.getByLabel("Werbung oder unerwünschte Anfragen").check();
		await page.getByRole("button", { name: "Meldung senden" }).click();
		await page.getByText(/Ihre Meldung ist bei der Administration/).waitFor();
		expect(reports).toEqual([expect.objectContaining({ category: "advertising", message_id: null })]);
		expect(await asked.getByRole("button", { name: "Annehmen" }).isEnabled()).toBe(true);
	},
);
