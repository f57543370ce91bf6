/** The one way to write a value as JSON, so that its bytes can be signed (RFC 8785): no white space, the members of each
 *  object in the order of their names. Numbers and texts are already written by `JSON.stringify` as it demands. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export function canonical(value: Json): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
	if (value === null || typeof value !== "object") return JSON.stringify(value);
	const members = Object.entries(value as { [name: string]: Json });
	// By UTF-16 code units, as `<` compares texts.
	members.sort(([one], [other]) => (one < other ? -1 : 1));
	return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
}
