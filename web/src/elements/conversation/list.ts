import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { KeyedList, type Row } from "../../dom/keyed";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Conversation } from "../../engine/types";
import { t as contactWords } from "../../i18n/contact";
import { t } from "../../i18n/conversation";
import { formatInstant, formatWhen, initials } from "../../i18n/format";
import { t as own } from "../../i18n/own-messages";
import { t as searchWords } from "../../i18n/search";
import { t as talk } from "../../i18n/talk";
import { askedBy, awaits } from "../contact";
import type { Context } from "./context";
import { hospitalsOf, lineOf, matches, others, speakerOf, titleOf } from "./names";
import { PatientBadge } from "./patient-reads";
import { emptyPane, skeleton } from "./placeholders";
import { Search } from "./search/search";
import type { Snapshot } from "./store";

/** The left column: heading, "new", search, and the conversations, newest first. */
export class ConversationList {
	readonly element: HTMLElement;
	private readonly rows = make("ul", {
		class: "rows conversations__rows",
		attributes: { "aria-label": t("list") },
	});
	private readonly keyed: KeyedList<Conversation>;
	private readonly search: Search;
	private readonly heading = make("h2", { class: "search__part", text: searchWords("conversations") });
	private readonly loading = skeleton(t("list.loading"));
	private readonly empty: HTMLElement;
	private snapshot: Snapshot | null = null;

	constructor(
		private readonly context: Context,
		begin: () => void,
		searched: () => void,
	) {
		this.keyed = new KeyedList(
			this.rows,
			({ id }) => id,
			({ id }) => new ConversationRow(context, id),
		);
		this.search = new Search(context, { changed: () => this.show(), ended: searched });
		this.empty = nothingYet(context.forPatient, begin);
		this.element = make(
			"section",
			{ class: "surface__list conversations__list" },
			this.head(begin),
			make(
				"div",
				{ class: "conversations__scroll", on: { keydown: (event) => this.search.move(event) } },
				this.loading,
				this.empty,
				this.heading,
				this.rows,
				this.search.results,
			),
		);
	}

	/** Patients begin nothing, and have little to search in. */
	private head(begin: () => void): HTMLElement {
		const { forPatient } = this.context;
		const text = forPatient ? own("heading") : t("heading");
		const heading = make("h1", { class: "conversations__heading", text });
		const add = button(t("new"), begin, { look: "primary small", icon: "add" });
		const forStaff = forPatient ? [] : [add, this.search.field, this.search.head];
		return make("header", { class: "conversations__list-head" }, heading, ...forStaff);
	}

	/** Put the cursor into the search field; `within`: search only this conversation. */
	startSearch(within: string | null): void {
		if (within) this.search.within(within);
		else this.search.focus();
	}

	update(snapshot: Snapshot): void {
		this.snapshot = snapshot;
		this.show();
	}

	private show(): void {
		const { conversations = null, open = null } = this.snapshot ?? {};
		this.search.update(conversations ?? []);
		const { words: query, active, scoped } = this.search;
		const found = scoped ? [] : (conversations ?? []).filter((one) => matches(one, this.context.me, query));
		this.keyed.update(found);
		for (const row of found) (this.keyed.row(row.id) as ConversationRow).mark(row.id === open?.id);
		setHidden(this.loading, conversations !== null);
		setHidden(this.empty, conversations?.length !== 0);
		setHidden(this.heading, !active || !found.length);
		setHidden(this.rows, !found.length);
	}
}

function nothingYet(forPatient: boolean, begin: () => void): HTMLElement {
	if (forPatient) return emptyPane("chat", own("empty.title"), own("empty.text"));
	const first = button(t("new"), begin, { look: "primary" });
	return emptyPane("chat", t("list.empty.title"), t("list.empty.text"), first);
}

/** One conversation in the list. It is a link: it can be opened in a new window, and it works by keyboard. */
class ConversationRow implements Row<Conversation> {
	readonly element = make("li");
	private readonly link: HTMLAnchorElement;
	private readonly avatar = make("span", { class: "avatar", attributes: { "aria-hidden": "true" } });
	private readonly title = make("span", { class: "row__title" });
	private readonly where = make("span", { class: "row__sub conversations__where" });
	private readonly line = make("span", { class: "row__sub row__preview" });
	private readonly at = make("time");
	private readonly unread = make("span", { class: "count count--alert" });
	private readonly kind = make("span", { class: "badge badge--accent", text: t("kind.case") });
	private readonly patient: PatientBadge;
	private readonly asked = make("span", { class: "badge badge--info", text: contactWords("request") });
	private readonly mentioned = make("span", { class: "row__note", text: talk("mentioned") });
	private readonly waits = make("span", { class: "row__note", text: contactWords("waits") });

	constructor(
		private readonly context: Context,
		id: string,
	) {
		this.patient = new PatientBadge(!context.forPatient);
		this.link = make(
			"a",
			{
				class: "row",
				attributes: { href: `/conversations/${id}/` },
				on: { click: (event) => this.clicked(event, id) },
			},
			this.avatar,
			make(
				"span",
				{ class: "row__main" },
				this.title,
				this.patient.element,
				this.where,
				this.line,
				this.mentioned,
				this.waits,
			),
			make("span", { class: "row__meta" }, this.at, this.kind, this.asked, this.unread),
		);
		this.element.append(this.link);
	}

	update(conversation: Conversation): void {
		const { me } = this.context;
		const title = titleOf(conversation, me);
		setText(this.title, title);
		setText(this.where, hospitalsOf(conversation, me));
		const speaker = speakerOf(conversation);
		setText(this.line, (speaker ? `${speaker}: ` : "") + lineOf(conversation.lastMessage));
		this.showAvatar(conversation);
		this.showTime(conversation.lastMessage?.sentAt ?? conversation.joinedAt);
		this.showUnread(conversation.unread);
		setHidden(this.kind, conversation.kind !== "case");
		this.patient.update(conversation);
		setHidden(this.asked, !askedBy(conversation));
		setHidden(this.waits, !awaits(conversation));
		setHidden(this.mentioned, !conversation.mentioned);
	}

	/** Is this the open one? */
	mark(open: boolean): void {
		setAttribute(this.link, "aria-current", open ? "true" : null);
	}

	private showAvatar(conversation: Conversation): void {
		const group = conversation.kind !== "direct";
		this.avatar.classList.toggle("avatar--group", group);
		if (group) {
			if (!this.avatar.firstElementChild) this.avatar.replaceChildren(kernIcon("people"));
		} else setText(this.avatar, initials(others(conversation, this.context.me)[0]?.name ?? ""));
	}

	private showTime(at: string): void {
		setAttribute(this.at, "datetime", at);
		setAttribute(this.at, "title", formatInstant(at));
		setText(this.at, formatWhen(at));
	}

	private showUnread(count: number): void {
		this.link.classList.toggle("row--unread", count > 0);
		setHidden(this.unread, count === 0);
		setText(this.unread, count > 99 ? "99+" : String(count));
		setAttribute(this.unread, "aria-label", t.count("unread", count));
		setAttribute(this.unread, "role", "img");
	}

	private clicked(event: MouseEvent, id: string): void {
		if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		this.context.go(id);
	}
}
