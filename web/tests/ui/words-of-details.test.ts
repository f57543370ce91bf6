import "./words";
import { describe, expect, it } from "vitest";
import { dayTitle } from "../../src/elements/conversation/days";
import { sentenceOf, sentenceOfCode } from "../../src/elements/conversation/failures";
import { spoken } from "../../src/elements/conversation/fingerprint";
import { addressed } from "../../src/elements/conversation/route";

describe("a safety number", () => {
	it("is read in groups, four a line", () => {
		const lines = spoken("0123456789".repeat(6), 5);
		expect(lines).toHaveLength(3);
		expect(lines[0]).toEqual(["01234", "56789", "01234", "56789"]);
		expect(lines.flat().join("")).toHaveLength(60);
	});
});

describe("a day", () => {
	const now = new Date("2026-05-13T00:30:00");

	it.each([
		["2026-05-13", "Heute"],
		["2026-05-12", "Gestern"],
		["2026-05-11", "Montag, 11. Mai"],
		["2025-12-31", "Mittwoch, 31. Dezember 2025"],
	])("%s is called %s", (day, title) => expect(dayTitle(day, now)).toBe(title));
});

describe("a refusal", () => {
	it("has a sentence of the workspace for the codes it knows", () => {
		expect(sentenceOf({ code: "offline", detail: "" })).toMatch(/^Keine Verbindung/);
		expect(sentenceOfCode("no-device", "Dr. Carla Çelik")).toContain("Dr. Carla Çelik");
	});

	it("passes on the sentence of the service for the others, and the bare code when there is none", () => {
		expect(sentenceOf({ code: "commit-refused", detail: "Das ist nicht erlaubt." })).toContain(
			"Das ist nicht erlaubt.",
		);
		expect(sentenceOf({ code: "odd", detail: "" })).toContain("odd");
		expect(sentenceOf(new Error("kaputt"))).toContain("kaputt");
	});
});

describe("the address", () => {
	it("names a conversation, or none", () => {
		expect(addressed("/conversations/0190aaaa-1111-7000-8000-000000000000/")).toBe(
			"0190aaaa-1111-7000-8000-000000000000",
		);
		for (const path of ["/conversations/", "/conversations/new/", "/patients/", "/conversations/x/"]) {
			expect(addressed(path)).toBeNull();
		}
	});
});
