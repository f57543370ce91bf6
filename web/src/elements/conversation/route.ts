import { addressedMessage } from "../message-address";

const ADDRESS = /^\/conversations\/(?:([0-9a-f-]{36})\/)?$/;

/** The conversation that the address names, or none. */
export function addressed(path: string): string | null {
	return ADDRESS.exec(path)?.[1] ?? null;
}

/** Keeps the open conversation and the address bar in step: `/conversations/` and `/conversations/<id>/`. */
export class Route {
	constructor(private readonly changed: (id: string | null) => void) {
		window.addEventListener("popstate", () => this.changed(this.current));
	}

	get current(): string | null {
		return addressed(location.pathname);
	}

	/** Take the message that the address names, once: afterwards the address names only the conversation. */
	takeMessage(): string | null {
		const message = addressedMessage(location.hash);
		if (message) history.replaceState(history.state, "", location.pathname + location.search);
		return message;
	}

	/** Go to a conversation, or back to the list. From the list into one and back leaves no trail behind. */
	go(id: string | null): void {
		if (id === this.current && location.pathname !== "/conversations/new/") return;
		if (id === null && history.state?.fromList) {
			history.back();
			return;
		}
		const state = { fromList: location.pathname === "/conversations/" || history.state?.fromList === true };
		if (id === null || location.pathname === "/conversations/new/")
			history.replaceState(null, "", pathOf(id));
		else if (this.current === null) history.pushState(state, "", pathOf(id));
		else history.replaceState(history.state, "", pathOf(id));
		this.changed(id);
	}
}

function pathOf(id: string | null): string {
	return id ? `/conversations/${id}/` : "/conversations/";
}
