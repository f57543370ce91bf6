/** A grey window: the pixel values (Hounsfield units in CT) that are spread over black to white. */
export interface GreyWindow {
	center: number;
	width: number;
}

export type PresetName = "soft-tissue" | "lung" | "bone" | "brain";

/** Customary windows for computed tomography, in Hounsfield units. */
export const CT_PRESETS: Record<PresetName, GreyWindow> = {
	"soft-tissue": { center: 40, width: 400 },
	lung: { center: -600, width: 1500 },
	bone: { center: 400, width: 1800 },
	brain: { center: 40, width: 80 },
};

/** The preset that `window` is, if it is one. */
export function presetOf(window: GreyWindow): PresetName | null {
	const same = (preset: GreyWindow) =>
		Math.round(window.center) === preset.center && Math.round(window.width) === preset.width;
	const names = Object.keys(CT_PRESETS) as PresetName[];
	return names.find((name) => same(CT_PRESETS[name])) ?? null;
}

/** The lowest and the highest value of a window (PS3.3 section C.11.2.1.2, as Cornerstone counts it). */
export function rangeOf({ center, width }: GreyWindow): { lower: number; upper: number } {
	return { lower: center - 0.5 - (width - 1) / 2, upper: center - 0.5 + (width - 1) / 2 };
}

export function windowOf({ lower, upper }: { lower: number; upper: number }): GreyWindow {
	const width = Math.abs(upper - lower) + 1;
	return { width, center: lower + width / 2 };
}
