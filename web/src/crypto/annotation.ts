/** What a message can say about another one: the part of its body that names the target and the act.
 *
 *  Reactions travel by name, not as a character: the same sign has several spellings in Unicode. */

import { isUuid } from "./ids";

export const REACTIONS = ["agree", "done", "thanks", "looking", "question"] as const;
export type Reaction = (typeof REACTIONS)[number];

/** edit and recall: only by the author of the target.   set: false takes a reaction or a pin back. */
export type Annotation =
	| { act: "edit"; text: string; mentions: string[] }
	| { act: "recall" }
	| { act: "reaction"; reaction: Reaction; set: boolean }
	| { act: "pin"; set: boolean };

const MAXIMUM_TEXT = 40_000;
const MAXIMUM_MENTIONS = 250;

/** Read an annotation that another person's device made; null when it is malformed or of a later version. */
export function readAnnotation(value: unknown): Annotation | null {
	if (typeof value !== "object" || value === null) return null;
	const { act, text, mentions, reaction, set } = value as Record<string, unknown>;
	if (act === "recall") return { act };
	if (act === "edit") return readEdit(text, readMentions(mentions));
	if (typeof set !== "boolean") return null;
	if (act === "pin") return { act, set };
	const known = REACTIONS.find((one) => one === reaction);
	return act === "reaction" && known ? { act, reaction: known, set } : null;
}

function readEdit(text: unknown, mentions: string[] | null): Annotation | null {
	if (typeof text !== "string" || !text.trim() || text.length > MAXIMUM_TEXT || !mentions) return null;
	return { act: "edit", text, mentions };
}

/** The ids of people who are named; absent means nobody, null that the field is malformed. */
export function readMentions(value: unknown): string[] | null {
	if (value == null) return [];
	if (!Array.isArray(value) || value.length > MAXIMUM_MENTIONS) return null;
	const ids: unknown[] = value;
	return ids.every((id): id is string => typeof id === "string" && isUuid(id)) ? [...new Set(ids)] : null;
}

/** As it stands in the JSON of a body. */
export function wireAnnotation(annotation: Annotation): Record<string, unknown> {
	if (annotation.act !== "edit") return { ...annotation };
	const { act, text, mentions } = annotation;
	return { act, text, mentions: mentions.length > 0 ? mentions : undefined };
}
