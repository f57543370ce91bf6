import { make, setHidden, setText } from "../../../dom/make";
import type { SearchKind, SearchQuery } from "../../../engine/search-types";
import type { Conversation } from "../../../engine/types";
import { t } from "../../../i18n/search";

const DAY_MS = 86_400_000;
const KINDS = ["", "text", "file", "finding"] as const;
const TIMES = ["", "7", "30", "365"] as const;

/** What narrows a search: the kind of message, who wrote it, and when. */
export class SearchFilters {
	readonly element: HTMLDetailsElement;
	private readonly summary = make("summary", { text: t("filters") });
	private readonly kind: HTMLSelectElement;
	private readonly person: HTMLSelectElement;
	private readonly time: HTMLSelectElement;
	private people = "";

	constructor(private readonly changed: () => void) {
		const change = () => this.told();
		this.kind = select(
			change,
			KINDS.map((kind) => [kind, t(kind ? `kind.${kind}` : "kind.all")]),
		);
		this.time = select(
			change,
			TIMES.map((days) => [days, t(days ? `time.${days}` : "time.all")]),
		);
		this.person = select(change, []);
		this.element = make(
			"details",
			{ class: "more search__filters" },
			this.summary,
			field(t("kind"), this.kind),
			field(t("person"), this.person),
			field(t("time"), this.time),
		);
	}

	/** Offer the people of these conversations. */
	offer(conversations: readonly Conversation[], me: string): void {
		const members = conversations.flatMap((conversation) => conversation.members);
		const others = new Map(members.map(({ personId, name }) => [personId, name]));
		others.delete(me);
		const named = [...others].sort(([, one], [, other]) => one.localeCompare(other));
		const options: [string, string][] = [["", t("person.all")], [me, t("person.me")], ...named];
		const key = JSON.stringify(options);
		if (key === this.people) return;
		this.people = key;
		const chosen = this.person.value;
		this.person.replaceChildren(...options.map(option));
		this.person.value = options.some(([value]) => value === chosen) ? chosen : "";
	}

	get count(): number {
		return [this.kind, this.person, this.time].filter(({ value }) => value).length;
	}

	get query(): Omit<SearchQuery, "text"> {
		const days = Number(this.time.value);
		return {
			...(this.kind.value ? { kind: this.kind.value as SearchKind } : {}),
			...(this.person.value ? { personId: this.person.value } : {}),
			...(days ? { from: new Date(Date.now() - days * DAY_MS).toISOString() } : {}),
		};
	}

	reset(): void {
		for (const one of [this.kind, this.person, this.time]) one.value = "";
		this.told();
	}

	show(shown: boolean): void {
		setHidden(this.element, !shown);
	}

	private told(): void {
		const { count } = this;
		setText(this.summary, count ? t.count("filters", count) : t("filters"));
		this.changed();
	}
}

function select(changed: () => void, options: [string, string][]): HTMLSelectElement {
	return make("select", { on: { change: changed } }, ...options.map(option));
}

function option([value, text]: [string, string]): HTMLOptionElement {
	return make("option", { text, attributes: { value } });
}

function field(label: string, control: HTMLSelectElement): HTMLLabelElement {
	return make("label", { class: "field search__field" }, make("span", { text: label }), control);
}
