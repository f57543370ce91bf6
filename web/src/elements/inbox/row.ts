import type { Row } from "../../dom/keyed";
import { make, setHidden, setText } from "../../dom/make";
import type { Conversation } from "../../engine/types";
import { t as contactWords } from "../../i18n/contact";
import { formatInstant, formatWhen, initials } from "../../i18n/format";
import { t } from "../../i18n/inbox";
import { t as talk } from "../../i18n/talk";
import { askedBy, awaits } from "../contact";
import { PatientBadge } from "../conversation/patient-reads";
import { placeOf, previewOf, titleOf } from "./entry";

/** One conversation on the work list; the whole row is the link. */
export class InboxRow implements Row<Conversation> {
	readonly element: HTMLLIElement;
	private readonly avatar = make("span", { class: "avatar", attributes: { "aria-hidden": "true" } });
	private readonly link: HTMLAnchorElement;
	private readonly place = make("span", { class: "row__sub" });
	private readonly preview = make("span", { class: "row__sub row__preview" });
	private readonly patient = new PatientBadge(true);
	private readonly mentioned = make("span", { class: "row__note", text: talk("mentioned") });
	private readonly waits = make("span", { class: "row__note", text: contactWords("waits") });
	private readonly state = make("span", { class: "badge badge--bad" });
	private readonly time = make("time", { class: "tabular" });
	private readonly count = make("span", { class: "count count--alert" });

	constructor(
		href: string,
		private readonly ownPersonId: string,
	) {
		this.link = make("a", { class: "row__link row__title", attributes: { href } });
		this.element = make(
			"li",
			{ class: "row" },
			this.avatar,
			make(
				"div",
				{ class: "row__main" },
				make("div", { class: "row__line" }, this.link, this.place),
				this.patient.element,
				this.preview,
				this.mentioned,
				this.waits,
			),
			make("div", { class: "row__meta" }, this.time, this.state, this.count),
		);
	}

	update(conversation: Conversation): void {
		const { unread, lastMessage, kind } = conversation;
		const title = titleOf(conversation, this.ownPersonId);
		setText(this.link, title);
		setText(this.place, placeOf(conversation, this.ownPersonId));
		setText(this.preview, previewOf(conversation));
		this.element.classList.toggle("row--unread", unread > 0);
		this.avatar.classList.toggle("avatar--group", kind !== "direct");
		if (kind === "direct") setText(this.avatar, initials(title));
		else this.avatar.replaceChildren(make("span", { class: "kern-icon kern-icon--people" }));
		this.showTime(lastMessage?.sentAt ?? conversation.joinedAt);
		this.showCount(unread);
		this.patient.update(conversation);
		setHidden(this.mentioned, !conversation.mentioned);
		setHidden(this.waits, !awaits(conversation));
		this.showState(conversation);
	}

	private showState(conversation: Conversation): void {
		const [text, look] = stateOf(conversation);
		setText(this.state, text);
		this.state.className = `badge ${look}`.trim();
		setHidden(this.state, !text);
	}

	private showTime(at: string): void {
		this.time.dateTime = at;
		this.time.title = formatInstant(at);
		setText(this.time, formatWhen(at));
	}

	private showCount(unread: number): void {
		setHidden(this.count, unread === 0);
		if (unread === 0) return;
		this.count.replaceChildren(
			make("span", { text: String(unread), attributes: { "aria-hidden": "true" } }),
			make("span", { class: "visually-hidden", text: t.count("unread", unread) }),
		);
	}
}

/** What there is to know of a conversation beside its messages, and how it looks. */
function stateOf(conversation: Conversation): [text: string, look: string] {
	if (conversation.trust.state === "unknown-leaf") return [t("locked"), "badge--bad"];
	if (!conversation.active) return [t("ended"), ""];
	return askedBy(conversation) ? [contactWords("request"), "badge--info"] : ["", ""];
}
