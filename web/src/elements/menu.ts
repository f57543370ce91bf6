/** Menus are `<details class="menu">`: they open without a script. This adds what the element lacks:
 *  Escape and a click elsewhere close them, and only one is open at a time. */

function open(root: Document): HTMLDetailsElement[] {
	return [...root.querySelectorAll<HTMLDetailsElement>("details.menu[open]")];
}

function closeAllBut(root: Document, kept: Element | null): void {
	for (const menu of open(root)) {
		if (menu !== kept) menu.open = false;
	}
}

function onEscape(root: Document, event: KeyboardEvent): void {
	if (event.key !== "Escape") return;
	for (const menu of open(root)) {
		const hadFocus = menu.contains(root.activeElement);
		menu.open = false;
		if (hadFocus) menu.querySelector("summary")?.focus();
	}
}

/** Tend all menus of `root`, those that come later too. */
export function tendMenus(root: Document): void {
	root.addEventListener("click", (event) => {
		const target = event.target instanceof Element ? event.target : null;
		closeAllBut(root, target?.closest("details.menu") ?? null);
	});
	root.addEventListener("keydown", (event) => onEscape(root, event));
	root.addEventListener("focusin", (event) => {
		const target = event.target instanceof Element ? event.target : null;
		closeAllBut(root, target?.closest("details.menu") ?? null);
	});
}
