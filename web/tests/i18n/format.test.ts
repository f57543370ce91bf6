import { afterEach, expect, test } from "vitest";
import { formatBytes, formatShare, formatWhen, initials } from "../../src/i18n/format";
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
	expect(formatWhen(new Date(2025, 9, 2, 23, 0).toISOString(), now)).toBe("02.10.25");
	pageIn("en");
	expect(formatWhen(new Date(2025, 9, 2, 23, 0).toISOString(), now)).toBe("02 Oct 25");
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
