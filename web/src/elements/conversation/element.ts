import { make, setAttribute, setHidden } from "../../dom/make";
import type { Messenger } from "../../engine/types";
import { t } from "../../i18n/conversation";
import { askAddPeople } from "./add-people";
import { Blocks } from "./conduct/blocks";
import type { Context } from "./context";
import { Details } from "./details";
import type { Colleague } from "./directory";
import { EnginePane } from "./engine-pane";
import { HistoryNotice } from "./history-notice";
import { invited } from "./invitation";
import { ConversationList } from "./list";
import { titleOf } from "./names";
import { askNewConversation } from "./new-conversation";
import { askNewPatientCase, invitedPatient } from "./new-patient-case";
import { Route } from "./route";
import { asksToSearch } from "./search/keyboard";
import { StatusLine } from "./status-line";
import { ConversationStore, type StoreEvent } from "./store";
import { Thread } from "./thread";

const ROOMY = "(min-width: 80rem)";

/** The conversation workspace: list, conversation and details side by side on a desk, one at a time on a phone.
 *
 *  person: id of the reader.   reader: `patient`, if they are one.   new: begin with the dialog for a new conversation, `invite…`: with whom (invitation.ts), or `patient-…`:
 *  with which patient (new-patient-case.ts).
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
	readonly forPatient: boolean;
	readonly blocks = new Blocks(() => this.render());
	private readonly store: ConversationStore;
	private readonly route: Route;
	private readonly surface = make("div", { class: "surface conversations" });
	private readonly live = make("p", { class: "visually-hidden", attributes: { "aria-live": "polite" } });
	private readonly status: StatusLine;
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
	private readonly keyed = (event: KeyboardEvent) => {
		if (this.forPatient || this.surface.hidden || !asksToSearch(event)) return;
		event.preventDefault();
		this.search(null);
	};
	private detailsOpen = this.roomy.matches;
	private focusNext = false;
	/** The list with its search stands in front, where only one part is shown at a time. */
	private searching = false;

	constructor(
		private readonly host: Conversations,
		readonly messenger: Messenger,
		person: string,
	) {
		this.me = person;
		this.forPatient = host.getAttribute("reader") === "patient";
		this.route = new Route((id) => this.opened(id));
		this.store = new ConversationStore(messenger, person, (event) => this.heard(event));
		this.status = new StatusLine(this, this.store);
		this.pane = new EnginePane(messenger, this.forPatient);
		this.list = new ConversationList(
			this,
			() => this.begin(null),
			() => this.endSearch(),
		);
		this.thread = new Thread(
			this,
			this.store,
			() => this.toggleDetails(),
			() => this.search(this.store.snapshot.open?.id ?? null),
		);
		this.details = new Details(
			this,
			(conversation) => askAddPeople(this, conversation),
			() => this.toggleDetails(),
		);
		this.surface.append(this.list.element, this.thread.element, this.details.element);
		const arrival = new HistoryNotice(messenger);
		const { status, pane, surface, live } = this;
		host.replaceChildren(status.element, pane.element, arrival.element, surface, live);
		this.store.select(this.route.current);
		this.jumpToAddressed();
		this.roomy.addEventListener("change", this.resized);
		for (const name of ["online", "offline"]) window.addEventListener(name, this.connected);
		document.addEventListener("keydown", this.keyed);
		this.render();
		if (!this.forPatient) void this.blocks.load();
	}

	go(id: string | null): void {
		this.focusNext = true;
		this.searching = false;
		this.route.go(id);
	}

	async jumpTo(messageId: string): Promise<boolean> {
		const open = this.store.snapshot.open;
		if (!open?.timeline.has(messageId)) {
			const stretch = await this.messenger.around(messageId);
			if (!stretch) return false;
			this.route.go(stretch.conversationId);
			this.store.show(stretch);
		}
		this.focusNext = false;
		this.searching = false;
		this.render();
		this.thread.aim(messageId);
		return true;
	}

	tell(text: string): void {
		this.status.tell(text);
	}

	announce(text: string): void {
		this.live.textContent = text;
	}

	close(): void {
		this.roomy.removeEventListener("change", this.resized);
		for (const name of ["online", "offline"]) window.removeEventListener(name, this.connected);
		document.removeEventListener("keydown", this.keyed);
		this.store.close();
	}

	private opened(id: string | null): void {
		this.detailsOpen &&= this.roomy.matches;
		this.store.select(id);
		this.jumpToAddressed();
	}

	private jumpToAddressed(): void {
		const message = this.route.takeMessage();
		if (!message) return;
		const found = this.jumpTo(message).catch(() => false);
		void found.then((there) => there || this.status.tell(t("jump.gone")));
	}

	private heard(event: StoreEvent): void {
		if (event.type === "arrived") this.thread.arrived(event.message);
		else this.render();
	}

	private render(): void {
		const snapshot = this.store.snapshot;
		const conversation = snapshot.open ? this.store.conversation(snapshot.open.id) : undefined;
		const detailsShown = this.detailsOpen && conversation !== undefined;
		const covered = this.pane.update(snapshot.engine, snapshot.queued);
		this.status.update(snapshot);
		setHidden(this.surface, covered);
		setHidden(this.details.element, !detailsShown);
		setAttribute(this.surface, "data-showing", this.part(detailsShown));
		this.list.update(snapshot);
		this.thread.update(snapshot, detailsShown);
		this.details.update(conversation, detailsShown && !covered);
		this.showTitle(conversation ? titleOf(conversation, this.me) : "");
		if (!covered && snapshot.conversations) this.settle(conversation !== undefined);
	}

	/** What is shown where there is room for one part only. */
	private part(detailsShown: boolean): string {
		if (this.searching || !this.store.snapshot.open) return "list";
		return detailsShown && !this.roomy.matches ? "side" : "main";
	}

	/** What waits until there is something to work with: the focus after a choice, and an invitation. */
	private settle(open: boolean): void {
		if (this.focusNext && open) this.thread.focus();
		this.focusNext = false;
		if (!this.host.hasAttribute("new")) return;
		this.host.removeAttribute("new");
		const patient = invitedPatient(this.host);
		if (patient) askNewPatientCase(this, patient);
		else this.begin(invited(this.host));
	}

	/** Go to the search field; `within`: search this conversation only. */
	private search(within: string | null): void {
		this.searching = true;
		this.detailsOpen &&= this.roomy.matches;
		this.render();
		this.list.startSearch(within);
	}

	/** Back to the conversation that was searched, where it is hidden behind the list. */
	private endSearch(): void {
		this.searching = false;
		this.render();
		if (!this.list.element.checkVisibility()) this.thread.focus();
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
