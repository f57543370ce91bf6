import { kernIcon } from "../../dom/kern-icon";
import { make } from "../../dom/make";

/** Grey bars where content will be, with a text for those who do not see them. */
export function skeleton(text: string): HTMLElement {
	const bars = Array.from({ length: 6 }, () => make("span"));
	const label = make("p", { class: "visually-hidden", text });
	return make("div", { class: "skeleton", attributes: { role: "status" } }, label, ...bars);
}

/** A quiet page in the middle of a column: what is not here, and what to do. */
export function emptyPane(icon: string, title: string, text: string, ...actions: HTMLElement[]): HTMLElement {
	return make(
		"div",
		{ class: "empty" },
		kernIcon(icon),
		make("p", { class: "empty__title", text: title }),
		make("p", { text }),
		...actions,
	);
}
