import "./words";
import { describe, expect, it } from "vitest";
import { wordsOf } from "../../src/elements/conversation/contact-words";
import { sentenceOfCode } from "../../src/elements/conversation/failures";
import type { Contact } from "../../src/engine/types";
import { alice, bob, conversation, ME } from "./cast";

const NOW = new Date("2026-03-05T12:00:00");
const NAME = bob().name;

function say(changes: Partial<Contact>): string {
	const contact: Contact = {
		state: "open",
		mine: true,
		left: 0,
		madeAt: "2026-03-01T12:00:00",
		expiresAt: "2026-03-15T12:00:00",
		reason: "",
		role: null,
		againAt: null,
		...changes,
	};
	const { title, more } = wordsOf(contact, conversation(1, [alice(), bob()], { contact }), ME, NOW);
	return [title, ...more].join(" ");
}

describe("a request says", () => {
	it("until when it can be answered", () => {
		expect(say({})).toBe(`Anfrage gesendet am 01.03.2026. ${NAME} hat bis 15.03.2026 Zeit, zu antworten.`);
	});

	it("from when one may ask again, and afterwards that one may", () => {
		const declined = { state: "declined", reason: "other-way" } as const;
		const later = say({ ...declined, againAt: "2026-03-08T12:00:00" });
		expect(later).toContain("zum Beispiel am Telefon. Ab 08.03.2026 können Sie erneut anfragen.");
		const now = "Sie können in einem neuen Gespräch erneut anfragen.";
		expect(say({ ...declined, againAt: "2026-03-04T12:00:00" })).toContain(now);
		expect(say({ state: "expired" })).toBe(`Keine Antwort innerhalb von 14 Tagen. ${now}`);
	});

	it("no reason where none was given", () => {
		const silent = { state: "declined", reason: "none-given" } as const;
		expect(say(silent)).toContain(`${NAME} hat die Anfrage abgelehnt, ohne einen Grund zu nennen.`);
		expect(say({ ...silent, mine: false })).toBe(
			"Sie haben die Anfrage abgelehnt, ohne einen Grund zu nennen.",
		);
	});

	it("to whoever is asked who it is, where from, and that there is no message yet", () => {
		const open = say({ mine: false, left: 1 });
		expect(open).toContain(`${NAME}, Kreisklinik Bodensee, möchte mit Ihnen ins Gespräch kommen.`);
		expect(open).toContain("Eine Nachricht gibt es noch nicht.");
		expect(say({ mine: false })).not.toContain("noch nicht");
	});
});

describe("a refusal", () => {
	it("that the service worded is told in its words alone", () => {
		expect(sentenceOfCode("contact-paused", "Bitte warten Sie.")).toBe("Bitte warten Sie.");
		expect(sentenceOfCode("contact-paused")).toBe("Das hat nicht geklappt: contact-paused");
	});

	it("of a message that comes too early, or an answer that comes too late, is worded here", () => {
		expect(sentenceOfCode("contact-not-accepted")).toContain("nur eine einzige Nachricht");
		expect(sentenceOfCode("contact-answered", "409")).toContain("schon beantwortet oder abgelaufen");
	});
});
