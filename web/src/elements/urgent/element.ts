/** `<medicus-urgent conversations="/conversations/" quiet>`: on the work list, the acknowledgements that are due and the
 *  open items of the person's roles, what is overdue first. Give it the `messenger`. quiet: nothing where nothing is open. */
import { KeyedList } from "../../dom/keyed";
import { make, setHidden, setText } from "../../dom/make";
import type { Messenger, MessengerEvent } from "../../engine/types";
import type { OpenItems, UrgentItem } from "../../engine/urgent-types";
import { t } from "../../i18n/urgent";
import { handoverNotice } from "../conversation/handover-notice";
import { tickWhileShown } from "../ticking";
import { inOrder } from "./order";
import { UrgentRow } from "./row";

export class MedicusUrgent extends HTMLElement {
	private stop: () => void = () => undefined;
	private given: Messenger | null = null;
	private items: OpenItems = { due: [], roles: [], newcomers: [] };
	private readonly due = new Part("due", () => this.conversations);
	private readonly roles = new Part("roles", () => this.conversations);
	private readonly handovers = make("div", { class: "stack stack--s" });

	set messenger(messenger: Messenger) {
		this.stop();
		this.given = messenger;
		this.append(this.due.element, this.handovers, this.roles.element);
		tickWhileShown(this, () => this.render());
		this.stop = messenger.listen((event) => this.heard(event));
		this.render();
	}

	disconnectedCallback(): void {
		this.stop();
	}

	private get conversations(): string {
		return this.getAttribute("conversations") ?? "/conversations/";
	}

	private heard(event: MessengerEvent): void {
		if (event.type !== "urgent") return;
		this.items = event.items;
		this.showHandovers();
		this.render();
	}

	private render(): void {
		const quiet = this.hasAttribute("quiet");
		this.due.update(this.items.due, quiet);
		// Who holds no role has no open items of one.
		this.roles.update(this.items.roles, true);
	}

	private showHandovers(): void {
		const { given } = this;
		if (!given) return;
		const notices = this.items.newcomers.map((newcomer) => handoverNotice(given, newcomer));
		this.handovers.replaceChildren(...notices);
		setHidden(this.handovers, notices.length === 0);
	}
}

/** A panel with its list and the number of what is in it. */
class Part {
	readonly element: HTMLElement;
	private readonly count = make("span", { class: "count" });
	private readonly rows = make("ul", { class: "rows" });
	private readonly none: HTMLElement;
	private readonly list: KeyedList<UrgentItem>;

	constructor(
		private readonly name: "due" | "roles",
		conversations: () => string,
	) {
		const id = `urgent-${name}-title`;
		const heading = make("h2", { text: t(`${name}.heading`), attributes: { id } });
		this.none = make("p", { class: "panel__foot muted", text: t(`${name}.none`) });
		this.list = new KeyedList(
			this.rows,
			({ messageId }) => messageId,
			(item) => new UrgentRow(item, conversations()),
		);
		const head = make("div", { class: "panel__head" }, heading, this.count);
		const attributes = { "aria-labelledby": id };
		this.element = make("section", { class: "panel", attributes }, head, this.rows, this.none);
	}

	update(items: readonly UrgentItem[], quiet: boolean): void {
		this.list.update(inOrder(items, new Date()));
		setText(this.count, String(items.length));
		this.count.classList.toggle("count--alert", items.length > 0 && this.name === "due");
		this.count.title = t.count(`${this.name}.count`, items.length);
		setHidden(this.count, items.length === 0);
		setHidden(this.rows, items.length === 0);
		setHidden(this.none, items.length > 0);
		setHidden(this.element, quiet && items.length === 0);
	}
}

customElements.define("medicus-urgent", MedicusUrgent);

declare global {
	interface HTMLElementTagNameMap {
		"medicus-urgent": MedicusUrgent;
	}
}
