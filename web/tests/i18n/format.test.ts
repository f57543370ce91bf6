import { afterEach, expect, test } from "vitest";
import {
	formatBytes,
	formatDay,
	formatInstant,
	formatShare,
	formatWhen,
	initials,
} from "../../src/i18n/format";
import { csrfToken } from "../../src/lib/csrf";

function pageIn(lang: string): void {
	(globalThis as { document?: unknown }).document = { documentElement: { lang } };
}

afterEach(() => {
	delete (globalThis as { document?: unknown }).document;
});

test.each([
	[0, "0 B"],
	[999, "999 B"],
	[1_400_000, "1,4 MB"],
	[68_000_000, "68 MB"],
	[1_000_000_000_000_000, "1.000 TB"],
])("%d bytes read %s", (bytes, text) => {
	pageIn("de");
	expect(formatBytes(bytes)).toBe(text);
});

test("numbers follow the language of the page", () => {
	pageIn("en");
	expect(formatBytes(1_400_000)).toBe("1.4 MB");
	expect(formatShare(0.63)).toBe("63%");
});

test("today is a time, this week a weekday, before that a day", () => {
	pageIn("de");
	const now = new Date(2025, 10, 22, 3, 0);
	expect(formatWhen(new Date(2025, 10, 22, 1, 5).toISOString(), now)).toBe("01:05");
	expect(formatWhen(new Date(2025, 10, 20, 23, 0).toISOString(), now)).toBe("Do");
	expect(formatWhen(new Date(2025, 9, 2, 23, 0).toISOString(), now)).toBe("02.10.2025");
	pageIn("en");
	expect(formatWhen(new Date(2025, 9, 2, 23, 0).toISOString(), now)).toBe("2 Oct 2025");
});

test("a day and an instant read as on the server's pages", () => {
	const at = new Date(2004, 0, 19, 13, 27).toISOString();
	pageIn("de");
	expect(formatInstant(at)).toBe("19.01.2004, 13:27");
	expect(formatDay("1950-02-03")).toBe("03.02.1950");
	pageIn("en");
	expect(formatInstant(at)).toBe("19 Jan 2004, 13:27");
	expect(formatDay("1950-09-03")).toBe("3 Sep 1950");
});

test("an avatar shows given and family name, no titles", () => {
	expect(initials("Prof. Dr. med. Alice Arndt")).toBe("AA");
	expect(initials("PD Dr. med. Clara Hoffmann")).toBe("CH");
	expect(initials("Anton von der Au")).toBe("AA");
	expect(initials("Berta")).toBe("B");
});

test("the token is read from either cookie and from no other", () => {
	expect(csrfToken("language=de; csrf=abc")).toBe("abc");
	expect(csrfToken("__Host-csrf=def; language=de")).toBe("def");
	expect(csrfToken("xcsrf=no")).toBe("");
});
