/** `<medicus-inbox conversations="/conversations/" directory="/directory/" person="…">`: the conversations on the work list.
 *
 *  Give it the `messenger`; it shows what is unread first, and calmly what hinders it. The titles are encrypted, so
 *  the server cannot render this list. The element named by `count` (an id) shows how many conversations wait. */
import { KeyedList } from "../../dom/keyed";
import { make, setHidden, setText } from "../../dom/make";
import type { Conversation, EngineState, Messenger, MessengerEvent } from "../../engine/types";
import { t } from "../../i18n/inbox";
import { shown, waiting } from "./entry";
import { InboxRow } from "./row";
import { nothingYet, pictureOf } from "./states";

const ROOM = 8;

export class MedicusInbox extends HTMLElement {
	private given: Messenger | null = null;
	private stop: () => void = () => undefined;
	private state: EngineState = { state: "starting" };
	private conversations: Conversation[] | null = null;
	private readonly rows = make("ul", { class: "rows" });
	private readonly offline = offlineLine();
	private readonly rest = make("p", { class: "panel__foot" });
	private readonly list = new KeyedList<Conversation>(
		this.rows,
		(conversation) => conversation.id,
		(conversation) => new InboxRow(this.address(conversation.id), this.getAttribute("person") ?? ""),
	);

	set messenger(messenger: Messenger) {
		this.stop();
		this.given = messenger;
		this.stop = messenger.listen((event) => this.onEvent(event));
	}

	disconnectedCallback(): void {
		this.stop();
	}

	private address(id: string): string {
		return `${this.getAttribute("conversations") ?? "/conversations/"}${id}/`;
	}

	private onEvent(event: MessengerEvent): void {
		if (event.type === "state") this.state = event.state;
		else if (event.type === "conversations") this.conversations = event.conversations;
		else return;
		this.render();
	}

	private render(): void {
		this.tellCount();
		const picture = this.picture();
		if (picture) this.replaceChildren(picture);
		else this.renderList(this.conversations ?? []);
	}

	/** What stands in place of the list, if anything must. */
	private picture(): HTMLElement | null {
		const state: EngineState =
			this.conversations || this.state.state !== "ready" ? this.state : { state: "starting" };
		const doings = { takeOver: () => this.given?.takeOver(), reload: () => location.reload() };
		if (state.state === "ready" && this.conversations?.length === 0) {
			return nothingYet(this.getAttribute("directory") ?? "/");
		}
		return pictureOf(state, doings);
	}

	private renderList(conversations: Conversation[]): void {
		const some = shown(conversations, ROOM);
		const rest = conversations.length - some.length;
		this.list.update(some);
		setHidden(this.offline, this.state.state !== "ready" || this.state.online);
		setHidden(this.rest, rest === 0);
		setText(this.rest, rest > 0 ? t.count("more", rest) : "");
		if (this.rows.parentElement !== this) this.replaceChildren(this.offline, this.rows, this.rest);
	}

	private tellCount(): void {
		const place = document.getElementById(this.getAttribute("count") ?? "");
		if (!place) return;
		const count = waiting(this.conversations ?? []);
		setText(place, String(count));
		place.title = t.count("waiting", count);
		setHidden(place, count === 0);
	}
}

function offlineLine(): HTMLElement {
	const sign = make("span", {
		class: "kern-icon kern-icon--small kern-icon--offline",
		attributes: { "aria-hidden": "true" },
	});
	return make("p", { class: "banner", attributes: { role: "status" } }, sign, t("offline"));
}

customElements.define("medicus-inbox", MedicusInbox);

declare global {
	interface HTMLElementTagNameMap {
		"medicus-inbox": MedicusInbox;
	}
}
