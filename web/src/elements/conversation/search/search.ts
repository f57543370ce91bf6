import { button } from "../../../dom/button";
import { kernIcon } from "../../../dom/kern-icon";
import { make, setHidden } from "../../../dom/make";
import type { Conversation } from "../../../engine/types";
import { t } from "../../../i18n/search";
import type { Context } from "../context";
import { titleOf } from "../names";
import { SearchFilters } from "./filters";
import { moveAmong } from "./keyboard";
import { SearchResults, type SearchState } from "./results";

const PAUSE_MS = 150;

export interface SearchNews {
	/** What is searched has changed: the list of conversations follows the words. */
	changed(): void;
	/** The reader is done with searching one conversation. */
	ended(): void;
}

/** The search field over the list, its filters, and the messages that were found. */
export class Search {
	readonly field: HTMLElement;
	readonly head: HTMLElement;
	readonly results: HTMLElement;
	private readonly input: HTMLInputElement;
	private readonly only: HTMLButtonElement;
	private readonly filters: SearchFilters;
	private readonly found: SearchResults;
	private conversations: readonly Conversation[] = [];
	private scope: string | null = null;
	private state: SearchState = { state: "none" };
	private waiting: ReturnType<typeof setTimeout> | undefined;
	private asked = 0;

	constructor(
		private readonly context: Context,
		private readonly news: SearchNews,
	) {
		this.input = make("input", {
			class: "conversations__search-input",
			attributes: {
				type: "search",
				placeholder: t("placeholder"),
				"aria-label": t("field"),
				"aria-keyshortcuts": "Control+K Meta+K /",
				autocomplete: "off",
				spellcheck: "false",
				enterkeyhint: "search",
			},
			on: { input: () => this.typed(), keydown: (event) => this.key(event) },
		});
		this.field = make("div", { class: "conversations__search" }, kernIcon("search"), this.input);
		this.only = button("", () => this.endScope(), { look: "small", icon: "close" });
		this.only.classList.add("search__only");
		this.filters = new SearchFilters(() => this.changed());
		this.head = make("div", { class: "search__head" }, this.only, this.filters.element);
		this.found = new SearchResults(context, {
			again: () => void this.ask(),
			reset: () => this.filters.reset(),
			narrow: (conversationId) => this.within(conversationId),
		});
		this.results = this.found.element;
		this.show();
	}

	/** What was typed, for the list of conversations. */
	get words(): string {
		return this.input.value.trim();
	}

	/** Whether only one conversation is searched. */
	get scoped(): boolean {
		return this.scope !== null;
	}

	/** Whether messages are searched, and not only looked through by name. */
	get active(): boolean {
		return Boolean(this.words) || this.scoped || this.filters.count > 0;
	}

	update(conversations: readonly Conversation[]): void {
		this.conversations = conversations;
		this.filters.offer(conversations, this.context.me);
		const titled = conversations.find(({ id }) => id === this.scope);
		if (titled) this.nameScope(titled);
	}

	/** Search one conversation only. */
	within(conversationId: string): void {
		this.scope = conversationId;
		this.update(this.conversations);
		this.changed();
		this.focus();
	}

	/** Arrow keys in what was found. */
	move(event: KeyboardEvent): void {
		if (event.key === "ArrowDown" || event.key === "ArrowUp") moveAmong(event, this.input);
	}

	focus(): void {
		this.input.focus();
		this.input.select();
	}

	private nameScope(conversation: Conversation): void {
		const text = t("only", { title: titleOf(conversation, this.context.me) });
		const label = this.only.lastChild;
		if (label && label.textContent !== text) label.textContent = text;
		this.only.title = t("only.end");
		this.only.setAttribute("aria-label", `${text}. ${t("only.end")}`);
	}

	private endScope(): void {
		this.scope = null;
		this.changed();
		this.input.focus();
		this.news.ended();
	}

	private typed(): void {
		this.show();
		clearTimeout(this.waiting);
		this.waiting = setTimeout(() => void this.ask(), PAUSE_MS);
		this.news.changed();
	}

	private changed(): void {
		clearTimeout(this.waiting);
		this.show();
		void this.ask();
		this.news.changed();
	}

	private key(event: KeyboardEvent): void {
		if (event.key === "Escape" && this.active) {
			event.preventDefault();
			this.input.value = "";
			if (this.scoped) this.endScope();
			else this.changed();
		} else if (event.key === "Escape") {
			this.news.ended();
		} else if (event.key === "Enter" || event.key === "ArrowDown") {
			moveAmong(event, this.input);
		}
	}

	private show(): void {
		setHidden(this.head, !this.active);
		setHidden(this.only, !this.scoped);
	}

	private async ask(): Promise<void> {
		const asked = ++this.asked;
		const { words, scope } = this;
		const narrow = this.filters.query;
		if (!words && !this.filters.count) return this.become({ state: "none" });
		const late = () => asked !== this.asked;
		const slow = setTimeout(() => late() || this.become({ state: "searching", preparing: null }), PAUSE_MS);
		const progress = (done: number, total: number) => {
			if (!late()) this.become({ state: "searching", preparing: { done, total } });
		};
		try {
			const query = { text: words, ...narrow, ...(scope ? { conversationId: scope } : {}) };
			const answer = await this.context.messenger.search(query, progress);
			clearTimeout(slow);
			const filtered = this.filters.count > 0;
			if (!late()) this.become({ state: "found", query: words, filtered, scoped: scope !== null, answer });
		} catch {
			if (!late()) this.become({ state: "failed" });
		} finally {
			clearTimeout(slow);
		}
	}

	private become(state: SearchState): void {
		this.state = state;
		this.found.show(this.state, this.conversations);
	}
}
