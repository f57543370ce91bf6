import { button } from "../../dom/button";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Conversation, GroupKind, Message } from "../../engine/types";
import type { UrgentState } from "../../engine/urgent-types";
import { t } from "../../i18n/urgent";
import { confirmed } from "./confirm";
import type { Context } from "./context";
import { pendingOf } from "./pending-acknowledgement";
import { sentenceOfUrgent } from "./urgent-failures";
import { UrgentTrack } from "./urgent-track";
import { acknowledgementLines, isOpen, takenBy } from "./urgent-words";

/** What stands under a message that somebody should answer for: who has acknowledged it or taken it over, the buttons to
 *  do so, and the track of an urgent one. Empty and hidden under all other messages. */
export class MessageAttention {
	readonly element = make("div", { class: "attention", attributes: { hidden: true } });
	private readonly handed = make("p", { class: "attention__line", attributes: { hidden: true } });
	private readonly lines = make("ul", { class: "attention__lines", attributes: { hidden: true } });
	private readonly buttons = make("div", { class: "attention__actions", attributes: { hidden: true } });
	private readonly failure = make("p", {
		class: "attention__failure",
		attributes: { role: "alert", hidden: true },
	});
	private track: UrgentTrack | null = null;
	private shown = "";
	private busy = false;
	private last: { message: Message; conversation: Conversation; answered: number } | null = null;

	constructor(private readonly context: Context) {
		this.element.append(this.handed, this.lines, this.buttons, this.failure);
	}

	/** answered: sequence number of the reader's own last message; what came before is no open question. */
	update(message: Message, conversation: Conversation, answered: number): void {
		this.last = { message, conversation, answered };
		const actions = actionsOf(message, conversation, this.context.me, answered);
		this.showTrack(message, actions.includes("acknowledge"));
		this.showLines(message, conversation);
		this.showHandedOn(message, conversation);
		const pending = pendingOf(this.context.messenger).has(message.id);
		this.showButtons(message, pending ? ["undo"] : actions);
		setHidden(this.element, ![...this.element.children].some((part) => !(part as HTMLElement).hidden));
	}

	private showTrack(message: Message, asked: boolean): void {
		if (!message.urgent) return;
		if (!this.track) {
			this.track = new UrgentTrack(this.context.me);
			this.element.prepend(this.track.element);
		}
		this.track.update(message, message.urgent, asked);
	}

	private showLines({ acknowledgements = [] }: Message, { members }: Conversation): void {
		const nameOf = (id: string) => members.find(({ personId }) => personId === id)?.name ?? id.slice(0, 8);
		const lines = acknowledgementLines(acknowledgements, nameOf, this.context.me);
		setHidden(this.lines, lines.length === 0);
		if (this.lines.textContent === lines.join("")) return;
		this.lines.replaceChildren(...lines.map((text) => make("li", { class: "attention__line", text })));
	}

	private showHandedOn({ handedOnBy }: Message, { members }: Conversation): void {
		setHidden(this.handed, !handedOnBy);
		if (!handedOnBy) return;
		const name = members.find(({ personId }) => personId === handedOnBy)?.name ?? handedOnBy.slice(0, 8);
		setText(this.handed, t("handed-on", { name }));
	}

	private showButtons(message: Message, actions: Action[]): void {
		const key = actions.join(" ") + (message.urgent && isOpen(message.urgent) ? "!" : "");
		if (key === this.shown) return;
		const within = this.buttons.contains(document.activeElement);
		this.shown = key;
		this.busy = false;
		this.buttons.replaceChildren(...actions.flatMap((action) => this.parts(action, message)));
		setHidden(this.buttons, actions.length === 0);
		if (within) this.buttons.querySelector<HTMLElement>("button")?.focus();
	}

	private parts(action: Action, message: Message): HTMLElement[] {
		const { messenger } = this.context;
		// An urgent message asks; in ordinary talk about a case the buttons are there, and no more.
		const asks = message.urgent !== undefined && isOpen(message.urgent);
		const pending = pendingOf(messenger);
		switch (action) {
			case "acknowledge": {
				const begin = () => {
					pending.begin(message.id, (failure) => this.settled(failure));
					this.again();
				};
				return [button(t("acknowledge"), begin, { look: asks ? "primary" : "small quiet", icon: "check" })];
			}
			case "undo": {
				const undo = () => {
					pending.undo(message.id);
					this.again();
				};
				const line = make("span", {
					class: "attention__line",
					text: t("acknowledging"),
					attributes: { role: "status" },
				});
				return [line, button(t("undo"), undo, { look: asks ? "" : "small quiet" })];
			}
			case "take-over":
				return [
					this.working(t("take-over"), t("take-over.busy"), asks ? "" : "small quiet", () =>
						messenger.acknowledge(message.id, "taken-over"),
					),
				];
			case "hand-back":
				return [
					this.working(t("hand-back"), t("hand-back.busy"), "small quiet", () =>
						messenger.handBack(message.id),
					),
				];
			case "withdraw":
				return [
					this.working(t("withdraw"), t("withdraw.busy"), "small quiet", async () => {
						if (await confirmed(t("withdraw.question"), t("withdraw.text"), t("withdraw"))) {
							await messenger.withdrawUrgent(message.id);
						}
					}),
				];
		}
	}

	/** A button that says that it works. */
	private working(text: string, busy: string, look: string, act: () => Promise<void>): HTMLButtonElement {
		const made = button(text, () => void press(), { look });
		const press = async () => {
			if (this.busy) return;
			this.busy = true;
			setText(made, busy);
			setAttribute(made, "aria-disabled", "true");
			await act().then(
				() => this.settled(null),
				(reason) => this.settled(reason),
			);
			setText(made, text);
			setAttribute(made, "aria-disabled", null);
			this.busy = false;
		};
		return made;
	}

	private settled(failure: unknown): void {
		setText(this.failure, failure ? sentenceOfUrgent(failure) : "");
		setHidden(this.failure, !failure);
		this.again();
	}

	private again(): void {
		if (this.last) this.update(this.last.message, this.last.conversation, this.last.answered);
	}
}

type Action = "acknowledge" | "take-over" | "hand-back" | "withdraw" | "undo";

/** What the reader can do about a message. */
export function actionsOf(
	message: Message,
	{ kind, active }: Conversation,
	me: string,
	answered: number,
): Action[] {
	const { own, seq, type, urgent, acknowledgements = [] } = message;
	if (!active || seq === null || (type !== "text" && type !== "attachment")) return [];
	const open = urgent !== undefined && isOpen(urgent);
	if (own) return open && urgent.state !== "exhausted" ? ["withdraw"] : [];
	const taken = takenBy(acknowledgements);
	if (taken) return taken.personId === me ? ["hand-back"] : [];
	if (open) return ["acknowledge", "take-over"];
	if (acknowledgements.some(({ personId }) => personId === me)) return ["take-over"];
	return seq > answered ? unanswered(urgent?.state, kind) : [];
}

function unanswered(state: UrgentState | undefined, kind: GroupKind): Action[] {
	if (state === "acknowledged") return ["take-over"];
	return kind === "case" ? ["acknowledge", "take-over"] : [];
}

/** Whether there is anything to show under a message; most have nothing. */
export function wantsAttention(message: Message, { kind }: Conversation): boolean {
	const { own, urgent, acknowledgements, handedOnBy } = message;
	return Boolean(urgent || acknowledgements?.length || handedOnBy) || (kind === "case" && !own);
}
