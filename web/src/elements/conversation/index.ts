import { Conversations } from "./element";

export { Conversations };

declare global {
	interface HTMLElementTagNameMap {
		"medicus-conversations": Conversations;
	}
}

if (!customElements.get("medicus-conversations"))
	customElements.define("medicus-conversations", Conversations);
