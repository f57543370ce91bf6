import type { Page } from "playwright-core";
import decodeQR from "qr/decode.js";
import { describe, expect, it, vi } from "vitest";
import { bob, carla, id, ME, message } from "./cast";
import { dicom, type Element, IMAGE } from "./dicom";
import { type FakeMessenger, NUMBER } from "./fake-messenger";
import { barriers, calls, DESK, overflow, PHONE, testPage, told } from "./page";
import { JOIN_LINK, SCENES } from "./scenes";

vi.setConfig({ testTimeout: 60_000 });

const pages = testPage("conversations");
const CASE = `/conversations/${id(1)}/`;
const DIRECT = `/conversations/${id(2)}/`;

const FOUND = [
	{ person_id: bob().personId, name: bob().name, function: "Chefarzt", reachable: true },
	{ person_id: carla().personId, name: carla().name, function: "Fachärztin", reachable: true },
	{
		person_id: "0190ffff-0000-7000-8000-000000000000",
		name: "Boris Neu",
		function: "Arzt",
		reachable: false,
	},
].map((person) => ({
	...person,
	speciality: "",
	organisation: { id: "o", name: "Kreisklinik", verified_at: "2026-01-01T00:00:00Z" },
}));

pages.answers["/api/v1/directory"] = (request, response) => {
	const query = new URL(request.url ?? "", "http://localhost").searchParams.get("q")?.toLowerCase() ?? "";
	response.setHeader("Content-Type", "application/json");
	response.end(JSON.stringify({ results: FOUND.filter(({ name }) => name.toLowerCase().includes(query)) }));
};

/** Read the QR code on the page as a telephone would, from its squares. */
async function readQr(page: Page): Promise<string> {
	const { size, path } = await page.locator(".qr svg").evaluate((picture) => ({
		size: Number(picture.getAttribute("viewBox")?.split(" ")[2]),
		path: picture.querySelector("path")?.getAttribute("d") ?? "",
	}));
	const scale = 8;
	const side = size * scale;
	const data = new Uint8ClampedArray(side * side * 4).fill(255);
	for (const [, x, y] of path.matchAll(/M(\d+) (\d+)/g)) {
		for (let at = 0; at < scale * scale; at++) {
			const row = Number(y) * scale + Math.floor(at / scale);
			const pixel = row * side + Number(x) * scale + (at % scale);
			data.fill(0, pixel * 4, pixel * 4 + 3);
		}
	}
	return decodeQR({ width: side, height: side, data });
}

describe("every state of the workspace", () => {
	const scenes = Object.keys(SCENES).filter((scene) => scene !== "long");
	const onDesk = ["ready", "outbox"].map((scene) => [scene, DESK.width, DESK] as const);
	const onPhone = scenes.map((scene) => [scene, PHONE.width, PHONE] as const);

	it.each([...onDesk, ...onPhone])("%s at %i pixels has no barrier and fits", async (scene, _, size) => {
		const page = await pages.open(`${scene === "outbox" ? CASE : "/conversations/"}?scene=${scene}`, size);
		await page.waitForSelector(".surface:not([hidden]), .engine-pane:not([hidden])");
		expect(await barriers(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
	});

	it.each([
		[CASE, "a case"],
		[`/conversations/${id(3)}/`, "a changed key"],
		[`/conversations/${id(6)}/`, "an unknown device"],
		[`/conversations/${id(5)}/`, "a conversation that is over"],
	])("%s (%s) has no barrier and fits a phone", async (path) => {
		const page = await pages.open(path, PHONE);
		await page.waitForSelector(".message");
		expect(await barriers(page)).toEqual([]);
		await page.getByRole("button", { name: "Details", exact: true }).click();
		expect(await barriers(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
	});

	it("offers to use the messages here, and to sign in again", async () => {
		const elsewhere = await pages.open("/conversations/?scene=locked-elsewhere");
		await elsewhere.getByRole("button", { name: "Hier verwenden" }).click();
		expect(await calls(elsewhere, "takeOver")).toHaveLength(1);
		const out = await pages.open(`${CASE}?scene=signed-out`);
		const link = await out.getByRole("link", { name: "Neu anmelden" }).getAttribute("href");
		expect(link).toBe(`/sign-in/?next=${encodeURIComponent(CASE)}`);
	});

	it("offers to add a browser that is no device yet, and says what that means", async () => {
		const page = await pages.open("/conversations/?scene=needs-approval", PHONE);
		await page
			.getByText("Frühere Nachrichten kommen nur mit, wenn eine Sicherung eingeschaltet ist")
			.waitFor();
		await page.getByText("IT-Administration").waitFor();
		expect(await barriers(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
		await page.getByRole("button", { name: "Diesen Browser hinzufügen" }).click();
		expect(await calls(page, "askToJoin")).toHaveLength(1);
		const refused = await pages.open("/conversations/?scene=join-refused");
		await refused.getByText("auf Ihrem anderen Gerät abgelehnt").waitFor();
		await refused.getByRole("button", { name: "Neu anfragen" }).waitFor();
	});

	it("shows how far the history is that comes along", async () => {
		const page = await pages.open("/conversations/?scene=restoring", PHONE);
		await page.getByText("Nachrichten werden zurückgeholt: 1200 von 4800").waitFor();
		expect(await page.getByRole("progressbar").getAttribute("value")).toBe("0.25");
		expect(await barriers(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
	});

	it.each([
		["history-came", "4800 Nachrichten sind aus Ihrer Sicherung gekommen", 0],
		["history-off", "denn Ihre Sicherung ist aus", 0],
		["history-none", "wurde nicht mitgegeben oder kam nicht an", 1],
		["history-refused", "stammt nicht von Ihrem anderen Gerät", 0],
		["history-later", "wird es noch einmal versucht", 0],
	])("says what became of the history until it is read: %s", async (scene, text, links) => {
		const page = await pages.open(`/conversations/?scene=${scene}`, PHONE);
		const notice = page.getByRole("region", { name: "Frühere Nachrichten" });
		await notice.getByText(text).waitFor();
		expect(await notice.getByRole("link", { name: "Notfall-Kit benutzen" }).count()).toBe(links);
		expect(await barriers(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
		await notice.getByRole("button", { name: "Verstanden" }).click();
		await notice.waitFor({ state: "hidden" });
		expect(await calls(page, "historyRead")).toHaveLength(1);
	});

	it.each([DESK, PHONE])(
		"shows QR code and code while a browser waits, and lets it be taken back",
		async (size) => {
			const page = await pages.open("/conversations/?scene=joining", size);
			await page.getByRole("img", { name: /QR-Code/ }).waitFor();
			await page.getByText("MEB2-DEQ0-HWC6").waitFor();
			expect(await readQr(page)).toBe(JOIN_LINK);
			await page.getByText("noch 10 Minuten").waitFor();
			expect(await barriers(page)).toEqual([]);
			expect(await overflow(page)).toBe(0);
			await page.getByRole("button", { name: "Anfrage zurücknehmen" }).click();
			expect(await calls(page, "withdrawJoin")).toHaveLength(1);
		},
	);

	it.each([DESK, PHONE])(
		"shows the code that is read to an administrator, and what became of it",
		async (size) => {
			const page = await pages.open("/conversations/?scene=awaiting-administrator", size);
			await page.getByText("Die IT-Administration muss dieses Gerät freigeben").waitFor();
			await page.getByText("X7QK-1YGR-0N1D-YR3C").waitFor();
			expect(await barriers(page)).toEqual([]);
			expect(await overflow(page)).toBe(0);
			const refused = await pages.open("/conversations/?scene=not-approved", size);
			await refused.getByText("Bitte kommen Sie mit Ihrem Ausweis").waitFor();
			expect(await barriers(refused)).toEqual([]);
			await refused.getByRole("button", { name: "Neu anfragen" }).click();
			expect(await calls(refused, "askAdministratorAgain")).toHaveLength(1);
		},
	);

	it("takes decrypted text off the screen when the session ends", async () => {
		const page = await pages.open(CASE);
		await page.getByText("Passt, danke!").waitFor();
		await told(page, (messenger) => messenger.setState({ state: "signed-out" }));
		await page.getByText("Ihre Sitzung ist beendet").waitFor();
		expect(await page.locator(".surface").isVisible()).toBe(false);
	});
});

describe("writing", () => {
	it("sends with Enter, breaks the line with Shift and Enter, and sends nothing empty", async () => {
		const page = await pages.open(DIRECT);
		const field = page.getByRole("textbox", { name: /Nachricht an/ });
		await field.fill("eins");
		await field.press("Shift+Enter");
		await field.pressSequentially("zwei");
		await field.press("Enter");
		await field.press("Enter");
		expect(await calls(page, "send")).toEqual([["send", id(2), "eins\nzwei"]]);
		expect(await field.inputValue()).toBe("");
		await page.locator(".receipt span").getByText("Wartet auf Verbindung").waitFor();
	});

	it("keeps a draft with its conversation, and in no storage of the browser", async () => {
		const page = await pages.open(DIRECT);
		await page.getByRole("textbox", { name: /Nachricht an/ }).fill("Entwurf an Bob");
		await page.getByRole("link", { name: /Aortenisthmus/ }).click();
		await expect.poll(() => page.getByRole("textbox", { name: /Nachricht an/ }).inputValue()).toBe("");
		await page.getByRole("link", { name: /Baumgärtner-Schwenninger Kreisklinik/ }).click();
		await expect
			.poll(() => page.getByRole("textbox", { name: /Nachricht an/ }).inputValue())
			.toBe("Entwurf an Bob");
		const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
		expect(stored).not.toContain("Entwurf");
	});

	it("gives the text back when sending is refused", async () => {
		const page = await pages.open(DIRECT);
		await told(page, (messenger) => {
			messenger.refuseNext = { code: "stale-epoch", detail: "" };
		});
		const field = page.getByRole("textbox", { name: /Nachricht an/ });
		await field.fill("Wichtig");
		await field.press("Enter");
		await page.getByRole("alert").getByText("gerade geändert").waitFor();
		expect(await field.inputValue()).toBe("Wichtig");
	});

	it("is locked, and says why, while an unknown device is in the conversation", async () => {
		const page = await pages.open(`/conversations/${id(6)}/`);
		await page.getByRole("alert").getByText("unbekanntes Gerät").waitFor();
		expect(await page.getByRole("textbox", { name: /Nachricht an/ }).count()).toBe(0);
		expect(await page.getByRole("button", { name: "Person hinzufügen" }).count()).toBe(0);
	});

	it("goes on while messages come in: the focus, the selection and the place stay", async () => {
		const page = await pages.open(`${DIRECT}?scene=long`);
		const field = page.getByRole("textbox", { name: /Nachricht an/ });
		await field.fill("Mitten im Satz");
		await field.evaluate((element: HTMLTextAreaElement) => element.setSelectionRange(3, 6));
		const first = await page.locator(".message").first().elementHandle();
		await told(
			page,
			(messenger, one: never) => messenger.arrive("0190" + "0002-1111-7000-8000-000000000000", one),
			message(300, bob(), "Zwischenruf"),
		);
		await page.locator(".message").getByText("Zwischenruf").waitFor();
		expect(
			await field.evaluate((element: HTMLTextAreaElement) => [
				document.activeElement === element,
				element.selectionStart,
				element.selectionEnd,
			]),
		).toEqual([true, 3, 6]);
		expect(await first?.evaluate((element) => element.isConnected)).toBe(true);
	});
});

describe("reading", () => {
	it("opens at the first unread message and marks seen only at the end", async () => {
		const page = await pages.open(`${DIRECT}?scene=long`);
		await page.getByText("Neue Nachrichten").waitFor();
		await page.getByRole("button", { name: "Zum Ende" }).click();
		await expect.poll(() => calls(page, "markSeen")).toEqual([["markSeen", id(2), 180]]);
		await page.getByText("Neue Nachrichten").waitFor();
	});

	it("loads older messages while scrolling up and keeps the place", async () => {
		const page = await pages.open(`${DIRECT}?scene=long`);
		await page.getByText("Nachricht 175", { exact: true }).waitFor();
		await page.locator(".thread__scroll").evaluate((element) => {
			element.scrollTop = 250;
		});
		const seen = page.getByText("Nachricht 135", { exact: true });
		const before = await seen.evaluate((element) => element.getBoundingClientRect().top);
		await page.getByText("Nachricht 82", { exact: true }).waitFor({ state: "attached" });
		const after = await seen.evaluate((element) => element.getBoundingClientRect().top);
		expect(Math.abs(after - before)).toBeLessThan(2);
	});

	it("shows markup as text", async () => {
		const page = await pages.open(DIRECT);
		const evil = "<img src=x onerror=alert(1)><b>fett</b>";
		await told(
			page,
			(messenger, one: never) => messenger.arrive("0190" + "0002-1111-7000-8000-000000000000", one),
			message(9, bob(), evil),
		);
		await page.locator(".message__text").getByText(evil).waitFor();
	});

	it("says new messages to screen readers", async () => {
		const page = await pages.open(DIRECT);
		await page.locator(".message").first().waitFor();
		await told(
			page,
			(messenger, one: never) => messenger.arrive("0190" + "0002-1111-7000-8000-000000000000", one),
			message(9, bob(), "Bitte zurückrufen"),
		);
		await expect.poll(() => page.locator("p[aria-live]").textContent()).toContain("Bitte zurückrufen");
	});

	it("names who has seen a message in a group", async () => {
		const page = await pages.open(CASE);
		const button = page.getByRole("button", { name: /Gesehen von 2 von 3/ }).last();
		await button.click();
		expect(await button.getAttribute("aria-expanded")).toBe("true");
		await page
			.getByText(/^Noch nicht zugestellt: |^Zugestellt: Dr. Carla/)
			.last()
			.waitFor();
	});

	it("offers to send again or discard what was not sent", async () => {
		const page = await pages.open(`${CASE}?scene=outbox`);
		await page.getByRole("button", { name: "Erneut senden" }).click();
		expect(await calls(page, "retry")).toHaveLength(1);
		await page.getByRole("button", { name: "Verwerfen" }).click();
		await page.getByRole("dialog").getByRole("button", { name: "Verwerfen" }).click();
		await expect.poll(() => page.getByText("Ich schicke noch die Angiographie.").count()).toBe(0);
		expect(await calls(page, "discard")).toHaveLength(1);
	});
});

describe("files", () => {
	const pixels = new Uint8Array(64 * 64 * 2).map((_, index) => index % 251);
	const square: Element[] = [...IMAGE.slice(0, -1), ["7FE0,0010", "OW", pixels]];
	const sized = square.map(([tag, vr, value]): Element => [tag, vr, tag.startsWith("0028,001") ? 64 : value]);
	const image: Element[] = [
		...sized,
		["0008,0060", "CS", "CT"],
		["0028,0004", "CS", "MONOCHROME2"],
		["0028,0101", "US", 16],
		["0028,0102", "US", 15],
		["0028,0103", "US", 0],
	];
	const scan = { name: "Scan.dcm", mimeType: "application/dicom", buffer: Buffer.from(dicom(image)) };

	it("wait for Send and can be taken back", async () => {
		const page = await pages.open(DIRECT);
		await page.locator("input[type=file]").setInputFiles([scan, { ...scan, name: "Falsch.dcm" }]);
		await page.getByRole("button", { name: "Falsch.dcm nicht senden" }).click();
		expect(await calls(page, "attach")).toEqual([]);
		await page.getByRole("button", { name: "Senden", exact: true }).click();
		expect(await calls(page, "attach")).toEqual([["attach", id(2), "Scan.dcm"]]);
	});

	it("can be dropped anywhere on the conversation", async () => {
		const page = await pages.open(DIRECT);
		await page.locator(".message").first().waitFor();
		const transfer = await page.evaluateHandle(() => {
			const data = new DataTransfer();
			data.items.add(new File(["abc"], "Brief.pdf", { type: "application/pdf" }));
			return data;
		});
		await page.dispatchEvent(".thread__scroll", "dragenter", { dataTransfer: transfer });
		await page.getByText("Dateien hier ablegen").waitFor();
		await page.dispatchEvent(".thread__scroll", "drop", { dataTransfer: transfer });
		await page.getByText("Brief.pdf", { exact: true }).waitFor();
		expect(await page.getByText("Dateien hier ablegen").isVisible()).toBe(false);
	});

	it("are refused with a reason when they could be run", async () => {
		const page = await pages.open(DIRECT);
		await told(page, (messenger) => {
			messenger.refuseNext = { code: "executable", detail: "this is a Windows program" };
		});
		await page.locator("input[type=file]").setInputFiles({ ...scan, name: "Befund.exe" });
		await page.getByRole("button", { name: "Senden", exact: true }).click();
		await page.getByRole("alert").getByText("Schadsoftware").waitFor();
	});

	it("come back byte for byte, and images open in the viewer", async () => {
		const page = await pages.open(DIRECT);
		await page.locator("input[type=file]").setInputFiles(scan);
		await page.getByRole("button", { name: "Senden", exact: true }).click();
		await told(
			page,
			(messenger, conversationId: never) =>
				messenger.messages(conversationId).then((all) => {
					const last = all.at(-1);
					if (last) messenger.arrive(conversationId, { ...last, seq: 50, send: { state: "sent", seq: 50 } });
				}),
			id(2),
		);
		const [download] = await Promise.all([
			page.waitForEvent("download"),
			page.getByRole("button", { name: "Herunterladen" }).last().click(),
		]);
		expect(download.suggestedFilename()).toBe("Scan.dcm");
		// A long name breaks between its parts, not within a word.
		expect(await page.locator(".attachment__name").last().innerHTML()).toBe("Scan.<wbr>dcm");
		const chunks: Buffer[] = [];
		for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
		expect(Buffer.concat(chunks).equals(scan.buffer)).toBe(true);
		await page.getByRole("button", { name: "Bild ansehen" }).last().click();
		await page.waitForSelector("medicus-dicom-viewer[data-state=ready]");
		await page.keyboard.press("Escape");
		expect(await page.locator("medicus-dicom-viewer").count()).toBe(0);
	});

	it("that were changed on the way are not opened", async () => {
		const page = await pages.open(CASE);
		await page.getByRole("button", { name: "Herunterladen" }).last().click();
		await page.getByRole("alert").getByText("beschädigt oder wurde verändert").waitFor();
	});
});

describe("finding one's way", () => {
	it("shows one part at a time on a phone and goes back to the list", async () => {
		const page = await pages.open("/conversations/", PHONE);
		await page.getByRole("link", { name: /Aortenisthmus/ }).click();
		await page.getByText("Ich bin auch dabei.").last().waitFor();
		expect(new URL(page.url()).pathname).toBe(CASE);
		expect(await page.getByRole("heading", { name: "Gespräche" }).isVisible()).toBe(false);
		await page.getByRole("button", { name: "Zurück zur Liste" }).click();
		await page.getByRole("heading", { name: "Gespräche" }).waitFor();
		expect(new URL(page.url()).pathname).toBe("/conversations/");
	});

	it("follows the browser's back and forward", async () => {
		const page = await pages.open("/conversations/");
		await page.getByRole("link", { name: /Aortenisthmus/ }).click();
		await page.getByRole("heading", { name: /Aortenisthmus/ }).waitFor();
		await page.goBack();
		await page.getByText("Kein Gespräch gewählt").waitFor();
		await page.goForward();
		await page.getByRole("heading", { name: /Aortenisthmus/ }).waitFor();
	});

	it("filters the list by name, hospital and title", async () => {
		const page = await pages.open("/conversations/");
		await page.getByRole("searchbox").fill("crailsheim herz");
		await expect.poll(() => page.locator(".conversations__rows > li").count()).toBe(1);
		await page.getByRole("searchbox").fill("niemand");
		await page.getByText("Keine Nachricht passt zu „niemand“.").waitFor();
	});

	it("says so when a conversation is not there", async () => {
		const page = await pages.open(`/conversations/${id(4711)}/`);
		await page.getByText("Dieses Gespräch gibt es nicht").waitFor();
	});
});

describe("people", () => {
	it("begin a team by keyboard alone", async () => {
		const page = await pages.open("/conversations/?scene=empty");
		await page.getByRole("button", { name: "Neues Gespräch" }).first().focus();
		await page.keyboard.press("Enter");
		await page.getByRole("radio", { name: /Direkt/ }).focus();
		await page.keyboard.press("ArrowDown");
		for (const name of ["bob", "carla"]) {
			await page.getByRole("combobox").focus();
			await page.keyboard.type(name);
			await page.getByRole("option").first().waitFor();
			await page.keyboard.press("Enter");
		}
		expect(await barriers(page)).toEqual([]);
		await page.getByRole("textbox", { name: "Titel" }).focus();
		await page.keyboard.type("Herzkonferenz");
		await page.getByRole("button", { name: "Gespräch beginnen" }).focus();
		await page.keyboard.press("Enter");
		await page.getByRole("heading", { name: "Herzkonferenz" }).waitFor();
		const [created] = await calls(page, "create");
		expect(created?.[1]).toEqual({
			kind: "team",
			title: "Herzkonferenz",
			personIds: [bob().personId, carla().personId],
		});
	});

	it("open the conversation that is there instead of a second one", async () => {
		const page = await pages.open("/conversations/");
		await page.getByRole("button", { name: "Neues Gespräch" }).click();
		await page.getByRole("combobox").fill("bob");
		await page.getByRole("option").first().click();
		await page.getByRole("button", { name: "Gespräch beginnen" }).click();
		await page.waitForURL(`**${DIRECT}`);
		expect(await calls(page, "create")).toEqual([]);
	});

	it("without a device cannot be chosen, and the dialog says what is missing", async () => {
		const page = await pages.open("/conversations/");
		await page.getByRole("button", { name: "Neues Gespräch" }).click();
		await page.getByRole("combobox").fill("boris");
		await page.getByText("Noch kein Gerät angemeldet").waitFor();
		await page.keyboard.press("Enter");
		await page.keyboard.press("Escape");
		await page.getByRole("button", { name: "Gespräch beginnen" }).click();
		await page.getByRole("alert").getByText("Wählen Sie mindestens eine Person.").waitFor();
	});

	it("come with the address of a new conversation", async () => {
		const query = `new&invite=${carla().personId}&invite-name=Dr.+Carla&invite-verified&invite-reachable`;
		const page = await pages.open(`/conversations/new/?scene=empty&${query}`);
		await page.getByRole("dialog").getByText("Dr. Carla", { exact: true }).waitFor();
	});

	it.each([DESK, PHONE])("are compared by sixty digits, which is kept", async (size) => {
		const page = await pages.open(`/conversations/${id(3)}/`, size);
		if (size === PHONE) await page.getByRole("button", { name: "Details" }).click();
		const row = page.locator(".member", { hasText: "Çelik" });
		await row.getByText("Lesen Sie sich die Nummer am Telefon vor").waitFor();
		expect((await row.locator(".fingerprint").innerText()).replace(/\s/g, "")).toBe(NUMBER);
		expect(await readQr(page)).toBe(`medicus-safety-number:1:${NUMBER}`);
		expect(await row.innerText()).toContain("Dabei seit 01.02.2026");
		expect(await page.locator(".member", { hasText: "(Sie)" }).locator("summary:visible").count()).toBe(0);
		expect(await barriers(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
		await row.getByRole("button", { name: "Die Nummern sind gleich" }).click();
		await row.getByText("Sicherheitsnummer verglichen am 01.03.2026").waitFor();
		expect(await row.getByRole("button", { name: "Die Nummern sind gleich" }).count()).toBe(0);
		await page.getByText("Der Schlüssel von Dr. Carla Çelik ist neu").waitFor({ state: "hidden" });
	});

	it("whose key was compared and is another one now are told apart", async () => {
		const page = await pages.open(`/conversations/${id(3)}/`);
		await page.evaluate((groupId) => {
			const { messenger } = window as unknown as { messenger: FakeMessenger };
			void messenger.conversations().then((list) => {
				const members = list
					.find((one) => one.id === groupId)
					?.members.map((one) => ({ ...one, wasVerified: one.keyChanged, keyResets: 2 }));
				if (members) messenger.changeConversation(groupId, { members });
			});
		}, id(3));
		await page.getByText("Ihr Vergleich gilt nicht mehr").waitFor();
		const row = page.locator(".member", { hasText: "Çelik" });
		expect(await row.innerText()).toContain("Schlüssel 2-mal zurückgesetzt");
	});

	it("are removed after a question, by whoever is responsible", async () => {
		const page = await pages.open(CASE);
		await page.getByRole("button", { name: /Anton Aydın aus dem Gespräch entfernen/ }).click();
		await page.getByRole("dialog").getByRole("button", { name: "Entfernen" }).click();
		await expect.poll(() => page.locator(".member").count()).toBe(3);
		const [removed] = await calls(page, "remove");
		expect(removed?.[1]).toBe(id(1));
		expect(removed?.[2]).not.toBe(ME);
	});
});
