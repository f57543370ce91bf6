import { expect, test } from "vitest";
import { isAsset, isPage, outdated, words } from "../../src/service-worker/rules";

const ORIGIN = "https://medicus.example";
const get = (path: string, more = {}) => ({
	method: "GET",
	mode: "no-cors" as const,
	url: ORIGIN + path,
	...more,
});

test("only what is opened is a page: a form that is sent passes by", () => {
	expect(isPage(get("/conversations/", { mode: "navigate" }))).toBe(true);
	expect(isPage(get("/conversations/"))).toBe(false);
	expect(isPage(get("/sign-in/", { mode: "navigate", method: "POST" }))).toBe(false);
});

test.each([
	"/static/web/assets/main-C8faoamy.css",
	"/static/web/assets/index_bg-D2u_WqbR.wasm",
	"/static/web/assets/fira-sans-latin-400-normal-a0AnQzuD.woff2",
])("%s is kept: its name says its content", (path) => {
	expect(isAsset(get(path), ORIGIN)).toBe(true);
});

test.each([
	"/api/v1/groups",
	"/",
	"/findings/0190-12345678.json",
	"/static/web/icon.svg",
	"/static/web/service-worker.js",
	"/static/web/assets/main.css",
	"/static/web/assets/../../api/x-12345678.js",
	"/static/web/assets/main-C8faoamy.css?person=1",
])("%s is never kept", (path) => {
	expect(isAsset(get(path), ORIGIN)).toBe(false);
});

test("nothing of another origin is kept, and nothing that is sent", () => {
	const path = "/static/web/assets/main-C8faoamy.css";
	expect(isAsset({ ...get(path), url: `https://elsewhere.example${path}` }, ORIGIN)).toBe(false);
	expect(isAsset(get(path, { method: "POST" }), ORIGIN)).toBe(false);
});

test("the build before stays, of which a page may be open; older ones go, and nothing that is not ours", () => {
	const names = ["medicus-assets-1", "medicus-settings", "medicus-assets-2", "other", "medicus-assets-3"];
	expect(outdated(names, "medicus-assets-3")).toEqual(["medicus-assets-1"]);
	expect(outdated(["medicus-assets-3"], "medicus-assets-3")).toEqual([]);
});

test("the words of a notification are one of two, whatever is new", () => {
	expect(words("en-GB").title).toBe("New message in Medicus");
	expect(words("de").title).toBe("Neue Nachricht in Medicus");
	expect(words("fr").lang).toBe("de");
});
