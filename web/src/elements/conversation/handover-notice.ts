import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Messenger } from "../../engine/types";
import type { Newcomer } from "../../engine/urgent-types";
import { t } from "../../i18n/urgent";
import { sentenceOfUrgent } from "./urgent-failures";

type Doer = Pick<Messenger, "bringIn" | "listen">;

/** Offers to let a role's new holder into a conversation. A person decides: the service alone must bring nobody in. */
export function handoverNotice(messenger: Doer, newcomer: Newcomer): HTMLElement {
	const { name, roleName } = newcomer;
	const failure = make("p", { class: "attention__failure", attributes: { role: "alert", hidden: true } });
	const add = button(t("handover.action"), () => void press(), { look: "small" });
	let busy = false;
	const press = async () => {
		if (busy) return;
		busy = true;
		setText(add, t("handover.busy"));
		setAttribute(add, "aria-disabled", "true");
		setHidden(failure, true);
		try {
			await messenger.bringIn(newcomer);
		} catch (reason) {
			setText(failure, sentenceOfUrgent(reason));
			setHidden(failure, false);
			setText(add, t("handover.action"));
			setAttribute(add, "aria-disabled", null);
			busy = false;
		}
	};
	return make(
		"div",
		{ class: "notice notice--info" },
		kernIcon("people"),
		make("p", { class: "notice__title", text: t("handover.text", { name, role: roleName }) }),
		make("p", { text: t("handover.more", { name }) }),
		make("div", { class: "cluster" }, add),
		failure,
	);
}

/** The offers for the conversation that is open. */
export class HandoverNotices {
	readonly element = make("div", { class: "handover", attributes: { hidden: true } });
	private newcomers: readonly Newcomer[] = [];
	private conversationId = "";
	private shown = "";

	constructor(private readonly messenger: Doer) {
		messenger.listen((event) => {
			if (event.type !== "urgent") return;
			this.newcomers = event.items.newcomers;
			this.show();
		});
	}

	/** `conversationId`: empty where nothing can be written. */
	update(conversationId: string): void {
		this.conversationId = conversationId;
		this.show();
	}

	private show(): void {
		const here = this.newcomers.filter((one) => one.conversationId === this.conversationId);
		setHidden(this.element, here.length === 0);
		const shown = JSON.stringify(here);
		if (shown === this.shown) return;
		this.shown = shown;
		this.element.replaceChildren(...here.map((one) => handoverNotice(this.messenger, one)));
	}
}
