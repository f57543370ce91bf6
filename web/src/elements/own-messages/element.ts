/** `<medicus-own-messages>`: on a patient's first page, how many messages wait for them. Property `messenger`. */
import { make, setText } from "../../dom/make";
import type { Conversation, EngineState, Messenger, MessengerEvent } from "../../engine/types";
import { unreadIn, wordsOf } from "./words";

export class MedicusOwnMessages extends HTMLElement {
	private stop: () => void = () => undefined;
	private state: EngineState = { state: "starting" };
	private conversations: Conversation[] | null = null;
	private readonly line = make("p", { attributes: { role: "status" } });

	set messenger(messenger: Messenger) {
		this.stop();
		this.replaceChildren(this.line);
		this.stop = messenger.listen((event) => this.heard(event));
	}

	disconnectedCallback(): void {
		this.stop();
	}

	private heard(event: MessengerEvent): void {
		if (event.type === "state") this.state = event.state;
		else if (event.type === "conversations") this.conversations = event.conversations;
		else return;
		const unread = unreadIn(this.conversations ?? []);
		setText(this.line, wordsOf(this.state, this.conversations === null ? null : unread));
		this.line.classList.toggle("strong", this.state.state === "ready" && unread > 0);
	}
}

customElements.define("medicus-own-messages", MedicusOwnMessages);

declare global {
	interface HTMLElementTagNameMap {
		"medicus-own-messages": MedicusOwnMessages;
	}
}
