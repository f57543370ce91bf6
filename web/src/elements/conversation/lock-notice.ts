import { kernIcon } from "../../dom/kern-icon";
import { make, setHidden } from "../../dom/make";
import type { Conversation } from "../../engine/types";
import { t } from "../../i18n/conversation";
import { t as people } from "../../i18n/conversation-people";
import type { Translate } from "../../i18n/index";
import { t as own } from "../../i18n/own-messages";
import { others } from "./names";

/** What must be known before writing here: why sending is locked, or that somebody's key is another one. */
export class LockNotice {
	readonly element = make("div", { class: "lock-notice", attributes: { hidden: true } });
	private shown = "";

	constructor(private readonly forPatient: boolean) {}

	/** Returns whether sending is locked. */
	update(conversation: Conversation, me: string): boolean {
		const lock = lockOf(conversation, me, this.forPatient ? own : t);
		const notice = lock ?? changedKey(conversation, me);
		setHidden(this.element, notice === null);
		const text = notice?.textContent ?? "";
		if (notice && text !== this.shown) this.element.replaceChildren(notice);
		this.shown = text;
		return lock !== null;
	}
}

function lockOf(
	conversation: Conversation,
	me: string,
	words: Translate<"locked.place" | "locked.inactive">,
): HTMLElement | null {
	const { trust, active } = conversation;
	if (conversation.placeLost) return plain("info", words("locked.place"));
	if (!active) return plain("info", words("locked.inactive"));
	if (trust.state === "unknown-leaf") return unknownDevice(trust.identities);
	return others(conversation, me).length ? null : plain("info", t("locked.alone"));
}

function changedKey(conversation: Conversation, me: string): HTMLElement | null {
	const changed = others(conversation, me).find((member) => member.keyChanged);
	if (!changed) return null;
	const { name, wasVerified } = changed;
	return plain("warn", people(wasVerified ? "key.changed.verified.notice" : "key.changed.notice", { name }));
}

function plain(look: string, text: string): HTMLElement {
	return make(
		"div",
		{ class: `notice notice--${look}` },
		kernIcon(look === "warn" ? "warning" : "info"),
		make("p", { text }),
	);
}

function unknownDevice(identities: string[]): HTMLElement {
	return make(
		"div",
		{ class: "notice notice--bad", attributes: { role: "alert" } },
		kernIcon("danger"),
		make("p", { class: "notice__title", text: t("locked.unknown.title") }),
		make("p", { text: t("locked.unknown.text") }),
		make(
			"p",
			{ class: "small" },
			`${t("locked.unknown.identities")}: `,
			make("code", { text: identities.join(", ") }),
		),
	);
}
