/** Which side of the patient lies at which edge of the picture. */
export interface Edges {
	left: string;
	right: string;
	top: string;
	bottom: string;
}

type Vector = [number, number, number];

/** The letters of a direction in the patient's coordinates, the strongest first (x to Left, y to Posterior, z to Head).
 *  PS3.3 section C.7.6.2.1.1; letters of PS3.3 section C.7.6.1.1.1. */
export function letters(direction: Vector): string {
	const names: [string, string][] = [
		["L", "R"],
		["P", "A"],
		["H", "F"],
	];
	return direction
		.map((value, axis) => ({ size: Math.abs(value), letter: names[axis]?.[value > 0 ? 0 : 1] ?? "" }))
		.filter(({ size }) => size > 0.2)
		.sort((one, other) => other.size - one.size)
		.map(({ letter }) => letter)
		.join("");
}

/** `orientation`: ImageOrientationPatient (0020,0037), six direction cosines. */
export function edgesOf(orientation: number[] | null): Edges | null {
	if (orientation?.length !== 6 || orientation.some((value) => !Number.isFinite(value))) return null;
	const row = orientation.slice(0, 3) as Vector;
	const column = orientation.slice(3) as Vector;
	const opposite = (vector: Vector) => vector.map((value) => -value) as Vector;
	return {
		left: letters(opposite(row)),
		right: letters(row),
		top: letters(opposite(column)),
		bottom: letters(column),
	};
}
