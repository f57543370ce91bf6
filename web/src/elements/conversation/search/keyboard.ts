const LINKS = "a.row[href]";

/** Arrow keys go through everything that was found, from the field on; Enter in the field takes the first. */
export function moveAmong(event: KeyboardEvent, input: HTMLInputElement): void {
	const list = input.closest(".surface__list");
	const links = [...(list?.querySelectorAll<HTMLAnchorElement>(LINKS) ?? [])].filter((link) =>
		link.checkVisibility(),
	);
	if (event.key === "Enter") {
		if (input.value.trim()) links[0]?.click();
		return;
	}
	const at = links.indexOf(document.activeElement as HTMLAnchorElement);
	const next = at + (event.key === "ArrowDown" ? 1 : -1);
	if (event.key === "ArrowUp" && at < 0) return;
	event.preventDefault();
	if (next < 0) input.focus();
	else links[Math.min(next, links.length - 1)]?.focus();
}

/** Whether a key press asks for the search: Ctrl or Cmd with K anywhere, `/` where nobody writes. */
export function asksToSearch(event: KeyboardEvent): boolean {
	if (event.defaultPrevented || event.altKey || document.querySelector("dialog[open]")) return false;
	if ((event.ctrlKey || event.metaKey) && !event.shiftKey) return event.key.toLowerCase() === "k";
	if (event.key !== "/" || event.ctrlKey || event.metaKey) return false;
	const target = event.target as HTMLElement | null;
	return !target?.closest("input, textarea, select, [contenteditable]");
}
