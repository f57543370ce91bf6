/** A number for reading aloud: in groups, four groups a line. */
export function spoken(number: string, groupLength: number): string[][] {
	const groups = number.match(new RegExp(`.{1,${groupLength}}`, "g")) ?? [];
	const lines: string[][] = [];
	for (let start = 0; start < groups.length; start += 4) lines.push(groups.slice(start, start + 4));
	return lines;
}
