import type { Page } from "playwright-core";
import { describe, expect, it, vi } from "vitest";
import { bob, id } from "./cast";
import { ROLE, stranger } from "./contact-scenes";
import type { FakeMessenger } from "./fake-messenger";
import { barriers, calls, DESK, overflow, PHONE, testPage, told } from "./page";

vi.setConfig({ testTimeout: 60_000 });

const pages = testPage("conversations");

pages.answers["/api/v1/directory"] = (_, response) => {
	const organisation = { id: "o", name: "Kreisklinik", verified_at: "2026-01-01T00:00:00Z" };
	const { personId: person_id, name } = bob();
	const found = { person_id, name, function: "Chefarzt", speciality: "", organisation, reachable: true };
	response.setHeader("Content-Type", "application/json");
	response.end(JSON.stringify({ results: [found] }));
};

const openAt = (number: number, size = DESK) =>
	pages.open(`/conversations/${id(number)}/?scene=contact`, size);
const region = (page: Page) => page.getByRole("region", { name: "Kontaktanfrage" });
const writing = (page: Page) => page.getByRole("textbox", { name: /Nachricht an/ });

const MINE = [21, 22, 23, 24, 25, 26];
const THEIRS = [31, 32, 33, 34, 35];
const ASKED = 31;
const WITHOUT_MESSAGE = 32;

describe("a request to get in touch", () => {
	it.each([...MINE, ...THEIRS].flatMap((number) => [DESK, PHONE].map((size) => [number, size] as const)))(
		"in conversation %i has no barrier and fits",
		async (number, size) => {
			const page = await openAt(number, size);
			await region(page).waitFor();
			expect(await barriers(page)).toEqual([]);
			expect(await overflow(page)).toBe(0);
		},
	);

	it.each([
		[
			21,
			"Sie können eine Nachricht schreiben; Dr. Maximilian-Alexander von Hohenberg-Lichtenstein entscheidet",
		],
		[22, /Anfrage gesendet am \d\d\.\d\d\.\d{4}\. Prof\. Dr\. Bob .* hat bis \d\d\.\d\d\.\d{4} Zeit/],
		[23, "hat die Anfrage abgelehnt: zurzeit keine Kapazität."],
		[23, /Ab \d\d\.\d\d\.\d{4} können Sie erneut anfragen\./],
		[24, `Dr. Carla Çelik bittet Sie, sich an ${ROLE.name} zu wenden.`],
		[25, "Keine Antwort innerhalb von 14 Tagen."],
		[26, "Dateien werden nicht noch einmal gesendet."],
		[31, "Lichtenstein, Sana Klinikum Offenbach am Main, möchte mit Ihnen ins Gespräch kommen."],
		[32, "Eine Nachricht gibt es noch nicht."],
		[33, "Sie haben die Anfrage abgelehnt: zurzeit keine Kapazität."],
		[34, `gebeten, sich an ${ROLE.name} zu wenden.`],
		[35, "Die Anfrage ist ohne Antwort abgelaufen."],
	])("says in conversation %i: %s", async (number, text) => {
		const page = await openAt(number);
		await region(page).getByText(text).waitFor();
		expect(await writing(page).count()).toBe(number === 21 ? 1 : 0);
	});

	it("leaves the message readable, whatever became of it", async () => {
		for (const number of [23, 31, 33]) {
			const page = await openAt(number);
			await page.locator(".message").getByText("Verdacht auf eine unterbrochene Aorta").waitFor();
		}
	});

	it("takes no files where nothing can be written", async () => {
		const page = await openAt(ASKED);
		await page.locator(".message").first().waitFor();
		const transfer = await page.evaluateHandle(() => {
			const data = new DataTransfer();
			data.items.add(new File(["abc"], "Brief.pdf", { type: "application/pdf" }));
			return data;
		});
		await page.dispatchEvent(".thread__scroll", "dragenter", { dataTransfer: transfer });
		expect(await page.locator(".drop-veil").isVisible()).toBe(false);
		await page.dispatchEvent(".thread__scroll", "drop", { dataTransfer: transfer });
		expect(await page.getByText("Brief.pdf").count()).toBe(0);
	});

	it("is marked in the list, and so is one that waits", async () => {
		const page = await pages.open("/conversations/?scene=contact", PHONE);
		const badges = page.locator(".conversations__rows .badge:visible");
		await badges.first().waitFor();
		expect(await badges.allTextContents()).toEqual(["Anfrage", "Anfrage"]);
		const waiting = page.getByText("wartet auf Annahme");
		expect(await waiting.filter({ visible: true }).count()).toBe(1);
		expect(await overflow(page)).toBe(0);
	});
});

describe("the person who is asked", () => {
	it("accepts with one press, and can write at once", async () => {
		const page = await openAt(ASKED);
		const primary = region(page).locator(".button--primary");
		expect(await primary.allTextContents()).toEqual(["Annehmen"]);
		await primary.focus();
		await page.keyboard.press("Enter");
		await writing(page).waitFor();
		expect(await region(page).count()).toBe(0);
		expect(await calls(page, "answerContact")).toEqual([["answerContact", id(ASKED), { answer: "accept" }]]);
		await expect.poll(() => writing(page).evaluate((field) => field === document.activeElement)).toBe(true);
	});

	it("may accept before there is a message", async () => {
		const page = await openAt(WITHOUT_MESSAGE);
		await region(page).getByRole("button", { name: "Annehmen" }).click();
		await writing(page).waitFor();
	});

	it("declines with a reason, and reads who will see it", async () => {
		const page = await openAt(ASKED, PHONE);
		await region(page).getByRole("button", { name: "Ablehnen" }).click();
		const dialog = page.getByRole("dialog");
		await dialog
			.getByText(`${stranger().name} sieht den Grund und darf nach 7 Tagen erneut anfragen.`)
			.waitFor();
		expect(await barriers(page)).toEqual([]);
		await dialog.getByRole("button", { name: "Ablehnen", exact: true }).click();
		await dialog.getByRole("alert").getByText("Wählen Sie einen Grund.").waitFor();
		await dialog.getByRole("radio", { name: "Ich bin nicht zuständig" }).check();
		await dialog.getByRole("button", { name: "Ablehnen", exact: true }).click();
		await region(page).getByText("Sie haben die Anfrage abgelehnt: nicht zuständig.").waitFor();
		const answer = { answer: "decline", reason: "not-responsible" };
		expect(await calls(page, "answerContact")).toEqual([["answerContact", id(ASKED), answer]]);
		await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toBe("thread__title");
	});

	it("forwards to a role of the own hospital", async () => {
		const page = await openAt(ASKED);
		await region(page).getByRole("button", { name: "Weiterleiten" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByRole("radio", { name: ROLE.name }).check();
		expect(await barriers(page)).toEqual([]);
		await dialog.getByRole("button", { name: "Weiterleiten", exact: true }).click();
		await region(page).getByText(`gebeten, sich an ${ROLE.name} zu wenden.`).waitFor();
		const answer = { answer: "forward", roleId: ROLE.id };
		expect(await calls(page, "answerContact")).toEqual([["answerContact", id(ASKED), answer]]);
	});

	it("reads so when there is no role to forward to", async () => {
		const page = await openAt(ASKED);
		await told(page, (messenger) => {
			messenger.roles = [];
		});
		await region(page).getByRole("button", { name: "Weiterleiten" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByText("In Ihrem Haus gibt es keine Rolle").waitFor();
		await dialog.getByRole("button", { name: "Schließen" }).click();
		expect(await region(page).getByRole("button", { name: "Annehmen" }).isEnabled()).toBe(true);
	});

	it.each(["Annehmen", "Weiterleiten"])(
		"reads what went wrong with “%s”, and can try again",
		async (name) => {
			const page = await openAt(ASKED);
			await told(page, (messenger) => {
				messenger.refuseNext = { code: "offline", detail: "" };
			});
			await region(page).getByRole("button", { name }).click();
			await region(page).getByRole("alert").getByText("Keine Verbindung").waitFor();
			await region(page).getByRole("button", { name: "Annehmen" }).click();
			await writing(page).waitFor();
		},
	);
});

describe("the person who asks", () => {
	it("writes one message, and then waits", async () => {
		const page = await openAt(21);
		await writing(page).fill("Darf ich Sie etwas fragen?");
		await writing(page).press("Enter");
		await told(
			page,
			(messenger, number: string) => {
				const known = { state: "open", mine: true, left: 0, reason: "", role: null, againAt: null } as const;
				const at = { madeAt: "2026-03-01T12:00:00Z", expiresAt: "2026-03-15T12:00:00Z" };
				messenger.changeConversation(number, { contact: { ...known, ...at } });
			},
			id(21),
		);
		await region(page).getByText("Anfrage gesendet am 01.03.2026.").waitFor();
		expect(await writing(page).count()).toBe(0);
		await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toBe("thread__title");
	});

	it("is told before sending that two files are two messages", async () => {
		const page = await openAt(21);
		const brief = { name: "Brief.pdf", mimeType: "application/pdf", buffer: Buffer.from("abc") };
		await page.locator("input[type=file]").setInputFiles([brief, { ...brief, name: "Bild.pdf" }]);
		await writing(page).fill("Anbei der Brief.");
		await writing(page).press("Enter");
		await page.getByRole("alert").getByText("Bis zur Annahme geht genau eine").waitFor();
		expect([await calls(page, "send"), await calls(page, "attach")]).toEqual([[], []]);
		expect(await writing(page).inputValue()).toBe("Anbei der Brief.");
	});

	it("sends the message to the role that was named, and is led there", async () => {
		const page = await openAt(24);
		await page.evaluate(() => {
			const { messenger } = window as unknown as { messenger: FakeMessenger };
			messenger.slow = new Promise((resolve) => Object.assign(window, { goOn: resolve }));
		});
		await region(page).getByRole("button", { name: "Nachricht dorthin senden" }).click();
		const busy = region(page).getByRole("button", { name: "Wird gesendet …" });
		expect(await busy.getAttribute("aria-disabled")).toBe("true");
		await busy.click({ force: true });
		await page.evaluate(() => (window as unknown as { goOn(): void }).goOn());
		await page.waitForURL(`**/conversations/${id(22)}/`);
		expect(await calls(page, "resendToRole")).toEqual([["resendToRole", id(24)]]);
	});

	it("reads when nobody is on duty there", async () => {
		const page = await openAt(24);
		await told(page, (messenger) => {
			messenger.refuseNext = { code: "nobody-on-duty", detail: "" };
		});
		const send = region(page).getByRole("button", { name: "Nachricht dorthin senden" });
		await send.click();
		await region(page).getByRole("alert").getByText("Dort hat gerade niemand Dienst.").waitFor();
		expect(await send.getAttribute("aria-disabled")).toBeNull();
	});

	it("begins another conversation where the last one was closed", async () => {
		const page = await pages.open("/conversations/?scene=contact");
		const closed = [22, 35].map((number) => id(number));
		await told(
			page,
			(messenger, numbers: string[]) => {
				for (const number of numbers) messenger.changeConversation(number, { active: false });
			},
			closed,
		);
		await page.getByRole("button", { name: "Neues Gespräch" }).click();
		await page.getByRole("combobox").fill("bob");
		await page.getByRole("option").first().click();
		await page.getByRole("button", { name: "Gespräch beginnen" }).click();
		await expect.poll(() => calls(page, "create")).toHaveLength(1);
	});

	it("reads in the service's words why somebody cannot be asked now", async () => {
		const page = await pages.open("/conversations/?scene=contact");
		await told(page, (messenger) => {
			for (const { id } of [...messenger.known]) messenger.changeConversation(id, { active: false });
			messenger.refuseNext = {
				code: "contact-paused",
				detail: "Ab dem 29.11.2026 dürfen Sie erneut anfragen.",
			};
		});
		await page.getByRole("button", { name: "Neues Gespräch" }).click();
		await page.getByRole("combobox").fill("bob");
		await page.getByRole("option").first().click();
		await page.getByRole("button", { name: "Gespräch beginnen" }).click();
		const alert = page.getByRole("dialog").getByRole("alert");
		await alert.getByText("Ab dem 29.11.2026 dürfen Sie erneut anfragen.", { exact: true }).waitFor();
	});
});
