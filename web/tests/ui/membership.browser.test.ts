import type { Page } from "playwright-core";
import { describe, expect, it, vi } from "vitest";
import { alice, anton, bob, carla, id, member } from "./cast";
import { barriers, calls, DESK, overflow, PHONE, testPage, told } from "./page";

vi.setConfig({ testTimeout: 60_000 });

const pages = testPage("conversations");
const CASE = `/conversations/${id(1)}/`;
const SHOTS = process.env.SCREENSHOTS;

const ANNA = { ...member("Dr. Anna Auer"), organisation: alice().organisation };
const BEATE = { ...member("Dr. Beate Brandt"), organisation: bob().organisation };

pages.answers["/api/v1/directory"] = (request, response) => {
	const query = new URL(request.url ?? "", "http://localhost").searchParams.get("q")?.toLowerCase() ?? "";
	const results = [ANNA, BEATE].map(({ personId, name, organisation }) => ({
		person_id: personId,
		name,
		function: "Ärztin",
		speciality: "",
		reachable: true,
		organisation: { ...organisation, verified_at: "2026-01-01T00:00:00Z" },
	}));
	response.setHeader("Content-Type", "application/json");
	response.end(JSON.stringify({ results: results.filter(({ name }) => name.toLowerCase().includes(query)) }));
};

/** Open the dialog that adds somebody, as somebody who is responsible or not. */
async function adding(owner: boolean, size = DESK): Promise<Page> {
	const page = await pages.open(CASE, size);
	await page.waitForSelector(".message");
	const members = [alice({ owner }), bob(), anton({ owner: true }), carla()];
	await told(
		page,
		(messenger, extra: never) => {
			const { conversationId, members: changed } = extra as { conversationId: string; members: never };
			messenger.changeConversation(conversationId, { members: changed });
		},
		{ conversationId: id(1), members },
	);
	if (size === PHONE) await page.getByRole("button", { name: "Details", exact: true }).click();
	await page.getByRole("button", { name: "Person hinzufügen" }).click();
	return page;
}

async function choose(page: Page, query: string, name: string): Promise<void> {
	await page.getByRole("dialog").getByRole("combobox").fill(query);
	await page.getByRole("option", { name: new RegExp(name) }).click();
}

const add = (page: Page) =>
	page.getByRole("dialog").getByRole("button", { name: "Hinzufügen", exact: true }).click();

describe("whom somebody may add", () => {
	it.each([DESK, PHONE])(
		"who is not responsible adds colleagues, and reads who adds others",
		async (size) => {
			const page = await adding(false, size);
			const dialog = page.getByRole("dialog");
			await dialog.getByText("fügen die Verantwortlichen hinzu: Anton Aydın").waitFor();
			await choose(page, "Beate", "Beate");
			await add(page);
			await dialog.getByRole("alert").getByText("Dr. Beate Brandt gehört zu einem anderen Haus").waitFor();
			expect(await calls(page, "add")).toEqual([]);
			expect(await barriers(page)).toEqual([]);
			expect(await overflow(page)).toBe(0);
			if (SHOTS) await page.screenshot({ path: `${SHOTS}/add-colleagues-${size.width}.png` });
			await dialog.getByRole("button", { name: /Brandt wieder entfernen/ }).click();
			await choose(page, "Anna", "Anna");
			await add(page);
			await dialog.waitFor({ state: "detached" });
			expect(await calls(page, "add")).toEqual([["add", id(1), [ANNA.personId]]]);
		},
	);

	it("who is responsible adds people of every hospital", async () => {
		const page = await adding(true);
		expect(await page.getByText("fügen die Verantwortlichen hinzu").count()).toBe(0);
		await choose(page, "Beate", "Beate");
		await add(page);
		await page.getByRole("dialog").waitFor({ state: "detached" });
		expect(await calls(page, "add")).toEqual([["add", id(1), [BEATE.personId]]]);
	});

	it.each([
		["owner-needed", "Das können hier nur Verantwortliche"],
		["too-many-leaves", "Das Gespräch ist voll"],
		["device-not-active", "wurde gerade gesperrt"],
		["revoked-leaf-stays", "Zuerst muss ein gesperrtes Gerät"],
	])("reads why the service refuses: %s", async (code, sentence) => {
		const page = await adding(true);
		await told(
			page,
			(messenger, reason: never) => {
				messenger.refuseNext = { code: reason, detail: "" };
			},
			code,
		);
		await choose(page, "Anna", "Anna");
		await add(page);
		await page.getByRole("dialog").getByRole("alert").getByText(sentence).waitFor();
		expect(await barriers(page)).toEqual([]);
		if (SHOTS) await page.screenshot({ path: `${SHOTS}/refused-${code}.png` });
	});
});
