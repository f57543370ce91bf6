/** What may be passed on from one conversation to another, by their kinds: what was said about a treatment stays in
 *  conversations about treatments, and nothing that was not written for a patient comes before one. */

import type { GroupKind } from "../engine/types";
import { isTreatment } from "./kinds";

/** What stands against it, as the code of a failure; null when nothing does. */
export function hindrance(source: GroupKind, target: GroupKind): "forward-patient" | "forward-policy" | null {
	if (target === "patient") return "forward-patient";
	return isTreatment(source) && target !== "case" ? "forward-policy" : null;
}
