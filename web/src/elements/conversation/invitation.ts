import type { Colleague } from "./directory";

/** Whom the page asks to begin a conversation with, as the server has resolved the address: attributes `invite`,
 *  `invite-name`, `invite-function`, `invite-hospital`, `invite-verified`, `invite-reachable`. */
export function invited(element: HTMLElement): Colleague | null {
	const personId = element.getAttribute("invite");
	if (!personId) return null;
	return {
		personId,
		name: element.getAttribute("invite-name") ?? "",
		function: element.getAttribute("invite-function") ?? "",
		speciality: "",
		organisation: {
			id: "",
			name: element.getAttribute("invite-hospital") ?? "",
			verified: element.hasAttribute("invite-verified"),
		},
		reachable: element.hasAttribute("invite-reachable"),
	};
}
