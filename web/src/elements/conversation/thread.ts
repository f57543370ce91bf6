import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Conversation, Message } from "../../engine/types";
import { t } from "../../i18n/conversation";
import { t as own } from "../../i18n/own-messages";
import { t as searchWords } from "../../i18n/search";
import { CasePanel } from "./case-panel";
import { Composer } from "./composer";
import { BlockedNotice } from "./conduct/blocked-notice";
import { ContactPanel } from "./contact-panel";
import type { Context } from "./context";
import { acceptDrops } from "./drop-zone";
import { HandoverNotices } from "./handover-notice";
import { LockNotice } from "./lock-notice";
import { MessageList } from "./messages";
import { aboutOf, titleOf } from "./names";
import { PatientBadge, PatientNotice } from "./patient-reads";
import { PinnedStrip } from "./pinned-strip";
import { emptyPane, skeleton } from "./placeholders";
import type { ConversationStore, Snapshot } from "./store";
import { hearSuggestions } from "./suggestion";
import { TalkActions } from "./talk-actions";

/** The middle column: the open conversation, or what stands there when none is. */
export class Thread {
	readonly element = make("section", { class: "surface__main thread" });
	private readonly title = make("h2", { class: "thread__title", attributes: { tabindex: "-1" } });
	private readonly about = make("p", { class: "thread__about" });
	private readonly kind = make("span", { class: "badge badge--accent", text: t("kind.case") });
	private readonly shield = make("span", { class: "thread__shield" });
	private readonly detailsButton: HTMLButtonElement;
	private readonly conversationPane = make("div", { class: "thread__pane" });
	private readonly none: HTMLElement;
	private readonly opening = skeleton(t("thread.loading"));
	private readonly missing: HTMLElement;
	private readonly patient: PatientBadge;
	private readonly patientNotice: PatientNotice;
	private readonly lock: LockNotice;
	private readonly handovers: HandoverNotices;
	private readonly contact: ContactPanel;
	private readonly closed: CasePanel;
	private readonly blocked: BlockedNotice;
	private readonly composer: Composer;
	private readonly foot: HTMLElement;
	private readonly messages: MessageList;
	private readonly talk: TalkActions;
	private readonly pinned: PinnedStrip;
	private writable = false;

	constructor(
		private readonly context: Context,
		store: ConversationStore,
		toggleDetails: () => void,
		private readonly searchHere: () => void,
	) {
		const { forPatient } = context;
		this.none = emptyPane("chat", t("none"), forPatient ? own("none.text") : t("none.text"));
		this.missing = emptyPane("chat", t("missing"), forPatient ? own("missing.text") : t("missing.text"));
		this.patient = new PatientBadge(!forPatient);
		this.patientNotice = new PatientNotice(forPatient);
		this.lock = new LockNotice(forPatient);
		this.composer = new Composer(context, (message) => this.sent(store, message));
		this.handovers = new HandoverNotices(context.messenger);
		this.talk = new TalkActions(context, store, this.composer);
		this.messages = new MessageList(context, store, this.talk);
		this.pinned = new PinnedStrip(context, (message) => this.talk.pin(message, false));
		this.contact = new ContactPanel(context, () => this.findFocus());
		this.closed = new CasePanel(context);
		this.blocked = new BlockedNotice(context);
		this.foot = make(
			"div",
			{ class: "thread__foot" },
			this.patientNotice.element,
			this.lock.element,
			this.handovers.element,
			this.contact.element,
			this.closed.element,
			this.blocked.element,
			this.composer.element,
		);
		this.detailsButton = button(t("details"), toggleDetails, { look: "small quiet", icon: "info" });
		this.detailsButton.classList.add("thread__details");
		hearSuggestions(this.conversationPane, (text) => this.composer.suggest(text));
		this.conversationPane.append(
			this.header(),
			this.pinned.element,
			this.messages.element,
			this.foot,
			this.talk.menu.element,
		);
		this.element.append(this.none, this.opening, this.missing, this.conversationPane);
		acceptDrops(
			this.conversationPane,
			() => this.writable,
			(files) => this.composer.addFiles(files),
		);
	}

	update(snapshot: Snapshot, detailsOpen: boolean): void {
		const { open, conversations } = snapshot;
		const conversation = conversations?.find(({ id }) => id === open?.id);
		setHidden(this.none, open !== null);
		setHidden(this.opening, !open || conversations !== null);
		setHidden(this.missing, !open || !conversations || conversation !== undefined);
		setHidden(this.conversationPane, !conversation);
		setAttribute(this.detailsButton, "aria-expanded", String(detailsOpen));
		this.shield.classList.toggle("thread__shield--short", detailsOpen);
		if (!open || !conversation) return;
		this.showHeader(conversation);
		this.showFoot(conversation);
		this.talk.update(conversation, this.writable);
		this.pinned.update(conversation, this.writable);
		this.messages.update(open, conversation);
	}

	/** Show a message of the open conversation. */
	aim(messageId: string): void {
		this.messages.aim(messageId);
	}

	arrived(message: Message): void {
		this.messages.arrived(message);
	}

	/** After choosing a conversation: to the text on a desk; on a phone the keyboard must not jump up. */
	focus(): void {
		const desk = matchMedia("(min-width: 64rem) and (pointer: fine)").matches;
		if (desk && this.writable) this.composer.focus();
		else this.title.focus();
	}

	private showFoot(conversation: Conversation): void {
		const within = this.foot.contains(document.activeElement);
		const locked = this.lock.update(conversation, this.context.me);
		const held = this.contact.update(locked ? null : conversation);
		const closed = this.closed.update(locked ? null : conversation);
		const blocked = this.blocked.update(conversation);
		this.writable = !locked && !held && !closed && !blocked;
		setHidden(this.composer.element, !this.writable);
		this.handovers.update(this.writable ? conversation.id : "");
		this.patientNotice.update(conversation);
		this.composer.update(conversation);
		if (within) this.findFocus();
	}

	/** What had the focus may be gone: the composer after the one message, the buttons after an answer. */
	private findFocus(): void {
		const focused = document.activeElement;
		if (!focused || focused === document.body || !focused.checkVisibility()) this.focus();
	}

	focusDetailsButton(): void {
		this.detailsButton.focus();
	}

	private sent(store: ConversationStore, message: Message): void {
		store.sent(message);
		this.messages.toEnd();
	}

	private header(): HTMLElement {
		const back = button(t("back"), () => this.context.go(null), {
			look: "quiet",
			icon: "arrow-back",
			iconOnly: true,
		});
		back.classList.add("thread__back");
		const name = make("div", { class: "thread__name" }, this.title, this.patient.element, this.about);
		const search = button(searchWords("here"), this.searchHere, {
			look: "quiet",
			icon: "search",
			iconOnly: true,
		});
		const parts = [back, name, this.kind, this.shield, search, this.detailsButton];
		const shown = parts.filter((part) => part !== search || !this.context.forPatient);
		return make("header", { class: "thread__head" }, ...shown);
	}

	private showHeader(conversation: Conversation): void {
		const locked = conversation.trust.state === "unknown-leaf";
		setText(this.title, titleOf(conversation, this.context.me));
		setText(this.about, aboutOf(conversation, this.context.me));
		setHidden(this.kind, conversation.kind !== "case");
		this.patient.update(conversation);
		this.shield.classList.toggle("thread__shield--bad", locked);
		const text = t(locked ? "encrypted.not" : "encrypted");
		if (this.shield.textContent !== text) {
			this.shield.replaceChildren(
				kernIcon(locked ? "danger" : "lock"),
				make("span", { class: "thread__shield-text", text }),
			);
		}
	}
}
