import { kernIcon } from "./kern-icon";
import { make } from "./make";

export interface ButtonLook {
	/** Modifiers of `.button`, for example `"primary small"`. */
	look?: string;
	icon?: string;
	/** Show only the icon; the text stays as name and tooltip. */
	iconOnly?: boolean;
}

/** A button with a text, and an icon where it helps. */
export function button(
	text: string,
	action: () => void,
	{ look = "", icon, iconOnly }: ButtonLook = {},
): HTMLButtonElement {
	const modifiers = look.split(" ").filter(Boolean);
	if (iconOnly) modifiers.push("icon");
	const className = ["button", ...modifiers.map((name) => `button--${name}`)].join(" ");
	const attributes: Record<string, string> = { type: "button" };
	if (iconOnly) attributes.title = text;
	return make(
		"button",
		{ class: className, attributes, on: { click: action } },
		icon ? kernIcon(icon) : null,
		iconOnly ? make("span", { class: "visually-hidden", text }) : text,
	);
}
