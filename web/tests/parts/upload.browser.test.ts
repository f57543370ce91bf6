import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import { barriers, DESK, overflow, PHONE, testPage } from "../ui/page";
import type { Answer } from "../ui/server";

const pages = testPage("parts");
const TUS = { "Tus-Resumable": "1.0.0" };
let created: string[];
let received: Record<string, number>;
let lengths: Record<string, string>;

/** A tus server of a few lines: it counts what is created and what arrives. */
const create: Answer = (request, response) => {
	const id = `u${created.length + 1}`;
	created.push(String(request.headers["upload-metadata"]));
	received[id] = 0;
	lengths[id] = String(request.headers["upload-length"]);
	response.writeHead(201, { ...TUS, Location: `/api/v1/uploads/${id}` }).end();
};

function receive(id: string): Answer {
	return (request, response) => {
		if (request.method !== "PATCH") {
			const told = { "Upload-Offset": String(received[id]), "Upload-Length": lengths[id] };
			return response.writeHead(200, { ...TUS, ...told }).end();
		}
		let bytes = 0;
		request.on("data", (chunk: Buffer) => {
			bytes += chunk.length;
		});
		return request.on("end", () => {
			received[id] = (received[id] ?? 0) + bytes;
			response.writeHead(204, { ...TUS, "Upload-Offset": String(received[id]) }).end();
		});
	};
}

function refuse(status: number, problem: object): Answer {
	return (_, response) => {
		response.writeHead(status, { ...TUS, "Content-Type": "application/problem+json" });
		response.end(JSON.stringify(problem));
	};
}

beforeEach(() => {
	created = [];
	received = {};
	lengths = {};
	pages.answers["/api/v1/uploads"] = create;
	for (const id of ["u1", "u2", "u3", "u4"]) pages.answers[`/api/v1/uploads/${id}`] = receive(id);
});

function dicom(name: string, size = 1000) {
	const buffer = Buffer.alloc(size);
	buffer.write("DICM", 128);
	return { name, mimeType: "application/dicom", buffer };
}

/** Choose a file that is made in the page: large ones take long to get there. */
function choose(page: Page, name: string, size: number): Promise<void> {
	return page.evaluate(
		([name, size]) => {
			const bytes = new Uint8Array(size);
			bytes.set(new TextEncoder().encode("DICM"), 128);
			const chosen = new DataTransfer();
			chosen.items.add(new File([bytes], name));
			const input = document.querySelector<HTMLInputElement>("#files");
			if (!input) throw new Error("no field");
			input.files = chosen.files;
			input.dispatchEvent(new Event("change"));
		},
		[name, size] as const,
	);
}

const states = (page: Page) => page.locator(".transfer__state").allInnerTexts();

test("three images go up, each once, and each is told", async () => {
	const page = await pages.open("/?part=upload");
	await page.evaluate(() => {
		const told: string[] = [];
		document.addEventListener("medicus-upload:done", (event) =>
			told.push((event as CustomEvent).detail.objectId),
		);
		document.addEventListener("medicus-upload:idle", () => told.push("idle"));
		Object.assign(window, { told });
	});
	await page.setInputFiles("#files", [dicom("a.dcm"), dicom("b.dcm"), dicom("c.dcm")]);
	await page.waitForFunction(() => document.querySelectorAll(".transfer--done").length === 3);
	expect(created).toHaveLength(3);
	expect(Object.values(received)).toEqual([1000, 1000, 1000]);
	const told = await page.evaluate(() => (window as unknown as { told: string[] }).told);
	expect(told.filter((word) => word !== "idle").sort()).toEqual(["u1", "u2", "u3"]);
	expect(told.filter((word) => word === "idle")).toHaveLength(1);
	expect(await page.locator("medicus-upload [role=status]").innerText()).toBe("3 von 3 Dateien übertragen");
	expect(await page.evaluate(() => localStorage.length)).toBe(0);
}, 90_000);

test("the server learns kind and patient of a file", async () => {
	const page = await pages.open("/?part=upload");
	await page.setInputFiles("#files", dicom("a.dcm"));
	await page.waitForSelector(".transfer--done");
	const pairs = Object.fromEntries(
		(created[0] ?? "").split(",").map((pair) => pair.split(" ").map((part, at) => (at ? atob(part) : part))),
	);
	expect(pairs).toEqual({ kind: "finding", patient: "0199", name: "a.dcm", type: "application/dicom" });
}, 90_000);

test("what is no DICOM file never leaves the computer, and cannot be tried again", async () => {
	const page = await pages.open("/?part=upload");
	const letter = { name: "brief.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(500) };
	await page.setInputFiles("#files", [letter, { ...dicom("x"), name: "DICOMDIR" }]);
	await page.waitForSelector(".transfer--failed");
	expect(await states(page)).toEqual(["Keine DICOM-Datei. Es wurde nichts übertragen."]);
	expect(created).toEqual([]);
	expect(await page.locator(".transfer button:visible").count()).toBe(1);
}, 90_000);

test("a refusal is told in the server's words; trying again succeeds", async () => {
	pages.answers["/api/v1/uploads"] = refuse(413, { title: "Too large", detail: "Höchstens 2 GB." });
	const page = await pages.open("/?part=upload");
	await page.setInputFiles("#files", dicom("a.dcm"));
	await page.waitForSelector(".transfer--failed");
	expect(await states(page)).toEqual(["Höchstens 2 GB."]);
	pages.answers["/api/v1/uploads"] = create;
	await page.click("button[aria-label='a.dcm erneut versuchen']");
	await page.waitForSelector(".transfer--done");
}, 90_000);

test("who was signed out is told so, not a code", async () => {
	pages.answers["/api/v1/uploads"] = refuse(401, { title: "Please sign in" });
	const page = await pages.open("/?part=upload");
	await page.setInputFiles("#files", dicom("a.dcm"));
	await page.waitForSelector(".transfer--failed");
	expect(await states(page)).toEqual(["Ihre Sitzung ist beendet. Bitte melden Sie sich neu an."]);
}, 90_000);

test("a large file can be paused and goes on where it stood", async () => {
	let slow = true;
	const usual = receive("u1");
	pages.answers["/api/v1/uploads/u1"] = (request, response) => {
		if (slow && request.method === "PATCH" && (received.u1 ?? 0) > 0) return undefined;
		return usual(request, response);
	};
	const page = await pages.open("/?part=upload");
	const size = 20 * 1024 * 1024;
	await choose(page, "gross.dcm", size);
	await expect.poll(() => received.u1, { timeout: 20_000 }).toBe(8 * 1024 * 1024);
	await page.click("button[aria-label='gross.dcm anhalten']");
	expect((await states(page))[0]).toContain("Angehalten bei");
	slow = false;
	await page.click("button[aria-label='gross.dcm fortsetzen']");
	await page.waitForSelector(".transfer--done", { timeout: 20_000 });
	expect(received.u1).toBe(size);
	expect(created).toHaveLength(1);
}, 120_000);

test("who pauses and resumes faster than it begins sends one file, not two", async () => {
	const page = await pages.open("/?part=upload");
	await page.evaluate(() => {
		document.addEventListener("medicus-upload:idle", () => document.body.setAttribute("data-idle", ""));
	});
	await page.evaluate(() => {
		const bytes = new Uint8Array(1000);
		bytes.set(new TextEncoder().encode("DICM"), 128);
		const upload = document.querySelector("medicus-upload") as unknown as {
			take(files: File[]): Promise<void>;
		};
		return upload.take([new File([bytes], "a.dcm")]).then(() => {
			for (let times = 0; times < 3; times++) {
				document.querySelector<HTMLButtonElement>("button[aria-label='a.dcm anhalten']")?.click();
				document.querySelector<HTMLButtonElement>("button[aria-label='a.dcm fortsetzen']")?.click();
			}
		});
	});
	await page.waitForSelector("body[data-idle]");
	expect(created).toHaveLength(1);
	expect(Object.values(received)).toEqual([1000]);
}, 90_000);

test.each([DESK, PHONE])(
	"it has no barrier and fits at $width",
	async (size) => {
		const page = await pages.open("/?part=upload", size);
		const letter = { name: "brief.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(500) };
		await page.setInputFiles("#files", [dicom("mit-einem-recht-langen-namen-der-nicht-passt.dcm"), letter]);
		await page.waitForSelector(".transfer--failed");
		expect(await barriers(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
	},
	90_000,
);
