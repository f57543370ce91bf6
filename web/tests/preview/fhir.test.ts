import { describe, expect, it } from "vitest";
import { labFileOf, MAXIMUM_VALUES } from "../../src/preview/fhir";

const observation = (more: object) => ({
	resourceType: "Observation",
	status: "final",
	code: { coding: [{ system: "http://loinc.org", code: "6598-7", display: "Troponin T" }] },
	effectiveDateTime: "2026-03-01T08:15:00+01:00",
	...more,
});
const file = (resource: object | string, decimal?: "," | ".") =>
	labFileOf(typeof resource === "string" ? resource : JSON.stringify(resource), decimal);
const values = (resource: object | string, decimal?: "," | ".") => file(resource, decimal)?.values ?? [];

describe("an Observation", () => {
	it("is a row with value, unit, range, interpretation and time", () => {
		const row = observation({
			valueQuantity: { value: 31.5, unit: "ng/l" },
			referenceRange: [{ high: { value: 14, unit: "ng/l" } }],
			interpretation: [{ coding: [{ code: "HH" }] }],
		});
		expect(values(row, ",")).toEqual([
			{
				name: "Troponin T",
				value: "31,5 ng/l",
				range: "≤ 14 ng/l",
				flag: "critical-high",
				at: "2026-03-01T08:15:00+01:00",
				status: "",
			},
		]);
	});

	it("keeps the digits that were measured", () => {
		const json =
			'{"resourceType":"Observation","valueQuantity":{"value":5.10,"unit":"mmol/l","comparator":"<"}}';
		const kept = "source" in reviverContext() ? "< 5.10 mmol/l" : "< 5.1 mmol/l";
		expect(values(json)[0]?.value).toBe(kept);
	});

	it.each([
		[{ valueString: "nicht auswertbar" }, "nicht auswertbar"],
		[{ valueCodeableConcept: { text: "positiv" } }, "positiv"],
		[{ valueRange: { low: { value: 1 }, high: { value: 5, unit: "/µl" } } }, "1 – 5 /µl"],
		[{ valueRatio: { numerator: { value: 1 }, denominator: { value: 80 } } }, "1 : 80"],
		[{ dataAbsentReason: { coding: [{ code: "not-performed" }] } }, "not-performed"],
		[{ valueBoolean: false }, "false"],
	])("shows a value of each kind: %j", (more, value) => {
		expect(values(observation(more))[0]?.value).toBe(value);
	});

	it("of several parts is a row for each", () => {
		const parts = [
			{ code: { text: "systolisch" }, valueQuantity: { value: 120, unit: "mmHg" } },
			{ code: { text: "diastolisch" }, valueQuantity: { value: 80, unit: "mmHg" } },
		];
		const rows = values(observation({ component: parts }));
		expect(rows.map(({ name, value }) => [name, value])).toEqual([
			["systolisch", "120 mmHg"],
			["diastolisch", "80 mmHg"],
		]);
	});

	it("says when it is preliminary, corrected or withdrawn", () => {
		const of = (status: string) => values(observation({ status }))[0]?.status;
		expect(["final", "preliminary", "amended", "entered-in-error"].map(of)).toEqual([
			"",
			"preliminary",
			"corrected",
			"error",
		]);
	});
});

describe("a file", () => {
	it("of a report or a bundle has all its values and the patient", () => {
		const bundle = {
			resourceType: "Bundle",
			entry: [
				{ resource: { resourceType: "Patient", name: [{ given: ["Maria", "Anna"], family: "Muster" }] } },
				{ resource: { resourceType: "DiagnosticReport", contained: [observation({ valueInteger: 3 })] } },
				{ resource: observation({ valueString: "b" }) },
				{ resource: null },
			],
		};
		expect(file(bundle)).toMatchObject({ patient: "Maria Anna Muster", cut: false });
		expect(values(bundle).map(({ value }) => value)).toEqual(["3", "b"]);
	});

	it("that is none of FHIR is no laboratory file", () => {
		for (const json of ["", "[]", "null", "{", '{"a":1}', '"x"']) expect(file(json)).toBeNull();
	});

	it("that is hostile takes neither the stack nor the page", () => {
		const many = Array.from({ length: MAXIMUM_VALUES + 1 }, () => ({ resource: observation({}) }));
		expect(file({ resourceType: "Bundle", entry: many })).toMatchObject({ cut: true });
		let deep: object = observation({});
		for (let level = 0; level < 200; level++) deep = { resourceType: "Bundle", entry: [{ resource: deep }] };
		expect(values(deep)).toEqual([]);
		const odd = { code: 7, interpretation: "x", referenceRange: [null], component: [3], valueQuantity: [] };
		expect(values(observation(odd))[0]?.name).toBe("");
	});
});

/** Older engines do not tell how a number was written. */
function reviverContext(): object {
	let seen: object = {};
	const look = (_key: string, value: unknown, context?: object) => {
		seen = context ?? {};
		return value;
	};
	JSON.parse("1", look as Parameters<typeof JSON.parse>[1]);
	return seen;
}
