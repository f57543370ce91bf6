import { describe, expect, it } from "vitest";
import { id } from "../ui/cast";
import { barriers, calls, DESK, overflow, PHONE, testPage, told } from "../ui/page";

const page = testPage("parts");

describe("the work list's urgent part", () => {
	it("has as many rows as it says, what is overdue first, and leads to the message", async () => {
		const open = await page.open("/?part=urgent&scene=urgent");
		const due = open.getByRole("region", { name: "Zu bestätigen" });
		await due.locator(".row").first().waitFor();
		expect(await due.locator(".count").innerText()).toBe(String(await due.locator(".row").count()));
		expect(await due.locator(".badge.tabular").allInnerTexts()).toEqual([
			"seit 6 Min. überfällig",
			"noch 4 Min.",
			"noch 25 Min.",
		]);
		const href = await due.getByRole("link", { name: /^STEMI/ }).getAttribute("href");
		expect(href).toMatch(new RegExp(`^/conversations/${id(45)}/#m-[0-9a-f-]{36}$`));
	});

	it("has no link where the person is not in the conversation yet", async () => {
		const open = await page.open("/?part=urgent&scene=urgent");
		const roles = open.getByRole("region", { name: "Offen in meinen Rollen" });
		await roles.getByText("Sie sind noch nicht in der Unterhaltung.").waitFor();
		expect([await roles.locator(".row").count(), await roles.getByRole("link").count()]).toEqual([1, 0]);
	});

	it("says calmly that nothing is due, and hides roles where there is nothing", async () => {
		const open = await page.open("/?part=urgent&scene=ready");
		await open.getByText("Niemand wartet auf Ihre Bestätigung.").waitFor();
		const roles = open.getByRole("region", { name: "Offen in meinen Rollen" });
		expect([await roles.count(), await open.locator(".count:visible").count()]).toEqual([0, 0]);
	});

	it("offers to hand on, and is done with it", async () => {
		const open = await page.open("/?part=urgent&scene=urgent");
		await open.getByRole("button", { name: "Hinzufügen und weitergeben" }).click();
		await expect.poll(() => open.getByRole("button", { name: "Hinzufügen und weitergeben" }).count()).toBe(0);
		expect(await calls(open, "bringIn")).toHaveLength(1);
		await told(open, (messenger) =>
			messenger.tell({ type: "urgent", items: { ...messenger.items, due: [] } }),
		);
		await open.getByText("Niemand wartet auf Ihre Bestätigung.").waitFor();
	});

	it.each([
		["a desk", DESK],
		["a phone", PHONE],
	])("fits %s, and has no barriers", async (_, size) => {
		const open = await page.open("/?part=urgent&scene=urgent", size);
		await open.locator(".row").first().waitFor();
		if (process.env.SHOTS) await open.screenshot({ path: `${process.env.SHOTS}/home-${size.width}.png` });
		expect(await overflow(open)).toBeLessThanOrEqual(0);
		expect(await barriers(open)).toEqual([]);
	});
});
