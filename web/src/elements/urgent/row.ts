import type { Row } from "../../dom/keyed";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { UrgentItem } from "../../engine/urgent-types";
import { t } from "../../i18n/urgent";
import { roleText } from "../conversation/role-words";
import { messageAddress } from "../message-address";
import { clockOf } from "./order";

const LOOKS = {
	calm: "badge--info",
	soon: "badge--warn",
	late: "badge--bad",
	done: "badge--good",
	over: "",
} as const;

/** One open item; the whole row leads to its message, if the person is in the conversation. */
export class UrgentRow implements Row<UrgentItem> {
	readonly element = make("li", { class: "row row--wrap" });
	private readonly link: HTMLAnchorElement;
	private readonly plain = make("span", { class: "row__title" });
	private readonly from = make("span", { class: "row__sub" });
	private readonly note = make("span", { class: "row__note", text: t("due.not-member") });
	private readonly clock = make("span", { class: "badge tabular" });
	private readonly state = make("span", { class: "badge badge--warn", text: t("due.escalated") });

	constructor({ conversationId, messageId }: UrgentItem, conversations: string) {
		const href = messageAddress(conversationId, messageId, conversations);
		this.link = make("a", { class: "row__link row__title", attributes: { href } });
		const main = make("div", { class: "row__main" }, this.link, this.plain, this.from, this.note);
		this.element.append(main, make("div", { class: "row__meta" }, this.clock, this.state));
	}

	update(item: UrgentItem): void {
		const title = item.text || item.title || t("due.unread");
		setText(this.link, item.member ? title : "");
		setHidden(this.link, !item.member);
		setText(this.plain, item.member ? "" : title);
		setHidden(this.plain, item.member);
		setText(this.from, aboutOf(item));
		setHidden(this.note, item.member);
		setHidden(this.state, item.state !== "escalated");
		this.tick(item, new Date());
	}

	/** The clock runs, whatever else happens. */
	tick(item: UrgentItem, now: Date): void {
		const { text, tone } = clockOf(item, now);
		setText(this.clock, text);
		setAttribute(this.clock, "class", `badge tabular ${LOOKS[tone]}`.trim());
	}
}

function aboutOf({ senderName, role, title, text }: UrgentItem): string {
	const to = role ? t("due.role", { role: roleText(role) }) : "";
	return [t("due.from", { name: senderName }), to, text ? title : ""].filter(Boolean).join(" · ");
}
