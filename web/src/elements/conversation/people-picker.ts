import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import { t } from "../../i18n/conversation-people";
import { initials } from "../../i18n/format";
import { t as roleWords } from "../../i18n/urgent";
import { type Colleague, searchDirectory } from "./directory";
import type { FoundRole } from "./role-directory";
import { dutyOf } from "./role-words";

const PAUSE_MS = 200;

/** Roles beside people, or instead of them. `prefix`: of the ids, where two such fields can be on a page. */
export interface RoleSearch {
	prefix?: string;
	label?: string;
	people?: boolean;
	roles(query: string, signal: AbortSignal): Promise<FoundRole[]>;
	chose(role: FoundRole): void;
}

/** A field that finds colleagues in the directory: a combobox (WAI-ARIA APG) with what was chosen above it. */
export class PeoplePicker {
	readonly element: HTMLElement;
	/** At most one; choosing another replaces it. */
	single = false;
	private readonly input: HTMLInputElement;
	private readonly list: HTMLElement;
	private readonly chosenList = make("ul", {
		class: "chosen",
		attributes: { "aria-label": t("dialog.people.chosen") },
	});
	private readonly status = make("p", { class: "field__hint", attributes: { role: "status" } });
	private chosen: Colleague[] = [];
	private found: Colleague[] = [];
	private active = -1;
	private search = new AbortController();
	private timer = 0;
	private readonly prefix: string;

	/** excluded: people who cannot be chosen because they take part already. */
	constructor(
		private readonly changed: () => void,
		private readonly excluded: ReadonlySet<string> = new Set(),
		private readonly roles: RoleSearch | null = null,
	) {
		this.prefix = roles?.prefix ?? "people";
		const label = roles?.label ?? t(roles ? "dialog.people.or-roles" : "dialog.people");
		this.list = make("ul", {
			class: "combobox__list",
			attributes: { role: "listbox", id: `${this.prefix}-found`, "aria-label": label, hidden: true },
		});
		this.input = this.field();
		this.element = make(
			"div",
			{ class: "field" },
			make("label", { text: label, attributes: { for: `${this.prefix}-search` } }),
			this.chosenList,
			make("div", { class: "combobox" }, this.input, this.list),
			this.status,
		);
		this.showChosen();
	}

	get people(): readonly Colleague[] {
		return this.chosen;
	}

	choose(colleague: Colleague): void {
		if (colleague.role) {
			this.input.value = "";
			this.showFound([]);
			setText(this.status, t("dialog.people.hint"));
			this.roles?.chose(colleague.role);
			return;
		}
		const rest = this.single ? [] : this.chosen.filter(({ personId }) => personId !== colleague.personId);
		this.chosen = [...rest, colleague];
		this.input.value = "";
		this.showFound([]);
		setText(this.status, t("dialog.people.hint"));
		this.showChosen();
		this.changed();
	}

	/** Keep only the first when from now on only one may be chosen. */
	setSingle(single: boolean): void {
		this.single = single;
		if (single && this.chosen.length > 1) this.chosen = this.chosen.slice(0, 1);
		this.showChosen();
	}

	focus(): void {
		this.input.focus();
	}

	private field(): HTMLInputElement {
		setText(this.status, t("dialog.people.hint"));
		return make("input", {
			attributes: {
				id: `${this.prefix}-search`,
				type: "text",
				role: "combobox",
				autocomplete: "off",
				"aria-expanded": "false",
				"aria-controls": `${this.prefix}-found`,
				"aria-autocomplete": "list",
			},
			on: {
				input: () => this.typed(),
				keydown: (event) => this.pressed(event),
				blur: () => setTimeout(() => this.showFound([]), 150),
			},
		});
	}

	private typed(): void {
		this.search.abort();
		this.search = new AbortController();
		const { signal } = this.search;
		window.clearTimeout(this.timer);
		const query = this.input.value.trim();
		if (query.length < 2) {
			this.showFound([]);
			return;
		}
		this.timer = window.setTimeout(() => void this.find(query, signal), PAUSE_MS);
	}

	private async find(query: string, signal: AbortSignal): Promise<void> {
		try {
			const found = await this.recipients(query, signal);
			const fresh = found.filter(({ personId }) => !this.isTaken(personId));
			this.showFound(fresh);
			setText(this.status, fresh.length ? foundWords(fresh) : t("dialog.people.none"));
		} catch {
			if (!signal.aborted) setText(this.status, t("dialog.people.failed"));
		}
	}

	/** Roles first: whoever looks for "cardiology" mostly means whoever has duty there. */
	private async recipients(query: string, signal: AbortSignal): Promise<Colleague[]> {
		const { roles } = this;
		if (!roles) return searchDirectory(query, signal);
		if (roles.people === false) return (await roles.roles(query, signal)).map(asRecipient);
		const people = searchDirectory(query, signal);
		// People can be found while roles cannot.
		const found = await roles.roles(query, signal).catch(() => []);
		return [...found.slice(0, ROLES_SHOWN).map(asRecipient), ...(await people)];
	}

	private isTaken(personId: string): boolean {
		return this.excluded.has(personId) || this.chosen.some((colleague) => colleague.personId === personId);
	}

	private pressed(event: KeyboardEvent): void {
		const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
		const step = steps[event.key];
		const colleague = this.found[this.active];
		if (step && this.found.length)
			this.activate((this.active + step + this.found.length) % this.found.length);
		else if (event.key === "Enter" && colleague?.reachable) this.choose(colleague);
		else if (event.key === "Escape" && this.found.length) this.showFound([]);
		else if (event.key !== "Enter") return;
		event.preventDefault();
	}

	private showFound(found: Colleague[]): void {
		this.found = found;
		this.list.replaceChildren(...found.map((colleague, index) => this.option(colleague, index)));
		setHidden(this.list, !found.length);
		setAttribute(this.input, "aria-expanded", String(found.length > 0));
		this.activate(found.length ? 0 : -1);
	}

	private activate(index: number): void {
		this.active = index;
		[...this.list.children].forEach((option, at) => {
			setAttribute(option, "aria-selected", String(at === index));
			if (at === index) option.scrollIntoView({ block: "nearest" });
		});
		setAttribute(this.input, "aria-activedescendant", index < 0 ? null : `${this.prefix}-found-${index}`);
	}

	private option(colleague: Colleague, index: number): HTMLElement {
		const attributes = {
			id: `${this.prefix}-found-${index}`,
			role: "option",
			"aria-disabled": String(!colleague.reachable),
		};
		const option = make("li", { class: "person", attributes }, ...personParts(colleague));
		option.addEventListener("pointerdown", (event) => {
			event.preventDefault();
			if (colleague.reachable) this.choose(colleague);
		});
		return option;
	}

	private showChosen(): void {
		this.chosenList.replaceChildren(...this.chosen.map((colleague) => this.chip(colleague)));
		setHidden(this.chosenList, !this.chosen.length);
	}

	private chip(colleague: Colleague): HTMLElement {
		const label = t("dialog.people.remove", { name: colleague.name });
		const remove = () => {
			this.chosen = this.chosen.filter((other) => other !== colleague);
			this.showChosen();
			this.changed();
			this.input.focus();
		};
		const cross = button(label, remove, { icon: "close", iconOnly: true, look: "quiet small" });
		return make("li", { class: "person chosen__person" }, ...personParts(colleague), cross);
	}
}

const ROLES_SHOWN = 5;

function foundWords(found: readonly Colleague[]): string {
	const { length } = found;
	return found.some(({ role }) => role)
		? roleWords.count("role.found", length)
		: t.count("dialog.people.found", length);
}

function asRecipient(role: FoundRole): Colleague {
	const organisation = { id: role.organisationId, name: role.hospital, verified: true };
	const { id, name, department } = role;
	return {
		personId: id,
		name,
		function: dutyOf(role),
		speciality: department,
		organisation,
		reachable: true,
		role,
	};
}

function personParts(colleague: Colleague): HTMLElement[] {
	const about = [colleague.function, colleague.speciality, colleague.organisation.name]
		.filter(Boolean)
		.join(" · ");
	const text = make(
		"span",
		{ class: "chosen__text" },
		make("span", { class: "person__name", text: colleague.name }),
		make("span", { class: "person__where", text: about }),
	);
	if (!colleague.organisation.verified) {
		text.append(make("span", { class: "badge badge--warn", text: t("dialog.people.unverified") }));
	}
	if (!colleague.reachable) {
		text.append(make("span", { class: "badge" }, kernIcon("offline"), t("dialog.people.unreachable")));
	}
	const avatar = {
		class: "avatar avatar--small",
		text: initials(colleague.name),
		attributes: { "aria-hidden": "true" },
	};
	if (!colleague.role) return [make("span", avatar), text];
	const sign = make("span", { class: "avatar avatar--small avatar--group" }, kernIcon("clock"));
	text.prepend(make("span", { class: "visually-hidden", text: `${roleWords("role.label")}: ` }));
	return [sign, text];
}
