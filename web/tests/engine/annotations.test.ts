import { describe, expect, it } from "vitest";
import type { Annotation } from "../../src/crypto/annotation";
import {
	type AnnotationRecord,
	annotated,
	EDIT_WINDOW_MS,
	pictureOf,
	unannotated,
} from "../../src/engine/annotations";
import type { MessageRecord } from "../../src/engine/records";

const START_MS = Date.parse("2026-03-01T12:00:00.000Z");
const AUTHOR = "author";
const at = (ms: number) => new Date(START_MS + ms).toISOString();

function record(more: Partial<MessageRecord> = {}): MessageRecord {
	return {
		id: "target",
		conversationId: "group",
		seq: 1,
		type: "text",
		senderPersonId: AUTHOR,
		own: false,
		text: "5 mg",
		attachment: null,
		event: null,
		// What the author claims does not count.
		sentAt: "2026-02-01T00:00:00.000Z",
		at: at(0),
		send: null,
		...more,
	};
}

/** The entry `seq` of the stream, one second after the one before. */
function entry(seq: number, personId: string, annotation: Annotation, atMs = seq * 1000): AnnotationRecord {
	return { id: `e${String(seq).padStart(4, "0")}`, personId, seq, at: at(atMs), annotation };
}

const edit = (text: string): Annotation => ({ act: "edit", text, mentions: [] });
const react = (set: boolean): Annotation => ({ act: "reaction", reaction: "agree", set });
const pin = (set: boolean): Annotation => ({ act: "pin", set });
const fold = (entries: AnnotationRecord[], target = record()) => entries.reduce(annotated, target);

/** A generator of numbers that is the same in every run (mulberry32). */
function random(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

function shuffled<T>(items: readonly T[], next: () => number): T[] {
	return items
		.map((item) => [next(), item] as const)
		.sort(([one], [other]) => one - other)
		.map(([, item]) => item);
}

function anything(next: () => number, withRecall: boolean): AnnotationRecord[] {
	const people = [AUTHOR, "bob", "carla"];
	const kinds: ((seq: number) => Annotation)[] = [
		(seq) => edit(`Fassung ${seq}`),
		() => ({ act: "reaction", reaction: next() < 0.5 ? "agree" : "done", set: next() < 0.6 }),
		() => pin(next() < 0.6),
	];
	if (withRecall) kinds.push(() => ({ act: "recall" }));
	return Array.from({ length: 3 + Math.floor(next() * 20) }, (_, index) => {
		const kind = kinds[Math.floor(next() * kinds.length)] ?? (() => pin(true));
		const person = people[Math.floor(next() * people.length)] ?? AUTHOR;
		return entry(index + 2, person, kind(index + 2), next() * EDIT_WINDOW_MS * 1.2);
	});
}

describe("annotations in any order", () => {
	it.each([false, true])(
		"give the same picture, also when some come twice (recalls among them: %s)",
		(recalls) => {
			for (let seed = 1; seed <= 150; seed++) {
				const next = random(seed);
				const entries = anything(next, recalls);
				const expected = fold(entries);
				for (let round = 0; round < 4; round++) {
					const again = shuffled([...entries, ...entries.slice(0, 3)], next);
					expect(fold(again), `seed ${seed}`).toEqual(expected);
					expect(pictureOf(fold(again))).toEqual(pictureOf(expected));
				}
			}
		},
	);

	it("end as their author meant: the last word counts, whatever waits here counts after it", () => {
		const said = fold([entry(3, AUTHOR, edit("10 mg")), entry(2, AUTHOR, edit("7 mg"))]);
		expect(said.text).toBe("10 mg");
		const waiting = { ...entry(0, AUTHOR, edit("12 mg")), seq: null, at: null };
		expect(annotated(said, waiting).text).toBe("12 mg");
		expect(annotated(annotated(said, waiting), { ...waiting, seq: 4, at: at(4000) }).text).toBe("12 mg");
		expect(unannotated(annotated(said, waiting), waiting.id)).toEqual(said);
	});
});

describe("an edit", () => {
	it("keeps what stood there before, oldest first", () => {
		const { versions } = pictureOf(fold([entry(2, AUTHOR, edit("10 mg")), entry(3, AUTHOR, edit("15 mg"))]));
		expect(versions.map(({ text }) => text)).toEqual(["5 mg", "10 mg", "15 mg"]);
	});

	it("by anybody but the author is nothing", () => {
		const said = fold([entry(2, "bob", edit("50 mg"))]);
		expect([said.text, said.said?.entries]).toEqual(["5 mg", []]);
	});

	it("is in time for fifteen minutes of the service's clock, whatever the author's says", () => {
		const inTime = entry(2, AUTHOR, edit("10 mg"), EDIT_WINDOW_MS);
		const late = entry(2, AUTHOR, edit("10 mg"), EDIT_WINDOW_MS + 1);
		expect([fold([inTime]).text, fold([late]).text]).toEqual(["10 mg", "5 mg"]);
	});

	it("changes no file and nothing that was only passed on", () => {
		const entries = [entry(2, AUTHOR, edit("anders"))];
		expect(fold(entries, record({ forwarded: true })).text).toBe("5 mg");
		expect(fold(entries, record({ type: "attachment", text: "" })).text).toBe("");
	});

	it("carries whom it names", () => {
		const named = fold([entry(2, AUTHOR, { act: "edit", text: "@Bob 10 mg", mentions: ["bob"] })]);
		expect([named.mentions, fold([entry(3, AUTHOR, edit("10 mg"))], named).mentions]).toEqual([["bob"], []]);
	});

	it("can be made fifty times, not more", () => {
		const many = Array.from({ length: 60 }, (_, index) => entry(index + 2, AUTHOR, edit(`Nr. ${index}`)));
		expect(fold(many).text).toBe("Nr. 49");
		expect(fold([...many].reverse())).toEqual(fold(many));
	});

	it("that the service refused is shown as refused until the next try", () => {
		const failed = { ...entry(2, AUTHOR, edit("10 mg")), seq: null, at: null, failed: "inactive" };
		const said = fold([failed], record({ own: true }));
		expect([said.text, pictureOf(said).failed]).toEqual(["5 mg", { act: "edit", reason: "inactive" }]);
		const again = annotated(said, { ...entry(3, AUTHOR, edit("10 mg")), seq: null, at: null });
		expect([again.text, pictureOf(again).failed]).toEqual(["10 mg", null]);
	});
});

describe("a recall", () => {
	const recall: Annotation = { act: "recall" };
	const attachment = { objectId: "o", key: new Uint8Array(32) } as NonNullable<MessageRecord["attachment"]>;

	it("leaves nothing of the message, of its versions and of a file's key", () => {
		const full = record({ type: "attachment", attachment, replyTo: "r", mentions: ["bob"], forwarded: true });
		const gone = fold(
			[entry(2, "bob", react(true)), entry(3, "bob", pin(true)), entry(4, AUTHOR, recall)],
			full,
		);
		expect(gone).toEqual({
			...record({ type: "recalled", text: "" }),
			attachment: null,
			replyTo: null,
		});
		const edited = fold([entry(2, AUTHOR, edit("Geheim")), entry(3, AUTHOR, recall)]);
		expect(JSON.stringify(edited)).not.toMatch(/Geheim|5 mg/);
		expect(pictureOf(edited)).toMatchObject({ recalled: true, pinned: false, reactions: [] });
	});

	it("by anybody but the author is nothing", () => {
		expect(fold([entry(2, "bob", recall)]).type).toBe("text");
	});

	it("that waits to be sent deletes nothing yet: the others can still read it", () => {
		const said = annotated(record({ own: true }), { ...entry(2, AUTHOR, recall), seq: null, at: null });
		expect([said.text, pictureOf(said)]).toEqual([
			"5 mg",
			expect.objectContaining({ recalling: true, recalled: false }),
		]);
	});
});

describe("signs and pins", () => {
	it("belong to whoever set them, and are taken back by the same person only", () => {
		const said = fold([
			entry(2, "bob", react(true)),
			entry(3, "carla", react(true)),
			entry(4, "carla", react(false)),
			entry(5, AUTHOR, react(true)),
		]);
		expect(pictureOf(said).reactions).toEqual([{ reaction: "agree", personIds: ["bob", AUTHOR] }]);
	});

	it("a pin is the conversation's: anybody may take it off", () => {
		const pinned = fold([entry(2, "bob", pin(true))]);
		expect(pictureOf(pinned).pinned).toBe(true);
		expect(pictureOf(annotated(pinned, entry(3, "carla", pin(false)))).pinned).toBe(false);
	});

	it("do not pile up, however often somebody changes their mind", () => {
		const often = Array.from({ length: 200 }, (_, index) => entry(index + 2, "bob", react(index % 2 === 0)));
		expect(fold(often).said?.entries).toHaveLength(1);
	});
});
