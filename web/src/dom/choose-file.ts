import { make } from "./make";

/** Let the reader choose one file, or take a photo where `attributes` say so. Returns null when they think better of it. */
export function chooseFile(attributes: Record<string, string> = {}): Promise<File | null> {
	const picker = make("input", { attributes: { type: "file", ...attributes } });
	return new Promise((resolve) => {
		picker.addEventListener("change", () => resolve(picker.files?.[0] ?? null));
		picker.addEventListener("cancel", () => resolve(null));
		picker.click();
	});
}
