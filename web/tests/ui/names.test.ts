import "./words";
import { describe, expect, it } from "vitest";
import {
	aboutOf,
	eventText,
	hospitalsOf,
	lineOf,
	matches,
	speakerOf,
	titleOf,
} from "../../src/elements/conversation/names";
import { alice, anton, bob, carla, conversation, file, ME, message } from "./cast";

describe("what a conversation is called", () => {
	it("has its title, or the names of the others", () => {
		expect(titleOf(conversation(1, [alice(), bob(), anton()], { title: "Board" }), ME)).toBe("Board");
		expect(titleOf(conversation(1, [alice(), bob(), anton()]), ME)).toBe(`${bob().name}, ${anton().name}`);
	});

	it("is always called after the other person when there are two", () => {
		expect(titleOf(conversation(1, [alice(), carla()], { title: "x" }), ME)).toBe(carla().name);
	});

	it("says each hospital once", () => {
		const hospitals = hospitalsOf(conversation(1, [alice(), anton(), bob(), carla()]), ME);
		expect(hospitals).toBe(
			"Universitätsklinikum Albstadt · Kreisklinik Bodensee · Zentrum für Radiologie Crailsheim",
		);
	});

	it("introduces one person by function and hospital, several by their number", () => {
		expect(aboutOf(conversation(1, [alice(), carla()]), ME)).toBe(
			"Fachärztin Radiologie · Zentrum für Radiologie Crailsheim",
		);
		expect(aboutOf(conversation(1, [alice(), anton(), bob()]), ME)).toMatch(/^3 Personen · /);
	});
});

describe("the last line", () => {
	it("says what a file is called, and that there is nothing yet", () => {
		expect(lineOf(file(1, bob(), "CT.dcm", "application/dicom", 5))).toBe("Datei: CT.dcm");
		expect(lineOf(null)).toBe("Noch keine Nachricht");
	});

	it("names the speaker in groups, and Alice herself everywhere", () => {
		const group = conversation(1, [alice(), bob(), anton()]);
		expect(speakerOf({ ...group, lastMessage: message(1, bob(), "x") })).toBe(bob().name);
		expect(speakerOf({ ...group, kind: "direct", lastMessage: message(1, bob(), "x") })).toBe("");
		expect(speakerOf({ ...group, kind: "direct", lastMessage: message(1, alice(), "x") })).toBe("Sie");
		expect(speakerOf({ ...group, lastMessage: message(1, bob(), "x", { type: "event" }) })).toBe("");
	});
});

describe("who came and went", () => {
	const group = conversation(1, [alice(), bob(), carla()]);
	const event = (kind: "added" | "removed", ...people: { personId: string }[]) =>
		message(3, alice(), "X wurde hinzugefügt.", {
			type: "event",
			event: { kind, personIds: people.map(({ personId }) => personId) },
		});

	it("is told in the singular and in the plural", () => {
		expect(eventText(event("added", bob()), group, ME)).toBe(`${bob().name} wurde hinzugefügt.`);
		expect(eventText(event("added", bob(), carla()), group, ME)).toBe(
			`${bob().name} und ${carla().name} wurden hinzugefügt.`,
		);
	});

	it("tells Alice that it was she who was removed", () => {
		expect(eventText(event("removed", alice()), group, ME)).toBe("Sie wurden aus dem Gespräch entfernt.");
	});

	it("falls back to the messenger's sentence for people who are no longer there", () => {
		expect(eventText(event("added", anton()), group, ME)).toBe("X wurde hinzugefügt.");
	});
});

describe("the search", () => {
	const board = conversation(1, [alice(), bob(), anton()], { title: "Herzkonferenz" });

	it.each(["herz", "HERZ konf", "baumgartner", "aydin".normalize("NFD").replace("i", "ı"), "bodensee herz"])(
		"finds the board by %s",
		(query) => expect(matches(board, ME, query)).toBe(true),
	);

	it("wants every word, and does not find Alice in all her own conversations", () => {
		expect(matches(board, ME, "herz neurologie")).toBe(false);
		expect(matches(board, ME, "albrecht")).toBe(false);
	});
});
