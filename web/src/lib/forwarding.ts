/** What may be passed on from one conversation to another, by their kinds: what was said about a treatment stays in
 *  conversations about treatments. */

import type { GroupKind } from "../engine/types";

export function mayForward(source: GroupKind, target: GroupKind): boolean {
	return source !== "case" || target === "case";
}
