/** Laboratory values in a FHIR R4 file: Observations, alone, contained in a DiagnosticReport, or in a Bundle.
 *  https://hl7.org/fhir/R4/observation.html. Nothing of the file is trusted: what is not as it should be is left out. */

export interface LabValue {
	name: string;
	value: string;
	range: string;
	flag: "high" | "low" | "critical-high" | "critical-low" | "abnormal" | "normal" | "";
	/** ISO 8601, as it stands there; "" without. */
	at: string;
	status: "preliminary" | "corrected" | "error" | "registered" | "";
}

export interface LabFile {
	patient: string;
	values: LabValue[];
	/** Whether there were more than `MAXIMUM_VALUES`. */
	cut: boolean;
}

export const MAXIMUM_VALUES = 500;
const NESTING = 6;

type Fields = Record<string, unknown>;

/** https://terminology.hl7.org/CodeSystem-v3-ObservationInterpretation.html */
const FLAGS: Record<string, LabValue["flag"]> = {
	H: "high",
	HU: "high",
	HH: "critical-high",
	L: "low",
	LU: "low",
	LL: "critical-low",
	A: "abnormal",
	AA: "abnormal",
	N: "normal",
};

const STATUS: Record<string, LabValue["status"]> = {
	preliminary: "preliminary",
	registered: "registered",
	amended: "corrected",
	corrected: "corrected",
	"entered-in-error": "error",
};

/** null when it is no FHIR resource in JSON. decimal: the sign between whole and part. */
export function labFileOf(json: string, decimal: "," | "." = "."): LabFile | null {
	const root = parsed(json);
	if (!root || typeof root.resourceType !== "string") return null;
	const all = resources(root, NESTING);
	const observations = all.filter(({ resourceType }) => resourceType === "Observation");
	const values = observations.flatMap((one) => valuesOf(one, decimal));
	const patient = all.find(({ resourceType }) => resourceType === "Patient");
	return {
		patient: (patient ? personName(patient) : "") || subjectOf(all),
		values: values.slice(0, MAXIMUM_VALUES),
		cut: values.length > MAXIMUM_VALUES,
	};
}

/** Numbers keep their digits: 5.10 says something else about a measurement than 5.1. */
function parsed(json: string): Fields | null {
	const digits = (_key: string, value: unknown, context?: { source?: string }) =>
		typeof value === "number" && context?.source ? context.source : value;
	try {
		return fields(JSON.parse(json, digits as Parameters<typeof JSON.parse>[1]));
	} catch {
		return null;
	}
}

function resources(resource: Fields, depth: number): Fields[] {
	if (depth === 0) return [];
	const inner = [
		...list(resource.contained),
		...list(resource.entry).map((entry) => fields(fields(entry)?.resource)),
	];
	const known = inner.map(fields).filter((one) => one !== null);
	return [resource, ...known.flatMap((one) => resources(one, depth - 1))];
}

function valuesOf(observation: Fields, decimal: string): LabValue[] {
	const at = text(observation.effectiveDateTime) || text(observation.effectiveInstant);
	const when = at || text(fields(observation.effectivePeriod)?.start) || text(observation.issued);
	const shared = { at: when, status: STATUS[text(observation.status)] ?? "" } as const;
	const parts = list(observation.component)
		.map(fields)
		.filter((one) => one !== null);
	const own = measuredValue(observation, decimal);
	const rows = parts.map((part) => ({ ...row(part, decimal), ...shared }));
	return own || rows.length === 0 ? [{ ...row(observation, decimal), ...shared }, ...rows] : rows;
}

function row(measured: Fields, decimal: string): Omit<LabValue, "at" | "status"> {
	const [interpretation] = list(measured.interpretation);
	const codes = list(fields(interpretation)?.coding).map((one) => text(fields(one)?.code));
	const [range] = list(measured.referenceRange).map(fields);
	return {
		name: concept(measured.code),
		value: measuredValue(measured, decimal),
		range: range ? text(range.text) || between(range, decimal) : "",
		flag: codes.map((code) => FLAGS[code] ?? "").find(Boolean) ?? "",
	};
}

function measuredValue(measured: Fields, decimal: string): string {
	const quantityValue = fields(measured.valueQuantity);
	if (quantityValue) return quantity(quantityValue, decimal);
	const ratio = fields(measured.valueRatio);
	if (ratio) {
		const [over, under] = [fields(ratio.numerator), fields(ratio.denominator)];
		return `${over ? quantity(over, decimal) : "?"} : ${under ? quantity(under, decimal) : "?"}`;
	}
	const range = fields(measured.valueRange);
	if (range) return between(range, decimal);
	const plain =
		measured.valueString ?? measured.valueInteger ?? measured.valueBoolean ?? measured.valueDateTime;
	return text(plain) || concept(measured.valueCodeableConcept) || concept(measured.dataAbsentReason);
}

function between(range: Fields, decimal: string): string {
	const [low, high] = [fields(range.low), fields(range.high)];
	if (low && high) {
		const unit = text(high.unit) || text(high.code);
		return `${number(low.value, decimal)} – ${number(high.value, decimal)} ${unit}`.trim();
	}
	if (low) return `≥ ${quantity(low, decimal)}`;
	return high ? `≤ ${quantity(high, decimal)}` : "";
}

function quantity(value: Fields, decimal: string): string {
	const unit = text(value.unit) || text(value.code);
	return [text(value.comparator), number(value.value, decimal), unit].filter(Boolean).join(" ");
}

function number(value: unknown, decimal: string): string {
	return text(value).replace(".", decimal);
}

function concept(value: unknown): string {
	const known = fields(value);
	if (!known) return "";
	const [first] = list(known.coding).map(fields);
	return text(known.text) || text(first?.display) || text(first?.code);
}

function personName(patient: Fields): string {
	const name = list(patient.name)
		.map(fields)
		.find((one) => one !== null);
	if (!name) return "";
	return text(name.text) || [...list(name.given).map(text), text(name.family)].filter(Boolean).join(" ");
}

function subjectOf(all: readonly Fields[]): string {
	return all.map((one) => text(fields(one.subject)?.display)).find(Boolean) ?? "";
}

function fields(value: unknown): Fields | null {
	return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

function list(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
	if (typeof value === "string") return value.slice(0, 400);
	return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}
