import "./words";
import { describe, expect, it } from "vitest";
import { dayTitle } from "../../src/elements/conversation/days";
import { sentenceOf, sentenceOfCode } from "../../src/elements/conversation/failures";
import { spoken } from "../../src/elements/conversation/fingerprint";
import { addressed } from "../../src/elements/conversation/route";

describe("a fingerprint", () => {
	it("is read in groups of four, four a line", () => {
		const lines = spoken("5f2c9e71d04ab83366f1097e2acd5b90c47de8120f3a96b5714ce02d8bf5a36e");
		expect(lines).toHaveLength(4);
		expect(lines[0]).toEqual(["5F2C", "9E71", "D04A", "B833"]);
		expect(lines.flat().join("").toLowerCase()).toHaveLength(64);
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
