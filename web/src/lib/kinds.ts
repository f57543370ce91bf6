import type { GroupKind } from "../engine/types";

const TREATMENTS: ReadonlySet<GroupKind> = new Set(["case", "patient"]);

/** A conversation about somebody's treatment, which is closed one day and expires as a whole. */
export function isTreatment(kind: GroupKind): boolean {
	return TREATMENTS.has(kind);
}
