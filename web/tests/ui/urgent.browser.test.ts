import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { id } from "./cast";
import { barriers, calls, overflow, PHONE, testPage, told } from "./page";
import { ROLE, rolesAnswer } from "./urgent-scenes";

const page = testPage("conversations");
page.answers["/api/v1/roles"] = rolesAnswer;
page.answers["/api/v1/directory"] = (_, response) => {
	response.setHeader("Content-Type", "application/json");
	response.end('{"results":[]}');
};

const at = (number: number) => `/conversations/${id(number)}/?scene=urgent`;
const button = (open: Page, name: string) => open.getByRole("button", { name, exact: true });
const urgently = (open: Page) => button(open, "Dringend …");

describe("a message that asks the reader", () => {
	it("is acknowledged with one tap, which can be undone for a moment", async () => {
		const open = await page.open(at(45));
		await button(open, "Bestätigen").click();
		await open.getByText("Wird bestätigt …").waitFor();
		await button(open, "Rückgängig").click();
		await button(open, "Bestätigen").waitFor();
		expect(await calls(open, "acknowledge")).toEqual([]);
		await button(open, "Bestätigen").click();
		await open.getByText(/^Von Ihnen bestätigt/).waitFor();
		expect((await calls(open, "acknowledge")).map(([, , kind]) => kind)).toEqual(["acknowledged"]);
	});

	it("is taken over and handed back", async () => {
		const open = await page.open(at(45));
		await button(open, "Übernehmen").click();
		await open.getByText(/^Von Ihnen übernommen/).waitFor();
		await button(open, "Zurückgeben").click();
		await open.getByText(/^Von Ihnen zurückgegeben/).waitFor();
	});

	it("says who was faster", async () => {
		const open = await page.open(at(45));
		await button(open, "Übernehmen").waitFor();
		await told(open, (messenger) => {
			messenger.refuseNext = { code: "taken-over", detail: "Dr. Carla Çelik" };
		});
		await button(open, "Übernehmen").click();
		const alert = open.getByRole("alert").filter({ hasText: "Dr. Carla Çelik hat die Nachricht schon" });
		await alert.waitFor();
	});

	it("has no buttons in ordinary talk, and discreet ones in a case", async () => {
		const talk = await page.open(at(47));
		await talk.getByText("Kommen Sie zur Konferenz?").waitFor();
		expect(await button(talk, "Bestätigen").count()).toBe(0);
		const room = await page.open(at(46));
		await room.locator(".message__text", { hasText: "Voraufnahme" }).waitFor();
		expect(await button(room, "Bestätigen").count()).toBe(1);
	});
});

describe("what became of an urgent message", () => {
	it("is a list of points with their times, and can be withdrawn", async () => {
		const open = await page.open(at(42));
		const points = open.locator(".track li");
		await points.nth(3).waitFor();
		expect(await points.nth(2).innerText()).toMatch(/\d\d:\d\d\s+Nicht bestätigt, weiter an Dr. Carla Çelik/);
		await button(open, "Dringlichkeit zurücknehmen").click();
		await open.getByRole("dialog").getByRole("button", { name: "Dringlichkeit zurücknehmen" }).click();
		await expect.poll(() => calls(open, "withdrawUrgent")).toHaveLength(1);
	});

	it("is reached from the work list, where it is marked", async () => {
		const open = await page.open(at(45));
		await open.locator(".message").waitFor();
		const wanted = await told(open, (messenger) => messenger.items.due[0]?.messageId);
		const there = await page.open(`${at(45)}#m-${wanted}`);
		// The messages of a scene get their ids when it is made: here, too, as the same ones.
		await there.locator(".spotlight").waitFor();
	});
});

describe("writing urgently", () => {
	it("shows the chain of the role, and sends with the deadline that was chosen", async () => {
		const open = await page.open(at(42));
		await urgently(open).click();
		const panel = open.getByRole("region", { name: "Dringende Nachricht" });
		await panel.getByText("Jetzt im Dienst: Prof. Dr. Bob").waitFor();
		await panel.getByText("30 Min.", { exact: true }).click();
		await panel.getByText("nach 30 Min.").waitFor();
		expect(await panel.locator(".track li").allInnerTexts()).toEqual([
			expect.stringMatching(/^sofort\s+Prof. Dr. Bob/),
			expect.stringMatching(/^nach 30 Min.\s+Dr. Carla Çelik/),
			expect.stringMatching(/^nach 60 Min.\s+niemand erreichbar/),
		]);
		await open.getByPlaceholder("Nachricht schreiben").fill("Bitte sofort kommen");
		await button(open, "Dringend senden").click();
		await panel.waitFor({ state: "hidden" });
		const order = { minutes: 30, roleId: ROLE.id, withoutHolder: false };
		expect(await calls(open, "sendUrgent")).toEqual([["sendUrgent", id(42), "Bitte sofort kommen", order]]);
	});

	it("asks all others at once where no role is meant", async () => {
		const open = await page.open(at(47));
		await urgently(open).click();
		await open.getByText("wird sofort benachrichtigt. Eine weitere Stufe gibt es nicht.").waitFor();
		await open.getByPlaceholder("Nachricht schreiben").fill("Rufen Sie an");
		await open.keyboard.press("Enter");
		await expect.poll(() => calls(open, "sendUrgent")).toHaveLength(1);
		expect((await calls(open, "sendUrgent"))[0]?.[3]).toMatchObject({ roleId: null, minutes: 15 });
	});

	it("is blocked while nobody is on duty, and names whom to ask instead", async () => {
		const open = await page.open(at(42));
		await urgently(open).click();
		await open.getByPlaceholder("Nachricht schreiben").fill("Bitte sofort kommen");
		await open.getByText("Eine Rolle …").click();
		await open.getByRole("combobox").fill("Neuro");
		await open.getByRole("option").first().waitFor();
		await open.keyboard.press("Enter");
		await open.getByText("Niemand hat gerade Dienst").waitFor();
		const send = button(open, "Dringend senden");
		expect(await send.isDisabled()).toBe(true);
		await open.getByRole("button", { name: /^Trotzdem, beginnend mit/ }).waitFor();
		await open.getByRole("button", { name: /^Rufdienst Kardiologie, Kreisklinik/ }).click();
		await open.getByText("Jetzt im Dienst: Prof. Dr. Bob").waitFor();
		expect(await send.isDisabled()).toBe(false);
	});

	it("keeps the text when the service refuses, and says that nothing was sent", async () => {
		const open = await page.open(at(47));
		await urgently(open).click();
		const text = open.getByPlaceholder("Nachricht schreiben");
		await text.fill("Rufen Sie an");
		await told(open, (messenger) => {
			messenger.refuseNext = { code: "nobody-on-duty", detail: "" };
		});
		await open.keyboard.press("Enter");
		await open.getByText("Niemand hat gerade Dienst. Gesendet wurde nichts.").waitFor();
		expect(await text.inputValue()).toBe("Rufen Sie an");
	});

	it("needs a connection, and offers to send without a deadline", async () => {
		const open = await page.open(`/conversations/${id(42)}/?scene=urgent-offline`);
		await urgently(open).click();
		await open.getByText("Dringlichkeit braucht eine Verbindung").waitFor();
		await open.getByPlaceholder("Nachricht schreiben").fill("Bitte kommen");
		await open.keyboard.press("Enter");
		expect([await calls(open, "sendUrgent"), await calls(open, "send")]).toEqual([[], []]);
		await button(open, "Ohne Frist senden").click();
		await button(open, "Senden").click();
		await expect.poll(() => calls(open, "send")).toHaveLength(1);
	});
});

describe("a new conversation with a role", () => {
	const begin = async (open: Page, role: string) => {
		const dialog = open.getByRole("dialog");
		await dialog.getByRole("combobox").fill(role);
		await dialog.getByRole("option").first().waitFor();
		await open.keyboard.press("Enter");
		return dialog;
	};

	it("adds who is on duty now", async () => {
		const open = await page.open("/conversations/?scene=urgent&new");
		const dialog = await begin(open, "Kardio");
		await dialog.getByText("Jetzt im Dienst: Prof. Dr. Bob").waitFor();
		await dialog.getByRole("button", { name: "Gespräch beginnen" }).click();
		await dialog.waitFor({ state: "hidden" });
		const [made] = await calls(open, "create");
		const title = "Rufdienst Kardiologie, Kreisklinik Bodensee";
		expect(made?.[1]).toMatchObject({ kind: "case", role: { id: ROLE.id }, title });
		expect(made?.[1]).toMatchObject({ personIds: [expect.any(String)] });
	});

	it("adds the whole chain and sends, when it is urgent", async () => {
		const open = await page.open("/conversations/?scene=urgent&new");
		const dialog = await begin(open, "Kardio");
		await dialog.getByText("Dringend, mit Frist").click();
		await dialog.getByText("nach 15 Min.").waitFor();
		const send = dialog.getByRole("button", { name: "Gespräch beginnen" });
		await send.click();
		await dialog.getByText("Schreiben Sie, worum es geht.").waitFor();
		await dialog.getByLabel("Ihre Nachricht").fill("STEMI, bitte übernehmen");
		await send.click();
		await dialog.waitFor({ state: "hidden" });
		const [made] = await calls(open, "create");
		expect(made?.[1]).toMatchObject({ personIds: [expect.any(String), expect.any(String)] });
		expect((await calls(open, "sendUrgent"))[0]?.[2]).toBe("STEMI, bitte übernehmen");
	});

	it("is not begun while nobody is on duty", async () => {
		const open = await page.open("/conversations/?scene=urgent&new");
		const dialog = await begin(open, "Neuro");
		await dialog.getByText("Niemand hat gerade Dienst").waitFor();
		await dialog.getByRole("button", { name: "Gespräch beginnen" }).click();
		await dialog.getByText("Diese Rolle ist gerade nicht zu erreichen.").waitFor();
		expect(await calls(open, "create")).toEqual([]);
	});
});

describe("handing on to a new holder", () => {
	it("is offered, and done when somebody says so", async () => {
		const open = await page.open(at(41));
		await button(open, "Hinzufügen und weitergeben").click();
		await button(open, "Hinzufügen und weitergeben").waitFor({ state: "hidden" });
		expect(await calls(open, "bringIn")).toHaveLength(1);
	});
});

describe("on a phone", () => {
	it.each([41, 42, 45, 46])("conversation %s fits, and has no barriers", async (number) => {
		const open = await page.open(at(number), PHONE);
		await open.locator(".message").first().waitFor();
		if (number === 41) {
			await urgently(open).click();
			await open.getByText("Jetzt im Dienst").waitFor();
		}
		expect(await overflow(open)).toBeLessThanOrEqual(0);
		expect(await barriers(open)).toEqual([]);
	});
});
