/** A document of a folder on its page: what can be shown is fetched and shown, anything else is not even fetched. */
import { afterEach, expect, it, vi } from "vitest";
import { barriers, DESK, overflow, PHONE, testPage } from "./page";

vi.setConfig({ testTimeout: 60_000 });

const pages = testPage("document");
let fetched = 0;

pages.answers["/letter"] = (_, response) => {
	fetched += 1;
	response.writeHead(200, { "Content-Type": "text/plain" });
	response.end("Sehr geehrte Frau Kollegin");
};

afterEach(() => {
	fetched = 0;
});

const open = (type: string, size: number, viewport = DESK) =>
	pages.open(`/?src=/letter&name=Brief&type=${encodeURIComponent(type)}&size=${size}`, viewport);

it("shows a text", async () => {
	const page = await open("text/plain", 26);
	await page.getByText("Sehr geehrte Frau Kollegin").waitFor();
	expect(fetched).toBe(1);
});

it.each([
	["of no type that is shown here", "application/octet-stream", 26],
	["that is too large to lie in memory", "text/plain", 20_000_001],
	["that is a PDF, and too large", "application/pdf", 200_000_001],
])("says that it must be downloaded, and does not fetch one %s", async (_, type, size) => {
	for (const viewport of [DESK, PHONE]) {
		const page = await open(type, size, viewport);
		await page.getByText("Laden Sie sie herunter, um sie zu öffnen.").waitFor();
		expect(fetched).toBe(0);
		expect(await barriers(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
	}
});
