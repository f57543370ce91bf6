import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setHidden, setText } from "../../dom/make";
import type { Messenger, NewConversation } from "../../engine/types";
import type { UrgentOrder } from "../../engine/urgent-types";
import { t } from "../../i18n/urgent";
import type { Context } from "./context";
import { DeadlineField } from "./deadline-field";
import type { FoundRole } from "./role-directory";
import { RoleDuty } from "./role-duty";
import { roleText } from "./role-words";

/** The role a new conversation is addressed to: who is on duty, and whether it is urgent. */
export class RoleChoice {
	readonly element = make("section", { class: "role-choice", attributes: { hidden: true } });
	private readonly name = make("span", { class: "person__name" });
	private readonly where = make("span", { class: "person__where" });
	private readonly remove: HTMLButtonElement;
	private readonly duty: RoleDuty;
	private readonly deadline = new DeadlineField("role-deadline", () => this.show());
	private readonly switch: HTMLInputElement;
	private readonly text: HTMLTextAreaElement;
	private readonly urgentPart = make("div", { class: "role-choice__urgent", attributes: { hidden: true } });
	private role: Pick<FoundRole, "id" | "name" | "hospital"> | null = null;
	/** A conversation that was made before its message was refused; the next attempt takes it up. */
	private begun = "";

	/** `changed`: another role, or none. */
	constructor(
		private readonly context: Context,
		private readonly changed: () => void,
	) {
		const choose = (id: string, name: string, hospital: string) => this.choose({ id, name, hospital });
		this.duty = new RoleDuty(context.messenger, () => undefined, choose);
		this.remove = button("", () => this.choose(null), { look: "quiet small", icon: "close", iconOnly: true });
		this.switch = make("input", {
			attributes: { type: "checkbox" },
			on: { change: () => this.show() },
		});
		this.text = make("textarea", {
			attributes: { id: "role-text", rows: "3", maxlength: "8000" },
		});
		this.urgentPart.append(this.deadline.element, this.textField());
		const avatar = make("span", { class: "avatar avatar--small avatar--group" }, kernIcon("clock"));
		const names = make("span", { class: "chosen__text" }, this.name, this.where);
		const urgent = make("label", { class: "choice" }, this.switch, make("span", { text: t("role.urgent") }));
		this.element.append(
			make("p", { class: "label", text: t("role.chosen") }),
			make("div", { class: "person chosen__person" }, avatar, names, this.remove),
			this.duty.element,
			urgent,
			this.urgentPart,
		);
	}

	get chosen(): boolean {
		return this.role !== null;
	}

	/** What the conversation may be called. */
	get title(): string {
		return this.role ? roleText(this.role) : "";
	}

	choose(role: Pick<FoundRole, "id" | "name" | "hospital"> | null): void {
		this.role = role;
		setHidden(this.element, role === null);
		setText(this.name, role?.name ?? "");
		setText(this.where, role?.hospital ?? "");
		const label = t("role.remove", { role: role?.name ?? "" });
		this.remove.title = label;
		if (this.remove.lastElementChild) setText(this.remove.lastElementChild, label);
		this.show();
		this.changed();
	}

	/** What is missing, or nothing. */
	get complaint(): string {
		if (!this.role) return "";
		const withoutHolder = !this.urgent && this.duty.withoutHolder;
		if (!this.duty.ready || withoutHolder) return t("role.blocked");
		return this.urgent && !this.text.value.trim() ? t("role.missing.text") : "";
	}

	/** Begin the conversation with whoever has to do with it now, and write to them if it is urgent. Returns its id. */
	async begin(messenger: Messenger, wanted: NewConversation): Promise<string> {
		const { role, urgent } = this;
		if (!role) return messenger.create(wanted);
		const personIds = [...new Set([...this.people, ...wanted.personIds])];
		this.begun ||= await messenger.create({ ...wanted, personIds, role });
		const order: UrgentOrder = {
			minutes: this.deadline.minutes,
			roleId: role.id,
			withoutHolder: this.duty.withoutHolder,
		};
		if (urgent) await messenger.sendUrgent(this.begun, this.text.value.trim(), order);
		return this.begun;
	}

	private get urgent(): boolean {
		return this.switch.checked;
	}

	private get people(): string[] {
		const { current } = this.duty;
		const onDuty = current?.onDuty ? [current.onDuty.personId] : [];
		const chain = current?.chain.flatMap(({ personId, gap }) => (personId && !gap ? [personId] : [])) ?? [];
		return (this.urgent ? chain : onDuty).filter((id) => id !== this.context.me);
	}

	private show(): void {
		setHidden(this.urgentPart, !this.urgent);
		this.duty.show(this.role?.id ?? null, this.deadline.minutes, this.urgent);
	}

	private textField(): HTMLElement {
		const label = make("label", { text: t("role.text"), attributes: { for: "role-text" } });
		const hint = make("p", { class: "field__hint", text: t("role.text.hint") });
		return make("div", { class: "field" }, label, this.text, hint);
	}
}
