import { setAttribute } from "../../dom/make";

const SHOWN = "spotlight";

/** Put the focus on a row and mark it for a moment. How it looks, and whether it moves, is the style sheet's business. */
export function spotlight(row: HTMLElement): void {
	for (const other of document.querySelectorAll(`.${SHOWN}`)) other.classList.remove(SHOWN);
	setAttribute(row, "tabindex", "-1");
	row.classList.add(SHOWN);
	for (const over of ["animationend", "blur"]) {
		row.addEventListener(over, () => row.classList.remove(SHOWN), { once: true });
	}
	row.focus({ preventScroll: true });
}
