/** What an element is made with: properties of DOM nodes are never HTML text, so nothing here can inject markup. */
export interface Made {
	class?: string;
	text?: string;
	attributes?: Record<string, string | boolean>;
	on?: { [name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[name]) => void };
}

/** Make an element with its class, text, attributes, listeners and children. */
export function make<Name extends keyof HTMLElementTagNameMap>(
	name: Name,
	{ class: className, text, attributes = {}, on = {} }: Made = {},
	...children: (Node | string | null)[]
): HTMLElementTagNameMap[Name] {
	const element = document.createElement(name);
	if (className) element.className = className;
	if (text !== undefined) element.textContent = text;
	for (const [attribute, value] of Object.entries(attributes)) setAttribute(element, attribute, value);
	for (const [event, listener] of Object.entries(on)) {
		element.addEventListener(event, listener as EventListener);
	}
	element.append(...children.filter((child) => child !== null));
	return element;
}

/** Set or remove an attribute, only when it changes: screen readers hear every write. */
export function setAttribute(element: Element, name: string, value: string | boolean | null): void {
	if (value === false || value === null) {
		if (element.hasAttribute(name)) element.removeAttribute(name);
		return;
	}
	const text = value === true ? "" : value;
	if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Set the text, only when it changes: selection and live regions stay undisturbed. */
export function setText(element: Element, text: string): void {
	if (element.textContent !== text) element.textContent = text;
}

export function setHidden(element: HTMLElement, hidden: boolean): void {
	if (element.hidden !== hidden) element.hidden = hidden;
}

/** Show a file's name, which may be long and without a space: it breaks between its parts. */
export function setFileName(element: Element, name: string): void {
	if (element.textContent === name) return;
	const parts = name.split(/(?<=[_.-])(?=.)/);
	element.replaceChildren(...parts.flatMap((part, at) => (at ? [make("wbr"), part] : [part])));
}
