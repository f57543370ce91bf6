const HOLD_MS = 450;
const SLIP_PIXELS = 10;

/** Call `act` when a finger rests on `element`. A finger that scrolls or lifts calls nothing, nor does a mouse. */
export function onLongPress(element: HTMLElement, act: () => void): void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let start = { x: 0, y: 0 };
	const stop = () => clearTimeout(timer);
	element.addEventListener("pointerdown", (event) => {
		stop();
		const control = event.target instanceof Element && event.target.closest("button, a");
		if (event.pointerType !== "touch" || control) return;
		start = { x: event.clientX, y: event.clientY };
		timer = setTimeout(act, HOLD_MS);
	});
	element.addEventListener("pointermove", (event) => {
		if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > SLIP_PIXELS) stop();
	});
	for (const name of ["pointerup", "pointercancel", "pointerleave"] as const) {
		element.addEventListener(name, stop);
	}
	// The browser's own menu of a long press would cover ours.
	element.addEventListener("contextmenu", (event) => {
		if ((event as PointerEvent).pointerType === "touch") event.preventDefault();
	});
}
