import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Conversation } from "../../engine/types";
import type { UrgentOrder } from "../../engine/urgent-types";
import { t } from "../../i18n/urgent";
import type { Context } from "./context";
import { DeadlineField } from "./deadline-field";
import { others } from "./names";
import { PeoplePicker } from "./people-picker";
import { searchRoles } from "./role-directory";
import { notice, RoleDuty } from "./role-duty";
import { roleText } from "./role-words";

/** So many people may be told at once. */
const MOST_PEOPLE = 50;

type Whom = "all" | "role" | "other";

/** A switch in the composer and the panel it opens: until when somebody is to acknowledge, and who is asked. */
export class UrgentPanel {
	readonly toggle: HTMLButtonElement;
	readonly element = make("section", {
		class: "urgent-panel",
		attributes: { "aria-label": t("panel.heading"), hidden: true, id: "urgent-panel" },
	});
	private readonly deadline = new DeadlineField("urgent-deadline", () => this.show());
	private readonly whom = make("fieldset", { class: "field urgent-panel__whom" });
	private readonly about = make("p", { class: "small" });
	private readonly search = make("div", { attributes: { hidden: true } });
	private readonly offline = make("div", { attributes: { hidden: true } });
	private readonly rest = make("div", { class: "urgent-panel__rest" });
	private readonly duty: RoleDuty;
	private picker: PeoplePicker | null = null;
	private other: { id: string; name: string; hospital: string } | null = null;
	private conversation: Conversation | null = null;
	private chosen: Whom = "all";
	private listed = "";

	/** `changed`: whether it is urgent, or whether it can be sent now. */
	constructor(
		private readonly context: Context,
		private readonly changed: () => void,
	) {
		const choose = (id: string, name: string, hospital: string) => this.takeRole({ id, name, hospital });
		this.duty = new RoleDuty(context.messenger, changed, choose);
		this.toggle = button(t("urgent.on"), () => this.set(!this.active), {
			look: "quiet",
			icon: "bell",
			iconOnly: true,
		});
		this.toggle.classList.add("urgent-toggle");
		setAttribute(this.toggle, "aria-expanded", "false");
		setAttribute(this.toggle, "aria-controls", this.element.id);
		const close = button(t("panel.close"), () => this.set(false), {
			look: "small quiet",
			icon: "close",
			iconOnly: true,
		});
		const heading = make("h3", {}, kernIcon("bell"), make("span", { text: t("panel.heading") }));
		this.rest.append(this.whom, this.search, this.about, this.duty.element, this.deadline.element);
		this.element.append(
			make("header", { class: "urgent-panel__head" }, heading, close),
			this.offline,
			this.rest,
		);
	}

	get active(): boolean {
		return !this.element.hidden;
	}

	/** Null while it is not urgent, or cannot be sent as such. */
	get order(): UrgentOrder | null {
		if (!this.active || !this.sendable) return null;
		const roleId = this.roleId;
		return {
			minutes: this.deadline.minutes,
			roleId,
			withoutHolder: roleId !== null && this.duty.withoutHolder,
		};
	}

	update(conversation: Conversation): void {
		if (conversation.id !== this.conversation?.id) {
			this.other = null;
			this.chosen = conversation.role ? "role" : "all";
			this.set(false);
		}
		this.conversation = conversation;
		// Who has not accepted a request yet cannot be asked for anything; with patients nothing is urgent.
		setHidden(this.toggle, conversation.contact !== null || conversation.kind === "patient");
		if (this.toggle.hidden && this.active) this.set(false);
		if (this.active) this.show();
	}

	/** The service refused: who is on duty may have changed. */
	refresh(): void {
		this.duty.refresh();
	}

	/** Sent: the next message is an ordinary one again. */
	close(): void {
		this.set(false);
	}

	private get sendable(): boolean {
		if (!this.online) return false;
		if (this.chosen === "all") return this.people <= MOST_PEOPLE;
		return this.roleId !== null && this.duty.ready;
	}

	private get online(): boolean {
		const { state } = this.context.messenger;
		return state.state === "ready" && state.online && navigator.onLine;
	}

	private get people(): number {
		return this.conversation ? others(this.conversation, this.context.me).length : 0;
	}

	private get roleId(): string | null {
		if (this.chosen === "role") return this.conversation?.role?.id ?? null;
		return this.chosen === "other" ? (this.other?.id ?? null) : null;
	}

	private set(active: boolean): void {
		const within = this.element.contains(document.activeElement);
		setHidden(this.element, !active);
		setAttribute(this.toggle, "aria-expanded", String(active));
		const name = t(active ? "urgent.off" : "urgent.on");
		setAttribute(this.toggle, "title", name);
		if (this.toggle.lastElementChild) setText(this.toggle.lastElementChild, name);
		this.toggle.classList.toggle("urgent-toggle--on", active);
		if (active) {
			this.duty.refresh();
			this.show();
		} else if (within) this.toggle.focus();
		this.changed();
	}

	private takeRole(role: { id: string; name: string; hospital: string }): void {
		this.other = role;
		this.chosen = "other";
		this.listed = "";
		this.show();
		this.changed();
	}

	private show(): void {
		const { conversation, online } = this;
		if (!conversation || !this.active) return;
		setHidden(this.offline, online);
		setHidden(this.rest, !online);
		if (!online) this.showOffline();
		else this.showWhom(conversation);
		this.changed();
	}

	private showOffline(): void {
		if (this.offline.childElementCount > 0) return;
		const shown = notice("warn", t("offline.title"), t("offline.text"));
		const without = button(t("offline.send"), () => this.set(false), { look: "small" });
		shown.append(make("div", { class: "cluster" }, without));
		this.offline.append(shown);
	}

	private showWhom(conversation: Conversation): void {
		const people = others(conversation, this.context.me);
		const names = people[0]?.name ?? "";
		const all = t.count("panel.all", people.length, { names });
		// A conversation of two has no room for a chain.
		const group = conversation.kind !== "direct";
		const choices: [Whom, string][] = [["all", all]];
		if (group && conversation.role) choices.unshift(["role", roleText(conversation.role)]);
		if (group) choices.push(["other", this.other ? roleText(this.other) : t("panel.other-role")]);
		this.list(choices);
		setHidden(this.whom, choices.length === 1);
		setHidden(this.search, this.chosen !== "other" || this.other !== null);
		if (this.chosen === "other" && !this.other) this.showSearch();
		const many = people.length > MOST_PEOPLE ? t("panel.too-many") : "";
		setText(this.about, many || t.count("panel.all.text", people.length, { names }));
		setHidden(this.about, this.chosen !== "all");
		this.duty.show(this.roleId, this.deadline.minutes, true);
	}

	private list(choices: [Whom, string][]): void {
		const listed = JSON.stringify([choices, this.chosen, this.conversation?.id]);
		if (listed === this.listed) return;
		const within = this.whom.contains(document.activeElement);
		this.listed = listed;
		const radios = choices.map(([value]) => {
			const attributes = { type: "radio", name: "urgent-whom", value, checked: value === this.chosen };
			return make("input", { attributes, on: { change: () => this.choose(value) } });
		});
		const labels = choices.map(([, text], at) =>
			make("label", { class: "choice" }, radios[at] ?? null, make("span", { text })),
		);
		this.whom.replaceChildren(make("legend", { class: "label", text: t("panel.who") }), ...labels);
		if (within) radios.find(({ checked }) => checked)?.focus();
	}

	private choose(whom: Whom): void {
		// Choosing "a role" again is how another one is found.
		if (whom === "other") this.other = null;
		this.chosen = whom;
		this.show();
		if (whom === "other") this.picker?.focus();
	}

	private showSearch(): void {
		if (this.picker) return;
		this.picker = new PeoplePicker(() => undefined, new Set(), {
			prefix: "urgent-role",
			label: t("panel.choose-role"),
			people: false,
			roles: searchRoles,
			chose: ({ id, name, hospital }) => this.takeRole({ id, name, hospital }),
		});
		this.search.append(this.picker.element);
	}
}
