import "./words";
import { describe, expect, it } from "vitest";
import { newHospitals, targetsOf } from "../../src/elements/conversation/forward";
import { membersFor, queryAt } from "../../src/elements/conversation/mention-list";
import { piecesOf } from "../../src/elements/conversation/message-text";
import { lineOf } from "../../src/elements/conversation/names";
import { firstLine } from "../../src/elements/conversation/quote";
import { whoReacted } from "../../src/elements/conversation/reactions";
import { ConversationStore } from "../../src/elements/conversation/store";
import { previewOf } from "../../src/elements/inbox/entry";
import { hindrance } from "../../src/lib/forwarding";
import { withNotes } from "./annotated";
import { alice, anton, bob, carla, conversation, file, id, ME, message } from "./cast";
import { FakeMessenger } from "./fake-messenger";

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("who is named in a text", () => {
	const people = [anton(), { personId: "berg", name: "Anton Aydın-Berg" }];

	it("is marked, the longer name first, and only if the message carries the id", () => {
		const text = "Hallo @Anton Aydın-Berg und @Anton Aydın, @Niemand";
		const both = piecesOf(text, ["berg", anton().personId], people);
		expect(both.filter(({ person }) => person).map(({ text }) => text)).toEqual([
			"@Anton Aydın-Berg",
			"@Anton Aydın",
		]);
		expect(both.map(({ text }) => text).join("")).toBe(text);
		expect(piecesOf(text, [], people)).toEqual([{ text, person: null }]);
	});

	it.each([
		["Bitte @", ""],
		["Bitte @Car", "Car"],
		["(@Dr. Ca", "Dr. Ca"],
		["Bitte @Dr. Carla Çelik ", null],
		["post@klinik", null],
		["@Carla\nnächste", null],
		["Bitte", null],
	])("is looked for while it is typed: %s", (before, query) => {
		expect(queryAt(before, [carla()])).toBe(query);
	});

	it("is found by the beginning of each word, without accents", () => {
		const members = [anton(), bob(), carla()];
		const names = (query: string) => membersFor(query, members).map(({ name }) => name);
		expect(names("")).toHaveLength(3);
		expect(names("celik dr")).toEqual([carla().name]);
		expect(names("schwenn")).toEqual([bob().name]);
		expect(names("ydin")).toEqual([]);
	});
});

describe("passing on", () => {
	it("keeps what was said about a treatment among conversations about treatments", () => {
		expect([hindrance("case", "case"), hindrance("case", "team"), hindrance("direct", "case")]).toEqual([
			null,
			"forward-policy",
			null,
		]);
	});

	it("brings nothing before a patient, and out of their conversations only what goes out of a case", () => {
		const kinds = ["direct", "team", "case", "patient"] as const;
		expect(kinds.map((kind) => hindrance(kind, "patient"))).toEqual(Array(4).fill("forward-patient"));
		const out = kinds.slice(0, 3).map((kind) => hindrance("patient", kind));
		expect(out).toEqual(["forward-policy", "forward-policy", null]);
	});

	it("names each hospital once that could not see it before", () => {
		const source = conversation(1, [alice(), anton()]);
		expect(newHospitals(source, conversation(2, [alice(), bob(), bob(), carla()]))).toEqual([
			bob().organisation.name,
			carla().organisation.name,
		]);
		expect(newHospitals(source, conversation(2, [alice(), anton()]))).toEqual([]);
	});

	it("goes only where the reader may write freely", () => {
		const source = conversation(1, [alice(), bob()]);
		const all = [
			source,
			conversation(2, [alice(), bob()]),
			conversation(3, [alice(), bob()], { active: false }),
			conversation(4, [alice(), bob()], { trust: { state: "unknown-leaf", identities: [] } }),
			conversation(5, [alice(), bob()], { contact: {} as never }),
		];
		expect(targetsOf(source, all).map((one) => one.id)).toEqual([id(2)]);
	});
});

describe("one line of a message", () => {
	it("says that it was taken back, everywhere", () => {
		const gone = message(1, bob(), "", { type: "recalled" });
		const group = conversation(1, [alice(), bob(), anton()], { lastMessage: gone });
		expect([lineOf(gone), firstLine(gone)]).toEqual(["Nachricht zurückgerufen", "Nachricht zurückgerufen"]);
		expect(previewOf(group)).toContain("Nachricht zurückgerufen");
	});

	it("is the first of its text, or the name of its file", () => {
		expect(firstLine(message(1, bob(), "\nErste\nZweite"))).toBe("Erste");
		expect(firstLine(file(1, bob(), "CT.dcm", "application/dicom", 5))).toBe("Datei: CT.dcm");
	});

	it("names who gave a sign, the reader first", () => {
		expect(whoReacted({ reaction: "agree", mine: true, names: ["Bob"] })).toBe("Zustimmung: Sie und Bob");
	});
});

describe("what was said about a message of a page that is not loaded", () => {
	async function opened() {
		const messenger = new FakeMessenger([conversation(1, [alice(), bob()])]);
		const all = Array.from({ length: 60 }, (_, index) => message(index + 1, bob(), `n${index + 1}`));
		messenger.put(id(1), all);
		const store = new ConversationStore(messenger, ME, () => undefined);
		store.select(id(1));
		await settled();
		return { messenger, store, first: { ...all[0], conversationId: id(1) } as ReturnType<typeof message> };
	}
	const texts = (store: ConversationStore) => store.snapshot.open?.timeline.messages.map(({ text }) => text);

	it("tears no hole into the thread, and holds once the page is there", async () => {
		const { messenger, store, first } = await opened();
		const changed = withNotes({ ...first, text: "geändert" }, { editedAt: first.sentAt });
		messenger.tell({ type: "messages", conversationId: id(1), messages: [changed], changed: true });
		expect(texts(store)?.[0]).toBe("n11");
		await store.loadOlder();
		expect([texts(store)?.length, texts(store)?.[0]]).toEqual([60, "geändert"]);
	});

	it("is found for a quote, once asked for, and is never older than what was told since", async () => {
		const { messenger, store, first } = await opened();
		expect(store.find(first.id)).toBeUndefined();
		const gone = { ...first, type: "recalled", text: "" } as const;
		messenger.tell({ type: "messages", conversationId: id(1), messages: [gone], changed: true });
		await settled();
		expect(store.find(first.id)?.type).toBe("recalled");
		expect(store.find("unknown")).toBeUndefined();
		await settled();
		expect(store.find("unknown")).toBeNull();
		expect(messenger.calls.filter(([name]) => name === "message")).toHaveLength(2);
	});

	it("is told to nobody as new", async () => {
		const { messenger, store } = await opened();
		const events: string[] = [];
		const other = new ConversationStore(messenger, ME, ({ type }) => events.push(type));
		other.select(id(1));
		await settled();
		const last = store.snapshot.open?.timeline.messages.at(-1);
		if (last) messenger.change({ ...last, text: "geändert" });
		expect(events).not.toContain("arrived");
		expect(texts(store)?.at(-1)).toBe("geändert");
	});
});
