import type { ServerResponse } from "node:http";
import type { Page } from "playwright-core";
import { describe, expect, it, vi } from "vitest";
import { dicom, type Element } from "./dicom";
import { barriers, DESK, overflow, PHONE, testPage } from "./page";

vi.setConfig({ testTimeout: 60_000 });

const pages = testPage("viewer");
const SIZE = 64;
const FRAMES = 12;

/** A CT image of `frames` frames; every pixel of frame n has the stored value n × 100, and −1000 + that in Hounsfield units. */
function scan(frames: number, more: Element[] = []): Buffer {
	const pixels = new Uint16Array(SIZE * SIZE * frames).map(
		(_, index) => Math.floor(index / (SIZE * SIZE)) * 100 + 100,
	);
	return Buffer.from(
		dicom([
			["0008,0060", "CS", "CT"],
			["0008,0020", "DA", "20260512"],
			["0010,0010", "PN", "Musterfrau^Erika"],
			["0010,0020", "LO", "4711"],
			["0010,0030", "DA", "19500203"],
			["0020,0037", "DS", "1\\0\\0\\0\\1\\0"],
			["0028,0002", "US", 1],
			["0028,0004", "CS", "MONOCHROME2"],
			["0028,0008", "IS", String(frames)],
			["0028,0010", "US", SIZE],
			["0028,0011", "US", SIZE],
			["0028,0100", "US", 16],
			["0028,0101", "US", 16],
			["0028,0102", "US", 15],
			["0028,0103", "US", 0],
			["0028,1050", "DS", "40"],
			["0028,1051", "DS", "400"],
			["0028,1052", "DS", "-1000"],
			["0028,1053", "DS", "1"],
			["7FE0,0010", "OW", new Uint8Array(pixels.buffer)],
			...more,
		]),
	);
}

const give =
	(bytes: Buffer | string, status = 200) =>
	(_: unknown, response: ServerResponse) => {
		response.writeHead(status, {
			"Content-Type": "application/dicom",
			"Content-Length": Buffer.byteLength(bytes),
		});
		response.end(bytes);
	};

pages.answers["/single"] = give(scan(1));
pages.answers["/multi"] = give(scan(FRAMES));
pages.answers["/letter"] = give("Sehr geehrte Frau Kollegin");
pages.answers["/cut"] = give(scan(1).subarray(0, 5000));
pages.answers["/gone"] = give("", 404);

async function ready(path: string, size = DESK): Promise<Page> {
	const page = await pages.open(path, size);
	await page.waitForSelector("medicus-dicom-viewer[data-state=ready]");
	return page;
}

const values = (page: Page) => page.locator(".viewer__corner--values").textContent();
const middle = (page: Page) =>
	page.evaluate((at) => document.querySelector("medicus-dicom-viewer")?.pixels()?.[at], (SIZE * SIZE) / 2);

describe("the viewer", () => {
	it("says whose image it is, which side is which, and that it is not for diagnosis", async () => {
		const page = await ready("/?src=/single");
		await page.getByText("Nicht für die Primärbefundung").waitFor();
		const banner = page.getByRole("region", { name: "Angaben im Bild" });
		expect(await banner.textContent()).toContain("Musterfrau, Erika");
		expect(await banner.textContent()).toContain("geb. 03.02.1950");
		expect(await page.locator(".viewer__edge").allTextContents()).toEqual(["R", "L", "A", "P"]);
	});

	it("gives Hounsfield units, and the window of the file first", async () => {
		const page = await ready("/?src=/single");
		expect(await middle(page)).toBe(-900);
		expect(await values(page)).toContain("C 40  W 400");
	});

	it("tells no values before there is a picture to have them", async () => {
		const page = await pages.open("/");
		const told = await page.evaluate(async () => {
			const viewer = document.querySelector("medicus-dicom-viewer") as HTMLElement;
			const texts = new Set<string>();
			const note = () => texts.add(viewer.querySelector(".viewer__corner--values")?.textContent ?? "");
			new MutationObserver(note).observe(viewer, { childList: true, subtree: true });
			viewer.setAttribute("src", "/single");
			await new Promise<void>((resolve) => {
				viewer.addEventListener("viewer-state", () => viewer.dataset.state === "ready" && resolve());
			});
			note();
			return [...texts].filter(Boolean);
		});
		expect(told).toEqual(["C 40  W 400Zoom 100 %"]);
	});

	it("changes the window by preset, by number and by dragging, and goes back", async () => {
		const page = await ready("/?src=/single");
		await page.getByRole("combobox", { name: "Voreinstellung" }).selectOption("lung");
		await expect.poll(() => values(page)).toContain("C -600  W 1500");
		await page.getByRole("spinbutton", { name: "Breite (W)" }).fill("900");
		await page.keyboard.press("Enter");
		await expect.poll(() => values(page)).toContain("W 900");
		expect(await page.getByRole("combobox").inputValue()).toBe("custom");
		const box = await page.locator(".viewer__picture").boundingBox();
		if (!box) throw new Error("there is no picture");
		await page.mouse.move(box.x + 200, box.y + 200);
		await page.mouse.down();
		await page.mouse.move(box.x + 260, box.y + 220, { steps: 3 });
		await page.mouse.up();
		await expect.poll(() => values(page)).not.toContain("W 900");
		await page.getByRole("button", { name: "Zurücksetzen" }).click();
		await expect.poll(() => values(page)).toContain("C 40  W 400");
	});

	it("goes through the frames by keyboard, by slider and by wheel", async () => {
		const page = await ready("/?src=/multi");
		const position = () => page.locator(".viewer__position").textContent();
		await page.locator(".viewer__picture").focus();
		await page.keyboard.press("ArrowDown");
		await expect.poll(position).toBe(`2 / ${FRAMES}`);
		await expect.poll(() => middle(page)).toBe(-800);
		await page.keyboard.press("End");
		await expect.poll(position).toBe(`${FRAMES} / ${FRAMES}`);
		await page.keyboard.press("ArrowDown");
		await page.getByRole("slider").fill("5");
		await expect.poll(position).toBe(`5 / ${FRAMES}`);
		expect(await page.getByRole("slider").getAttribute("aria-valuetext")).toBe(`Bild 5 von ${FRAMES}`);
		await page.locator(".viewer__picture").hover();
		await page.mouse.wheel(0, 120);
		await expect.poll(position).toBe(`6 / ${FRAMES}`);
	});

	it("zooms and inverts by keyboard and says so", async () => {
		const page = await ready("/?src=/single");
		await page.locator(".viewer__picture").focus();
		await page.keyboard.press("+");
		await expect.poll(() => values(page)).toContain("Zoom 125 %");
		await page.keyboard.press("i");
		const invert = page.getByRole("button", { name: "Invertieren" });
		await expect.poll(() => invert.getAttribute("aria-pressed")).toBe("true");
	});

	it.each([
		["/letter", "beschädigt oder kein DICOM-Bild"],
		["/cut", "beschädigt oder kein DICOM-Bild"],
		["/gone", "Zugriff beendet"],
	])("says what is wrong with %s", async (src, text) => {
		const page = await pages.open(`/?src=${src}`);
		await page.getByRole("alert").getByText(text).waitFor();
		expect(await page.locator("canvas").count()).toBe(0);
	});

	it("tries again when the connection failed", async () => {
		pages.answers["/shaky"] = give("", 503);
		const page = await pages.open("/?src=/shaky");
		const again = page.getByRole("button", { name: "Erneut versuchen" });
		await again.waitFor();
		pages.answers["/shaky"] = give(scan(1));
		await again.click();
		await page.waitForSelector("medicus-dicom-viewer[data-state=ready]");
	});

	it("takes the picture and its values away within seconds of the end of access", async () => {
		pages.answers["/state"] = give("{}");
		const page = await ready("/?src=/single&poll=/state");
		expect(await middle(page)).toBe(-900);
		pages.answers["/state"] = give("", 404);
		const since = Date.now();
		await page.getByRole("alert").getByText("Zugriff beendet").waitFor();
		expect(Date.now() - since).toBeLessThan(6000);
		expect(await page.locator("canvas, .viewer__banner").count()).toBe(0);
		expect(await middle(page)).toBeUndefined();
	});

	it("keeps the picture while the server does not answer", async () => {
		pages.answers["/down"] = give("", 503);
		const page = await ready("/?src=/single&poll=/down");
		await page.waitForResponse((response) => response.url().endsWith("/down"));
		expect(await page.locator("medicus-dicom-viewer").getAttribute("data-state")).toBe("ready");
	});

	it.each([
		["/multi", DESK],
		["/multi", PHONE],
		["/gone", PHONE],
	])("has no barrier and fits: %s", async (src, size) => {
		const page = await pages.open(`/?src=${src}`, size);
		await page.waitForSelector("medicus-dicom-viewer:not([data-state=loading])[data-state]");
		expect(await barriers(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
	});
});
