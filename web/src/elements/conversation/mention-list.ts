import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Member } from "../../engine/types";
import { initials } from "../../i18n/format";
import { t } from "../../i18n/talk";
import { piecesOf } from "./message-text";
import { plain } from "./names";

/** An "@" at the beginning of a word, and what was typed of a name since. */
const BEGUN = /(?:^|[\s(])@([\p{L}\p{M}.'’ -]{0,60})$/u;
const SHOWN = 8;

/** Members whose name has a word for each that was typed. */
export function membersFor(query: string, members: readonly Member[]): Member[] {
	const words = plain(query).split(/\s+/).filter(Boolean);
	return members.filter(({ name }) => {
		const parts = plain(name).split(/[\s-]+/);
		return words.every((word) => parts.some((part) => part.startsWith(word)));
	});
}

/** What of a name stands before the caret; null when nobody is being named, or somebody was named to the end. */
export function queryAt(before: string, members: readonly Member[]): string | null {
	const query = BEGUN.exec(before)?.[1];
	if (query === undefined) return null;
	return members.some(({ name }) => plain(query).startsWith(plain(name))) ? null : query;
}

/** The people of a conversation, offered while somebody is named in a text field: a list box (WAI-ARIA) above it. */
export class MentionList {
	readonly element = make("ul", {
		class: "mentions",
		attributes: { role: "listbox", id: "mention-list", "aria-label": t("mention"), hidden: true },
	});
	readonly status = make("p", { class: "visually-hidden", attributes: { role: "status" } });
	private members: readonly Member[] = [];
	private found: readonly Member[] = [];
	private active = 0;

	/** chosen: the text was changed. */
	constructor(
		private readonly field: HTMLTextAreaElement,
		private readonly chosen: () => void,
	) {
		setAttribute(field, "aria-controls", this.element.id);
		setAttribute(field, "aria-autocomplete", "list");
		field.addEventListener("blur", () => this.show([]));
		field.addEventListener("click", () => this.look());
	}

	/** Who can be named. */
	offer(members: readonly Member[]): void {
		this.members = members;
	}

	/** Ids of the members whom a text names. */
	namedIn(text: string): string[] {
		const all = this.members.map(({ personId }) => personId);
		const named = piecesOf(text, all, this.members).flatMap(({ person }) => person ?? []);
		return all.filter((personId) => named.includes(personId));
	}

	/** The text or the caret has changed. */
	look(): void {
		const query = queryAt(this.before(), this.members);
		this.show(query === null ? [] : membersFor(query, this.members).slice(0, SHOWN));
	}

	/** Returns whether the key was for this list. */
	pressed(event: KeyboardEvent): boolean {
		if (!this.found.length || event.isComposing) return false;
		const step = ({ ArrowDown: 1, ArrowUp: -1 } as Record<string, number>)[event.key];
		if (step) this.activate((this.active + step + this.found.length) % this.found.length);
		else if (event.key === "Enter" || event.key === "Tab") this.choose(this.found[this.active]);
		else if (event.key === "Escape") this.show([]);
		else return false;
		event.preventDefault();
		return true;
	}

	private before(): string {
		return this.field.value.slice(0, this.field.selectionStart);
	}

	private choose(member: Member | undefined): void {
		const before = this.before();
		const query = queryAt(before, this.members);
		if (!member || query === null) return;
		const { selectionStart } = this.field;
		this.field.setRangeText(`${member.name} `, selectionStart - query.length, selectionStart, "end");
		this.show([]);
		this.chosen();
	}

	private show(found: readonly Member[]): void {
		if (!found.length && !this.found.length) return;
		this.found = found;
		this.element.replaceChildren(...found.map((member, index) => this.option(member, index)));
		setHidden(this.element, !found.length);
		setText(this.status, found.length ? t.count("mention.found", found.length) : "");
		this.activate(0);
	}

	private activate(index: number): void {
		this.active = index;
		[...this.element.children].forEach((option, at) => {
			setAttribute(option, "aria-selected", String(at === index));
			if (at === index) option.scrollIntoView({ block: "nearest" });
		});
		setAttribute(
			this.field,
			"aria-activedescendant",
			this.found.length ? `${this.element.id}-${index}` : null,
		);
	}

	private option(member: Member, index: number): HTMLElement {
		const avatar = { class: "avatar avatar--small", attributes: { "aria-hidden": "true" } };
		const option = make(
			"li",
			{ class: "person mentions__one", attributes: { id: `${this.element.id}-${index}`, role: "option" } },
			make("span", { ...avatar, text: initials(member.name) }),
			make(
				"span",
				{ class: "mentions__text" },
				make("span", { class: "person__name", text: member.name }),
				make("span", { class: "person__where", text: member.organisation.name }),
			),
		);
		option.addEventListener("pointerdown", (event) => {
			event.preventDefault();
			this.choose(member);
		});
		return option;
	}
}
