import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import type { Row } from "../../dom/keyed";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Member } from "../../engine/types";
import { t } from "../../i18n/conversation";
import { initials } from "../../i18n/format";
import { spoken } from "./fingerprint";

export interface MemberItem {
	member: Member;
	isReader: boolean;
	mayRemove: boolean;
}

/** A participant: who and where, with which devices and which key. */
export class MemberRow implements Row<MemberItem> {
	readonly element = make("li", { class: "member" });
	private readonly avatar = make("span", {
		class: "avatar avatar--small",
		attributes: { "aria-hidden": "true" },
	});
	private readonly name = make("span", { class: "person__name" });
	private readonly where = make("span", { class: "person__where" });
	private readonly devices = make("span", { class: "badge" });
	private readonly owner = make("span", { class: "badge badge--accent", text: t("details.owner") });
	/** Stands alone while there is no key; otherwise its state opens the number. */
	private readonly key = make("p", { class: "small muted", text: t("key.none") });
	private readonly warning = make("p", { class: "member__warning" });
	private readonly number = make("details", { class: "member__number" });
	private readonly remove: HTMLButtonElement;
	private shown = "";

	constructor(private readonly askRemove: () => void) {
		this.remove = button(t("details.remove"), () => this.askRemove(), {
			look: "small quiet",
			icon: "delete",
			iconOnly: true,
		});
		const text = make("div", {}, this.name, this.where);
		this.element.append(
			make("div", { class: "person" }, this.avatar, text, this.remove),
			make("div", { class: "member__badges" }, this.owner, this.devices),
			this.warning,
			this.key,
			this.number,
		);
	}

	update({ member, isReader, mayRemove }: MemberItem): void {
		setText(this.avatar, initials(member.name));
		setText(this.name, isReader ? `${member.name} (${t("you")})` : member.name);
		setText(this.where, [member.function, member.organisation.name].filter(Boolean).join(" · "));
		setText(this.devices, member.devices ? t.count("devices", member.devices) : t("devices.none"));
		setHidden(this.owner, !member.owner);
		this.showKey(member);
		setHidden(this.remove, !mayRemove);
		setAttribute(this.remove, "aria-label", t("details.remove.label", { name: member.name }));
	}

	private showKey(member: Member): void {
		setHidden(this.key, member.fingerprint !== null);
		setHidden(this.warning, !member.keyChanged);
		setText(this.warning, member.keyChanged ? t("key.changed.text", { name: member.name }) : "");
		setHidden(this.number, member.fingerprint === null);
		const shown = `${member.fingerprint} ${member.keyChanged}`;
		if (member.fingerprint && shown !== this.shown) this.showNumber(member.fingerprint, member.keyChanged);
		this.shown = shown;
	}

	private showNumber(fingerprint: string, changed: boolean): void {
		const lines = spoken(fingerprint).map((groups) =>
			make("span", { class: "fingerprint__line" }, ...groups.map((group) => make("span", { text: group }))),
		);
		const state = changed
			? make("span", { class: "badge badge--warn", text: t("key.changed") })
			: make("span", { text: t("key.same") });
		this.number.replaceChildren(
			make("summary", {}, kernIcon(changed ? "warning" : "key"), state, kernIcon("arrow-down")),
			make("h4", { class: "small", text: t("key.number") }),
			make("p", { class: "fingerprint mono" }, ...lines),
			make("p", { class: "small muted", text: t("key.compare") }),
		);
		this.number.classList.toggle("member__number--changed", changed);
		if (changed) this.number.open = true;
	}
}
