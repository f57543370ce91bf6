/** The document that is signed: what the service's tests read and validate, byte for byte. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../src/crypto/bytes";
import { canonical } from "../../src/crypto/canonical";
import { type RecordInput, type RecordMessage, recordBundle } from "../../src/record/bundle";

const uuid = (number: number) => `01890000-0000-7000-8000-${String(number).padStart(12, "0")}`;
const HOUSE = { id: uuid(1), name: "Klinikum Nord" };
const OTHER = { id: uuid(2), name: "St. Elisabeth" };
const ALICE = { personId: uuid(11), name: "Dr. Alice Albrecht", organisation: HOUSE };
const BOB = { personId: uuid(12), name: "Prof. Bob Baumgärtner", organisation: OTHER };

function message(number: number, more: Partial<RecordMessage> = {}): RecordMessage {
	return {
		id: uuid(number),
		author: BOB,
		sentAt: "2026-03-02T08:15:00.123Z",
		text: 'Der Gradient ist auf 31 mmHg gestiegen.\nBitte "heute" noch.',
		editedAt: null,
		recalled: false,
		replyTo: null,
		file: null,
		...more,
	};
}

const FILE = {
	findingId: uuid(51),
	name: "Echo 4711.pdf",
	mediaType: "application/pdf",
	sizeBytes: 1234,
	sha256: fromHex("ab".repeat(32)),
};

const INPUT: RecordInput = {
	language: "de",
	title: "Aortenisthmusstenose",
	groupId: uuid(21),
	patient: {
		id: uuid(31),
		familyName: "Muster",
		givenName: "Erika",
		bornOn: "1964-08-12",
		identifier: "4711",
		organisation: HOUSE,
	},
	author: ALICE,
	deviceId: uuid(41),
	at: new Date("2026-03-02T09:00:00.000Z"),
	messages: [
		message(61),
		message(62, { author: ALICE, replyTo: uuid(61), text: "Danke 👍", editedAt: "2026-03-02T08:20:00Z" }),
		message(63, { text: "", file: FILE }),
		message(64, { text: "", recalled: true }),
	],
};

const counted = () => {
	let number = 900;
	return () => uuid(number++);
};
const vector = new URL("../vectors/record-bundle.json", import.meta.url);

describe("the document of messages", () => {
	it("is the one that the service's tests read", () => {
		const { bundle } = JSON.parse(readFileSync(vector, "utf8")) as { bundle: string };
		expect(canonical(recordBundle(INPUT, counted()))).toBe(bundle);
	});

	it("names the patient of the record as who has written, and as nobody of a hospital", () => {
		const erika = { personId: uuid(13), name: "Erika Muster", organisation: HOUSE, isPatient: true };
		const messages = [message(61, { author: erika, text: "", file: FILE }), message(62, { author: ALICE })];
		const bundle = recordBundle({ ...INPUT, messages }, counted()) as unknown as {
			entry: { resource: { resourceType: string; id: string; sender?: unknown; author?: unknown } }[];
		};
		const resources = bundle.entry.map(({ resource }) => resource);
		const patient = { reference: `urn:uuid:${uuid(31)}` };
		expect(resources.find(({ id }) => id === uuid(61))?.sender).toEqual(patient);
		expect(resources.find(({ resourceType }) => resourceType === "DocumentReference")?.author).toEqual([
			patient,
		]);
		expect(resources.some(({ id }) => id === erika.personId)).toBe(false);
	});

	it("names each person and hospital once", () => {
		const text = canonical(recordBundle(INPUT, counted()));
		expect(text.match(/"resourceType":"Practitioner"/g)).toHaveLength(2);
		expect(text.match(/"resourceType":"Organization"/g)).toHaveLength(2);
	});

	it("has nothing of a recalled message but that it was there", () => {
		const text = canonical(
			recordBundle({ ...INPUT, messages: [message(64, { recalled: true, file: FILE })] }, counted()),
		);
		expect(text).toContain('"status":"entered-in-error"');
		expect(text).not.toContain("Gradient");
		expect(text).not.toContain("Echo");
	});

	it("answers only to what is in it, and has no half characters", () => {
		const alone = message(62, { replyTo: uuid(61), text: "a\ud800b" });
		const text = canonical(recordBundle({ ...INPUT, title: "", messages: [alone] }, counted()));
		expect(text).not.toContain("inResponseTo");
		expect(text).toContain('"contentString":"a\ufffdb"');
		expect(text).toContain(`"title":"${INPUT.groupId}"`);
	});
});

describe("canonical JSON", () => {
	it("is that of RFC 8785 section 3.2.3", () => {
		const value = {
			"\u20ac": "Euro Sign",
			"\r": "Carriage Return",
			"\ufb33": "Hebrew Letter Dalet With Dagesh",
			"1": "One",
			"\u{1f600}": "Emoji: Grinning Face",
			"\u0080": "Control",
			"\u00f6": "Latin Small Letter O With Diaeresis",
		};
		const order = [...canonical(value).matchAll(/:"([^"]+)"/g)].map(([, name]) => name);
		expect(order).toEqual([
			"Carriage Return",
			"One",
			"Control",
			"Latin Small Letter O With Diaeresis",
			"Euro Sign",
			"Emoji: Grinning Face",
			"Hebrew Letter Dalet With Dagesh",
		]);
	});

	it("writes numbers, escapes and lists as section 3.2.2 says", () => {
		expect(canonical([4.5, 2e-3, 1e-27, 333333333.3333333, 1e30, true, null])).toBe(
			"[4.5,0.002,1e-27,333333333.3333333,1e+30,true,null]",
		);
		expect(canonical('\u20ac$\u000f\nA\'B"\\\\"/')).toBe('"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"');
	});
});
