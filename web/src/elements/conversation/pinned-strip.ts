import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { KeyedList, type Row } from "../../dom/keyed";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Conversation, Message } from "../../engine/types";
import { t } from "../../i18n/talk";
import type { Context } from "./context";
import { firstLine, goTo, nameOf } from "./quote";

/** What is pinned, above the messages: the newest, and all on demand. Each leads to its place. */
export class PinnedStrip {
	readonly element: HTMLElement;
	private readonly rows = make("ul", { class: "pinned__rows" });
	private readonly keyed: KeyedList<Message>;
	private readonly more: HTMLButtonElement;
	private open = false;
	private conversationId = "";
	private pinned: readonly Message[] = [];
	private writable = false;

	constructor(context: Context, unpin: (message: Message) => void) {
		this.keyed = new KeyedList(
			this.rows,
			({ id }) => id,
			(message) => new PinnedRow(context, message, unpin),
		);
		this.more = button("", () => this.toggle(), { look: "small quiet" });
		this.element = make(
			"section",
			{ class: "pinned", attributes: { "aria-label": t("pinned"), hidden: true } },
			this.rows,
			this.more,
		);
	}

	update({ id, pinned = [] }: Conversation, writable: boolean): void {
		if (id !== this.conversationId) this.open = false;
		this.conversationId = id;
		this.pinned = [...pinned].reverse();
		this.writable = writable;
		this.show();
	}

	private toggle(): void {
		this.open = !this.open;
		this.show();
	}

	private show(): void {
		const { pinned } = this;
		setHidden(this.element, !pinned.length);
		this.keyed.update(this.open ? pinned : pinned.slice(0, 1));
		this.element.classList.toggle("pinned--open", this.open);
		this.element.classList.toggle("pinned--many", pinned.length > 1);
		this.rows.classList.toggle("pinned__rows--fixed", !this.writable);
		setHidden(this.more, pinned.length < 2);
		setText(this.more, this.open ? t("pinned.less") : t("pinned.all", { count: pinned.length }));
		setAttribute(this.more, "aria-expanded", String(this.open));
	}
}

class PinnedRow implements Row<Message> {
	readonly element: HTMLElement;
	private readonly name = make("span", { class: "pinned__name" });
	private readonly line = make("span", { class: "pinned__line" });
	private readonly remove: HTMLButtonElement;
	private message: Message;

	constructor(context: Context, message: Message, unpin: (message: Message) => void) {
		this.message = message;
		const go = () => void goTo(context, this.message.id);
		const link = make(
			"button",
			{ class: "pinned__go", attributes: { type: "button" }, on: { click: go } },
			kernIcon("pin"),
			make("span", { class: "visually-hidden", text: `${t("pinned")}: ` }),
			this.name,
			this.line,
		);
		this.remove = button(t("unpin"), () => unpin(this.message), {
			look: "quiet small",
			icon: "close",
			iconOnly: true,
		});
		this.element = make("li", { class: "pinned__row" }, link, this.remove);
	}

	update(message: Message): void {
		this.message = message;
		const text = firstLine(message);
		setText(this.name, nameOf(message));
		setText(this.line, text);
		setAttribute(this.remove, "aria-label", t("pinned.remove", { text }));
	}
}
