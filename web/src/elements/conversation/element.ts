import { make, setAttribute, setHidden } from "../../dom/make";
import type { Messenger } from "../../engine/types";
import { t } from "../../i18n/conversation";
import { askAddPeople } from "./add-people";
import type { Context } from "./context";
import { Details } from "./details";
import type { Colleague } from "./directory";
import { EnginePane } from "./engine-pane";
import { invited } from "./invitation";
import { ConversationList } from "./list";
import { titleOf } from "./names";
import { askNewConversation } from "./new-conversation";
import { Route } from "./route";
import { StatusLine } from "./status-line";
import { ConversationStore, type StoreEvent } from "./store";
import { Thread } from "./thread";

const ROOMY = "(min-width: 80rem)";

/** The conversation workspace: list, conversation and details side by side on a desk, one at a time on a phone.
 *
 *  person: id of the reader.   new: begin with the dialog for a new conversation, `invite…`: with whom (invitation.ts).
 *  Property `messenger`: where conversations come from; set it once. */
export class Conversations extends HTMLElement {
	private workspace: Workspace | null = null;

	set messenger(messenger: Messenger) {
		this.workspace?.close();
		this.workspace = new Workspace(this, messenger, this.getAttribute("person") ?? "");
	}

	disconnectedCallback(): void {
		this.workspace?.close();
		this.workspace = null;
	}
}

/** Everything inside the element. One path to the screen: the store tells, `render` hands its snapshot to each part. */
class Workspace implements Context {
	readonly me: string;
	private readonly store: ConversationStore;
	private readonly route: Route;
	private readonly surface = make("div", { class: "surface conversations" });
	private readonly live = make("p", { class: "visually-hidden", attributes: { "aria-live": "polite" } });
	private readonly status = new StatusLine();
	private readonly pane: EnginePane;
	private readonly list: ConversationList;
	private readonly thread: Thread;
	private readonly details: Details;
	private readonly pageTitle = document.title;
	private readonly roomy = matchMedia(ROOMY);
	private readonly resized = () => {
		this.detailsOpen &&= this.roomy.matches;
		this.render();
	};
	private readonly connected = () => this.render();
	private detailsOpen = this.roomy.matches;
	private focusNext = false;

	constructor(
		private readonly host: Conversations,
		readonly messenger: Messenger,
		person: string,
	) {
		this.me = person;
		this.route = new Route((id) => this.opened(id));
		this.store = new ConversationStore(messenger, person, (event) => this.heard(event));
		this.pane = new EnginePane(messenger);
		this.list = new ConversationList(this, () => this.begin(null));
		this.thread = new Thread(this, this.store, () => this.toggleDetails());
		this.details = new Details(
			this,
			(conversation) => askAddPeople(this, conversation),
			() => this.toggleDetails(),
		);
		this.surface.append(this.list.element, this.thread.element, this.details.element);
		host.replaceChildren(this.status.element, this.pane.element, this.surface, this.live);
		this.store.select(this.route.current);
		this.roomy.addEventListener("change", this.resized);
		for (const name of ["online", "offline"]) window.addEventListener(name, this.connected);
		this.render();
	}

	go(id: string | null): void {
		this.focusNext = true;
		this.route.go(id);
	}

	announce(text: string): void {
		this.live.textContent = text;
	}

	close(): void {
		this.roomy.removeEventListener("change", this.resized);
		for (const name of ["online", "offline"]) window.removeEventListener(name, this.connected);
		this.store.close();
	}

	private opened(id: string | null): void {
		this.detailsOpen &&= this.roomy.matches;
		this.store.select(id);
	}

	private heard(event: StoreEvent): void {
		if (event.type === "arrived") this.thread.arrived(event.message);
		else this.render();
	}

	private render(): void {
		const snapshot = this.store.snapshot;
		const conversation = snapshot.open ? this.store.conversation(snapshot.open.id) : undefined;
		const detailsShown = this.detailsOpen && conversation !== undefined;
		const covered = this.pane.update(snapshot.engine);
		this.status.update(snapshot);
		setHidden(this.surface, covered);
		setHidden(this.details.element, !detailsShown);
		const part = detailsShown && !this.roomy.matches ? "side" : snapshot.open ? "main" : "list";
		setAttribute(this.surface, "data-showing", part);
		this.list.update(snapshot);
		this.thread.update(snapshot, detailsShown);
		this.details.update(conversation);
		this.showTitle(conversation ? titleOf(conversation, this.me) : "");
		if (!covered && snapshot.conversations) this.settle(conversation !== undefined);
	}

	/** What waits until there is something to work with: the focus after a choice, and an invitation. */
	private settle(open: boolean): void {
		if (this.focusNext && open) this.thread.focus();
		this.focusNext = false;
		if (!this.host.hasAttribute("new")) return;
		this.host.removeAttribute("new");
		this.begin(invited(this.host));
	}

	private begin(first: Colleague | null): void {
		askNewConversation(this, this.store.snapshot.conversations ?? [], first);
	}

	private toggleDetails(): void {
		this.detailsOpen = !this.detailsOpen;
		this.render();
		if (this.detailsOpen) this.details.focus();
		else this.thread.focusDetailsButton();
	}

	private showTitle(conversation: string): void {
		const unread = (this.store.snapshot.conversations ?? []).reduce((sum, { unread }) => sum + unread, 0);
		const title = conversation ? `${conversation} – ${t("heading")}` : this.pageTitle;
		document.title = unread ? `(${unread}) ${title}` : title;
	}
}
