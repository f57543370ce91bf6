import { button } from "../../../dom/button";
import { make, setHidden, setText } from "../../../dom/make";
import type { SearchAnswer, SearchHit } from "../../../engine/search-types";
import type { Conversation } from "../../../engine/types";
import { t as common } from "../../../i18n/common";
import { formatDay } from "../../../i18n/format";
import { t } from "../../../i18n/search";
import type { Context } from "../context";
import { titleOf } from "../names";
import { hitRow } from "./hit";

const FIRST = 4;

/** What became of a search. */
export type SearchState =
	| { state: "none" }
	| { state: "searching"; preparing: { done: number; total: number } | null }
	| { state: "failed" }
	| { state: "found"; query: string; filtered: boolean; scoped: boolean; answer: SearchAnswer };

export interface ResultActions {
	again(): void;
	reset(): void;
	/** Search on in one conversation only. */
	narrow(conversationId: string): void;
}

/** The messages that were found, by conversation, and what is to be said about them. */
export class SearchResults {
	readonly element = make("div", { class: "search__results", attributes: { hidden: true } });
	private readonly status = make("p", { class: "search__status", attributes: { role: "status" } });
	private readonly bar = make("progress", { attributes: { hidden: true, "aria-label": t("preparing") } });
	private readonly groups = make("div");
	private readonly actions = make("div", { class: "search__actions" });
	private readonly note = make("p", { class: "search__note" });

	constructor(
		private readonly context: Context,
		private readonly act: ResultActions,
	) {
		this.element.append(this.status, this.bar, this.groups, this.actions, this.note);
	}

	show(state: SearchState, conversations: readonly Conversation[]): void {
		setHidden(this.element, state.state === "none");
		const preparing = state.state === "searching" ? state.preparing : null;
		setHidden(this.bar, !preparing);
		if (preparing) {
			this.bar.max = Math.max(preparing.total, 1);
			this.bar.value = preparing.done;
		}
		// What was found before stays until there is something newer.
		if (state.state === "searching") {
			setText(this.status, t(preparing ? "preparing" : "searching"));
			return;
		}
		this.groups.replaceChildren();
		this.actions.replaceChildren();
		setText(this.note, "");
		if (state.state === "failed") this.failed();
		if (state.state === "found") this.found(state, conversations);
	}

	private failed(): void {
		setText(this.status, t("failed"));
		this.actions.replaceChildren(button(common("retry"), () => this.act.again(), { look: "small" }));
	}

	private found(
		{ query, filtered, scoped, answer }: Extract<SearchState, { state: "found" }>,
		conversations: readonly Conversation[],
	): void {
		setText(this.status, said(answer, query));
		const groups = scoped ? [this.list(answer.hits)] : this.byConversation(answer.hits, conversations);
		this.groups.replaceChildren(...groups);
		if (!answer.total && filtered) {
			const reset = button(t("nothing.reset"), () => this.act.reset(), { look: "small" });
			this.actions.replaceChildren(reset);
		}
		const { hits, total, since } = answer;
		const more = total > hits.length ? t("newest", { shown: hits.length, count: total }) : "";
		const begins = since ? t("since", { date: formatDay(since) }) : t("since.none");
		setText(this.note, [more, begins, t("local")].filter(Boolean).join(" "));
	}

	private byConversation(hits: readonly SearchHit[], conversations: readonly Conversation[]): HTMLElement[] {
		const byId = new Map<string, SearchHit[]>();
		for (const hit of hits) {
			const id = hit.message.conversationId;
			byId.set(id, [...(byId.get(id) ?? []), hit]);
		}
		return [...byId].map(([id, some]) => {
			const conversation = conversations.find((one) => one.id === id);
			const title = conversation ? titleOf(conversation, this.context.me) : "";
			const left = some.length - FIRST;
			const more = () => this.act.narrow(id);
			return make(
				"section",
				{ class: "search__group" },
				make("h3", { class: "search__title", text: title }),
				this.list(some.slice(0, FIRST)),
				left > 0 ? button(t.count("more", left), more, { look: "quiet small" }) : null,
			);
		});
	}

	private list(hits: readonly SearchHit[]): HTMLElement {
		return make("ul", { class: "rows" }, ...hits.map((hit) => hitRow(this.context, hit)));
	}
}

function said({ total, similar }: SearchAnswer, query: string): string {
	if (similar) return t("similar");
	if (total) return t.count("found", total);
	return query ? t("nothing", { query }) : t("nothing.filtered");
}
