/** Files in a conversation as a reader meets them: held uploads, refusals, previews, and the picture editor. */
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { id } from "./cast";
import { barriers, calls, DESK, overflow, PHONE, testPage } from "./page";

const pages = testPage("conversations");
const PATH = `/conversations/${id(1)}/?scene=files`;
const SHOTS = process.env.SCREENSHOTS;

async function shot(page: Page, name: string): Promise<void> {
	if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

async function opened(size = DESK): Promise<Page> {
	const page = await pages.open(PATH, size);
	await page.locator(".message").first().waitFor();
	// The scene draws its photo while the page is shown.
	await page.waitForFunction(() => {
		const { messenger } = window as unknown as { messenger: { blobs: Map<string, Blob> } };
		return [...messenger.blobs.values()].some(({ type }) => type === "image/jpeg");
	});
	return page;
}

const card = (page: Page, name: string) => page.locator(".attachment", { hasText: name });

async function preview(page: Page, name: string) {
	await card(page, name)
		.getByRole("button", { name: /ansehen/i })
		.click();
	return page.getByRole("dialog");
}

describe.each([
	["desk", DESK],
	["phone", PHONE],
] as const)("files on a %s", (device, size) => {
	it("say what an upload waits for, and let it be paused, resumed and chosen again", async () => {
		const page = await opened(size);
		expect(await overflow(page)).toBe(0);
		expect(await barriers(page)).toEqual([]);
		await shot(page, `uploads-${device}`);
		await card(page, "CT_Polytrauma.zip").getByRole("button", { name: "Anhalten" }).click();
		await card(page, "CT_Polytrauma.zip").getByText("Angehalten bei 50").waitFor();
		await card(page, "CT_Verlauf.zip").getByRole("button", { name: "Fortsetzen" }).click();
		const [chooser] = await Promise.all([
			page.waitForEvent("filechooser"),
			card(page, "Angiographie.zip").getByRole("button", { name: "Datei wählen" }).click(),
		]);
		await chooser.setFiles({ name: "x.zip", mimeType: "application/zip", buffer: Buffer.from("x") });
		await expect.poll(() => calls(page, "supplyFile")).toHaveLength(1);
		expect([await calls(page, "pauseUpload"), await calls(page, "resumeUpload")].flat()).toHaveLength(2);
	});

	it("that could be run are not opened; the reader sees why and can ask for another format", async () => {
		const page = await opened(size);
		const refused = card(page, "Überweisung.docm");
		await refused.getByText("Das Dokument enthält Makros").waitFor();
		expect(await refused.getByRole("button", { name: "Herunterladen" }).isVisible()).toBe(false);
		await refused.scrollIntoViewIfNeeded();
		await shot(page, `refused-${device}`);
		await refused.getByRole("button", { name: "Um anderes Format bitten" }).click();
		expect(await page.locator(".composer__text").inputValue()).toContain("Überweisung.docm");
	});

	it("are looked at: a PDF page by page, laboratory values, a picture the right way up", async () => {
		const page = await opened(size);
		const pdf = await preview(page, "Arztbrief.pdf");
		await pdf.getByText("Seite 1 von 2").waitFor();
		await expect.poll(() => pdf.getByText("Seite eins: Diagnose").count()).toBe(1);
		await shot(page, `pdf-${device}`);
		const dark = await pdf.locator("canvas").evaluate(darkPixels);
		expect(dark).toBeGreaterThan(500);
		await page.keyboard.press("PageDown");
		await expect.poll(() => pdf.getByText("Seite zwei: Therapie").count()).toBe(1);
		expect(await barriers(page)).toEqual([]);
		await page.keyboard.press("Escape");
		const lab = await preview(page, "Labor.json");
		await lab.getByText("6,8 mmol/l").waitFor();
		await shot(page, `lab-${device}`);
		expect(await barriers(page)).toEqual([]);
		await page.keyboard.press("Escape");
		const picture = (await preview(page, "Wunde.jpg")).locator("img");
		await picture.waitFor();
		expect(await picture.evaluate((one: HTMLImageElement) => [one.naturalWidth, one.naturalHeight])).toEqual([
			200, 300,
		]);
		await page.keyboard.press("Escape");
		await (await preview(page, "Medikation.txt")).getByText("Ramipril 5 mg").waitFor();
		await shot(page, `text-${device}`);
	});
});

describe("a preview", () => {
	it("of what would bring the tab down, or is broken, is a sentence", async () => {
		const page = await opened();
		await (await preview(page, "Panorama.png")).getByText("3600 Megapixel").waitFor();
		await page.keyboard.press("Escape");
		await (await preview(page, "Kaputt.pdf")).getByText("kann hier nicht angezeigt werden").waitFor();
	});
});

describe("several files", () => {
	it("go in the order that is chosen, and the text goes with the first", async () => {
		const page = await opened();
		const one = { mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") };
		const files = ["A.pdf", "B.pdf", "C.pdf"].map((name) => ({ ...one, name }));
		await page.locator(".composer input[type=file]").setInputFiles(files);
		await page.getByRole("button", { name: "C.pdf früher senden" }).click();
		await page.getByRole("button", { name: "C.pdf früher senden" }).click();
		await page.getByRole("button", { name: "B.pdf nicht senden" }).click();
		await page.locator(".composer__text").fill("Beide von heute.");
		await page.getByRole("button", { name: "Senden", exact: true }).click();
		await expect
			.poll(() => calls(page, "attach"))
			.toEqual([
				["attach", id(1), "C.pdf", "Beide von heute."],
				["attach", id(1), "A.pdf"],
			]);
		expect(await calls(page, "send")).toEqual([]);
	});
});

describe("a picture before it is sent", () => {
	it.each([
		["desk", DESK],
		["phone", PHONE],
	] as const)("is covered, marked and turned by hand and by keyboard: %s", async (device, size) => {
		const page = await opened(size);
		await paste(page);
		const dialog = page.getByRole("dialog");
		await dialog.locator("canvas").waitFor();
		expect(await barriers(page)).toEqual([]);
		const stage = dialog.getByRole("application");
		const box = await stage.boundingBox();
		if (!box) throw new Error("no stage");
		await page.mouse.move(box.x + 5, box.y + 5);
		await page.mouse.down();
		await page.mouse.move(box.x + box.width - 5, box.y + box.height / 3);
		await page.mouse.up();
		await dialog.getByText("Bereich geschwärzt").waitFor();
		await dialog.getByRole("button", { name: "Verpixeln" }).click();
		await stage.focus();
		for (const key of ["ArrowDown", "Shift+ArrowRight", "Enter"]) await page.keyboard.press(key);
		await dialog.getByText("Bereich verpixelt").waitFor();
		await dialog.getByRole("button", { name: "Rückgängig" }).click();
		await dialog.getByRole("button", { name: "Pfeil" }).click();
		await stage.focus();
		for (let count = 0; count < 12; count++) await page.keyboard.press("ArrowDown");
		await page.keyboard.press("Enter");
		await shot(page, `editor-${device}`);
		expect(await overflow(page)).toBe(0);
		await dialog.getByRole("button", { name: "Drehen" }).click();
		await dialog.getByRole("button", { name: "Übernehmen" }).click();
		await page.getByRole("button", { name: /Bildschirmfoto .* bearbeiten/ }).waitFor();
		await shot(page, `staged-${device}`);
		await page.locator(".composer__text").fill("Name geschwärzt.");
		await page.getByRole("button", { name: "Senden", exact: true }).click();
		const [attached] = await calls(page, "attach");
		expect(attached?.[3]).toBe("Name geschwärzt.");
		const sent = await page.evaluate(lastSent);
		// Turned upright by its camera's data, then once more by hand; black where the name was; no camera data left.
		expect(sent).toMatchObject({ width: 300, height: 200, type: "image/jpeg", exif: false, gps: false });
		expect(sent.covered).toBeLessThan(8);
	});

	it("is not sent at all when the reader thinks better of it", async () => {
		const page = await opened();
		await paste(page);
		await page.getByRole("dialog").getByRole("button", { name: "Abbrechen" }).click();
		expect(await page.locator(".staged__file").count()).toBe(0);
	});
});

/** Paste the picture of the scene, with its camera's data. */
async function paste(page: Page): Promise<void> {
	await page.evaluate(async () => {
		const { messenger } = window as unknown as { messenger: { blobs: Map<string, Blob> } };
		const picture = [...messenger.blobs.values()].find(({ type }) => type === "image/jpeg");
		if (!picture) throw new Error("no picture");
		const clipboardData = new DataTransfer();
		clipboardData.items.add(new File([picture], "image.jpg", { type: "image/jpeg" }));
		const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
		document.querySelector(".composer__text")?.dispatchEvent(event);
	});
}

function darkPixels(element: Element): number {
	const canvas = element as HTMLCanvasElement;
	const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
	let dark = 0;
	for (let at = 0; at < pixels.length; at += 4) if ((pixels[at] ?? 255) < 100) dark += 1;
	return dark;
}

async function lastSent() {
	const { messenger } = window as unknown as { messenger: { blobs: Map<string, Blob> } };
	const blob = [...messenger.blobs.values()].at(-1) as Blob;
	const text = new TextDecoder("latin1").decode(await blob.arrayBuffer());
	const bitmap = await createImageBitmap(blob);
	const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
	const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
	context.drawImage(bitmap, 0, 0);
	// What was the upper third of the upright picture is the right third of the turned one.
	const { data } = context.getImageData(bitmap.width - 40, 40, 20, bitmap.height - 80);
	return {
		type: blob.type,
		width: bitmap.width,
		height: bitmap.height,
		exif: text.includes("Exif"),
		gps: text.includes("GPS"),
		covered: Math.max(...data.filter((_, index) => index % 4 !== 3)),
	};
}
