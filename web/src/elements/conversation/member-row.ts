import { button } from "../../dom/button";
import type { Row } from "../../dom/keyed";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Member, Messenger } from "../../engine/types";
import { t } from "../../i18n/conversation";
import { t as people } from "../../i18n/conversation-people";
import { formatDay, initials } from "../../i18n/format";
import { t as patientWords } from "../../i18n/patient";
import { placeOf } from "./names";
import { SafetyNumber } from "./safety-number";

/** For so long a device counts as new. */
const NEW_MS = 7 * 86_400_000;

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
	private readonly patient = make("span", { class: "badge badge--patient", text: patientWords("patient") });
	private readonly owner = make("span", { class: "badge badge--accent", text: people("details.owner") });
	private readonly fresh = make("span", { class: "badge badge--info", text: people("devices.new") });
	private readonly since = make("p", { class: "small muted" });
	/** Stands alone while there is no key; otherwise its state opens the number. */
	private readonly key = make("p", { class: "small muted", text: people("key.none") });
	private readonly warning = make("p", { class: "member__warning" });
	private readonly number: SafetyNumber;
	private readonly remove: HTMLButtonElement;

	constructor(
		private readonly askRemove: () => void,
		messenger: Messenger,
	) {
		this.number = new SafetyNumber(messenger);
		this.remove = button(people("details.remove"), () => this.askRemove(), {
			look: "small quiet",
			icon: "delete",
			iconOnly: true,
		});
		const text = make("div", {}, this.name, this.where);
		this.element.append(
			make("div", { class: "person" }, this.avatar, text, this.remove),
			make("div", { class: "member__badges" }, this.patient, this.owner, this.devices, this.fresh),
			this.since,
			this.warning,
			this.key,
			this.number.element,
		);
	}

	update({ member, isReader, mayRemove }: MemberItem): void {
		setText(this.avatar, initials(member.name));
		setText(this.name, isReader ? `${member.name} (${t("you")})` : member.name);
		setText(this.where, member.isPatient ? "" : placeOf(member));
		setHidden(this.patient, !member.isPatient);
		setText(this.devices, member.devices ? people.count("devices", member.devices) : people("devices.none"));
		setHidden(this.owner, !member.owner);
		setHidden(this.fresh, isReader || !isNew(member));
		setText(this.since, sinceWhen(member));
		setHidden(this.since, !this.since.textContent);
		this.showKey(member, isReader);
		setHidden(this.remove, !mayRemove);
		setAttribute(this.remove, "aria-label", people("details.remove.label", { name: member.name }));
	}

	private showKey(member: Member, isReader: boolean): void {
		const { name, fingerprint, keyChanged, wasVerified } = member;
		setHidden(this.key, fingerprint !== null);
		const warns = keyChanged && !isReader;
		setHidden(this.warning, !warns);
		const text = wasVerified
			? people("key.changed.verified", { name })
			: people("key.changed.text", { name });
		setText(this.warning, warns ? text : "");
		// With oneself there is nothing to compare.
		setHidden(this.number.element, fingerprint === null || isReader);
		if (fingerprint && !isReader) this.number.update(member);
	}
}

function isNew({ devicesSince: [newest = ""] }: Member): boolean {
	return Date.now() - Date.parse(newest) < NEW_MS;
}

/** Since when there are these devices, and what became of the key; not how they are called. */
function sinceWhen({ devicesSince, keyResets, keySince }: Member): string {
	const days = devicesSince.map(formatDay);
	const devices = days.length > 0 ? people("devices.since", { days: days.join(", ") }) : "";
	const resets =
		keyResets && keySince ? people.count("key.resets", keyResets, { date: formatDay(keySince) }) : "";
	return [devices, resets].filter(Boolean).join(" · ");
}
