/** A fingerprint for reading aloud: groups of four, four groups a line. `fingerprint`: SHA-256, hex. */
export function spoken(fingerprint: string): string[][] {
	const groups = fingerprint.toUpperCase().match(/.{1,4}/g) ?? [];
	const lines: string[][] = [];
	for (let start = 0; start < groups.length; start += 4) lines.push(groups.slice(start, start + 4));
	return lines;
}
