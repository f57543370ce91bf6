/** Do something now and then while an element is on the page, for clocks that run down. */
export function tickWhileShown(element: Element, act: () => void, everyMs = 10_000): void {
	let shown = false;
	const timer = setInterval(() => {
		if (element.isConnected) {
			shown = true;
			act();
		} else if (shown) clearInterval(timer);
	}, everyMs);
}
