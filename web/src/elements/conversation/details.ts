import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { KeyedList } from "../../dom/keyed";
import { make, setHidden, setText } from "../../dom/make";
import type { Conversation, Member } from "../../engine/types";
import { t } from "../../i18n/conversation-people";
import { formatDay } from "../../i18n/format";
import { t as own } from "../../i18n/own-messages";
import { CasePart } from "./case-part";
import { ConductSection } from "./conduct/section";
import { confirmed } from "./confirm";
import type { Context } from "./context";
import { sentenceOf } from "./failures";
import { type MemberItem, MemberRow } from "./member-row";
import { others } from "./names";
import { RetentionPart } from "./retention-part";

/** The right column: who takes part, with which keys, and what the encryption means. */
export class Details {
	readonly element: HTMLElement;
	private readonly people = make("ul", { class: "members" });
	private readonly keyed: KeyedList<MemberItem>;
	private readonly add: HTMLButtonElement;
	private readonly conduct: ConductSection;
	private readonly joined = make("p", { class: "small muted" });
	private readonly verified = make(
		"p",
		{ class: "details__verified" },
		kernIcon("shield"),
		t("details.verified"),
	);
	private readonly notice = make("p", {
		class: "notice notice--bad",
		attributes: { role: "alert", hidden: true },
	});
	private readonly heading = make("h2", { text: t("details.heading"), attributes: { tabindex: "-1" } });
	private readonly about: CasePart;
	private readonly retention: RetentionPart;
	private conversation: Conversation | null = null;

	constructor(
		private readonly context: Context,
		addPeople: (conversation: Conversation) => void,
		close: () => void,
	) {
		this.conduct = new ConductSection(context);
		this.keyed = new KeyedList(
			this.people,
			({ member }) => member.personId,
			({ member }) => new MemberRow(() => void this.remove(member), this.context.messenger),
		);
		this.about = new CasePart(this.context);
		this.retention = new RetentionPart(context.forPatient);
		const ask = () => this.conversation && addPeople(this.conversation);
		this.add = button(t("details.add"), ask, { look: "small", icon: "person-add" });
		const shut = button(t("details.close"), close, { look: "quiet small", icon: "close", iconOnly: true });
		this.element = make(
			"aside",
			{ class: "surface__side details", attributes: { "aria-label": t("details.heading"), hidden: true } },
			make("header", { class: "details__head" }, this.heading, shut),
			this.notice,
			context.forPatient ? null : this.about.element,
			make(
				"section",
				{ class: "details__part" },
				make("h3", { text: t("details.people") }),
				this.people,
				this.add,
			),
			this.retention.element,
			this.encryption(),
			context.forPatient ? null : this.conduct.element,
		);
	}

	update(conversation: Conversation | undefined, visible: boolean): void {
		if (!conversation) return;
		if (conversation.id !== this.conversation?.id) setHidden(this.notice, true);
		this.conversation = conversation;
		if (!this.context.forPatient) this.about.update(conversation, visible);
		this.retention.update(conversation);
		this.conduct.update(conversation);
		const reader = conversation.members.find(({ personId }) => personId === this.context.me);
		const mayChange = this.mayChange(conversation);
		this.keyed.update(
			conversation.members.map((member) => ({
				member,
				isReader: member === reader,
				mayRemove: mayChange && member !== reader && (reader?.owner ?? false),
			})),
		);
		setHidden(this.add, !mayChange || conversation.trust.state !== "verified");
		setHidden(
			this.verified,
			conversation.trust.state !== "verified" || !others(conversation, this.context.me).length,
		);
		setText(this.joined, t("details.joined", { date: formatDay(conversation.joinedAt) }));
	}

	private mayChange({ active, kind, contact }: Conversation): boolean {
		return active && kind !== "direct" && !contact && !this.context.forPatient;
	}

	focus(): void {
		this.heading.focus();
	}

	private encryption(): HTMLElement {
		return make(
			"section",
			{ class: "details__part" },
			make("h3", { text: t("details.encryption") }),
			this.verified,
			make("p", {
				class: "small",
				text: this.context.forPatient ? own("details.encryption.text") : t("details.encryption.text"),
			}),
			this.joined,
		);
	}

	private async remove(member: Member): Promise<void> {
		const conversation = this.conversation;
		const { name } = member;
		const question = t("details.remove.question", { name });
		const sure = await confirmed(question, t("details.remove.text", { name }), t("details.remove"));
		if (!sure || !conversation) return;
		try {
			await this.context.messenger.remove(conversation.id, member.personId);
			setHidden(this.notice, true);
		} catch (reason) {
			setText(this.notice, sentenceOf(reason));
			setHidden(this.notice, false);
		}
	}
}
