import { expect, test } from "vitest";
import { barriers, testPage } from "../ui/page";

const pages = testPage("parts");

interface Entry {
	id: string;
	who: string;
	you?: boolean;
}

/** A log whose server knows `entries`, the newest first. Counts the questions for news and the loads of the page. */
function log(entries: Entry[]): { signOut(): void; loads(): number; questions: (string | undefined)[] } {
	let status = 200;
	let loads = 0;
	const questions: (string | undefined)[] = [];
	pages.answers["/log"] = (_, response) => {
		loads++;
		response.setHeader("Content-Type", "text/html; charset=utf-8");
		response.end(`<!doctype html><html lang="de"><title>Test</title><script type="module" src="/page.js"></script>
<main><h1>Test</h1><medicus-live-log id="log" news="/news" every="0.05"><ol data-newest="${entries[0]?.id ?? ""}">${entries.map(row).join("")}</ol></medicus-live-log></main></html>`);
	};
	pages.answers["/news"] = (request, response) => {
		const after = new URL(request.url ?? "", "http://here").searchParams.get("after") ?? "";
		questions.push(request.headers["medicus-unattended"] as string | undefined);
		response.writeHead(status, { "Content-Type": "application/json" });
		const known = entries.findIndex((entry) => entry.id === after);
		response.end(JSON.stringify({ count: entries.slice(0, known).filter((entry) => !entry.you).length }));
	};
	const signOut = () => {
		status = 401;
	};
	return { signOut, loads: () => loads, questions };
}

function row({ id, who, you }: Entry): string {
	return `<li class="access${you ? " access--you" : ""}" data-event="${id}"><span class="row__title">${who}</span> <span class="access__what">Akte geöffnet</span></li>`;
}

test("a new access appears by itself, marked, and is told in one sentence; one's own is not", async () => {
	const entries: Entry[] = [{ id: "1", who: "Dr. Alt" }];
	const server = log(entries);
	const page = await pages.open("/log");
	await expect.poll(() => server.questions.length).toBeGreaterThan(1);
	expect(server.loads(), "without news the page is not loaded again").toBe(1);
	entries.unshift({ id: "3", who: "Dr. Neu" }, { id: "2", who: "Sie", you: true });
	await page.waitForSelector("[data-event='3'].access--new");
	expect(await page.locator(".access--new").count()).toBe(1);
	expect(await page.locator("[role=status]").innerText()).toBe("Ein neuer Zugriff. Dr. Neu: Akte geöffnet");
	expect(await page.locator("[data-event='3'] .badge").innerText()).toBe("Neu");
	expect(await barriers(page)).toEqual([]);
}, 90_000);

test("its questions say that nobody asked them, so that the session may end", async () => {
	const server = log([{ id: "1", who: "Dr. Alt" }]);
	await pages.open("/log");
	await expect.poll(() => server.questions.length).toBeGreaterThan(2);
	expect(new Set(server.questions)).toEqual(new Set(["1"]));
}, 90_000);

test("when the session has ended it says so and asks no more", async () => {
	const server = log([{ id: "1", who: "Dr. Alt" }]);
	const page = await pages.open("/log");
	server.signOut();
	await page.waitForFunction(() => document.querySelector("[role=status]")?.textContent?.includes("Sitzung"));
	const asked = server.questions.length;
	await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
	expect(server.questions.length).toBe(asked);
}, 90_000);
