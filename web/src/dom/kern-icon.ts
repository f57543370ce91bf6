import { make } from "./make";

/** An icon of KERN or of src/styles/icons.css. It says nothing by itself: the text beside it speaks. */
export function kernIcon(name: string): HTMLSpanElement {
	return make("span", { class: `kern-icon kern-icon--${name}`, attributes: { "aria-hidden": "true" } });
}
