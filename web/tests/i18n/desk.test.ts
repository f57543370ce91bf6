import { afterEach, expect, test } from "vitest";
import { translator } from "../../src/i18n/index";

const t = translator({
	de: { call: "Rufen Sie {desk} an.", begins: "{Desk} weiß das, {name}." },
	en: { call: "Call {desk}.", begins: "{Desk} knows, {name}." },
});

function page(lang: string, reader?: string): void {
	(globalThis as { document?: unknown }).document = {
		documentElement: { lang },
		body: { dataset: reader ? { reader } : {} },
	};
}

afterEach(() => {
	delete (globalThis as { document?: unknown }).document;
});

test("staff call their IT, patients the hospital", () => {
	page("de");
	expect(t("call")).toBe("Rufen Sie die IT-Administration an.");
	page("de", "patient");
	expect([t("call"), t("begins", { name: "Erika" })]).toEqual([
		"Rufen Sie das Krankenhaus an.",
		"Das Krankenhaus weiß das, Erika.",
	]);
	page("en", "patient");
	expect([t("call"), t("begins", { name: "Erika" })]).toEqual([
		"Call the hospital.",
		"The hospital knows, Erika.",
	]);
});
