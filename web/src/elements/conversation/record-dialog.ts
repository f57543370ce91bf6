import { safeName } from "../../crypto/filetype";
import { button } from "../../dom/button";
import { make, setHidden, setText } from "../../dom/make";
import type { CasePage } from "../../engine/case-types";
import type { Conversation, Message } from "../../engine/types";
import { t } from "../../i18n/case";
import { t as common } from "../../i18n/common";
import { formatBytes, formatDay, formatInstant } from "../../i18n/format";
import type { Context } from "./context";
import { FormDialog } from "./form-dialog";

const SNIPPET = 160;

/** Let the reader choose which marked messages leave end-to-end encryption, and take them into the record. */
export async function askTake(
	context: Context,
	conversation: Conversation,
	patient: NonNullable<CasePage["patient"]>,
): Promise<void> {
	const marked = await markedMessages(context, conversation);
	const choice = new MessageChoice(marked);
	const progress = new Progress();
	const about = {
		patient: `${patient.familyName}, ${patient.givenName}`,
		date: formatDay(patient.bornOn),
		hospital: patient.organisation.name,
	};
	const texts = {
		heading: t("take.heading"),
		action: t("take.action"),
		busy: t("take.busy"),
		look: "record-dialog",
	};
	const fields = [
		make("p", { text: t("take.text", about) }),
		make("p", { class: "notice notice--warn", text: t("take.leaves") }),
		choice.element,
		progress.element,
	];
	const complaint = () => (choice.chosen.length ? "" : t("take.missing"));
	const take = async () => {
		const { chosen } = choice;
		choice.lock(true);
		try {
			await context.messenger.takeIntoRecord(conversation.id, chosen, (done, total) =>
				progress.show(done, total),
			);
		} finally {
			choice.lock(false);
			progress.hide();
		}
	};
	const done = () => showTaken(context, conversation.id, choice.chosen);
	new FormDialog(texts, fields, complaint, take, done).show();
}

/** What the own hospital has marked, in the order of the conversation; null where this browser has not got it. */
async function markedMessages(
	{ messenger }: Context,
	{ kept }: Conversation,
): Promise<{ id: string; message: Message | null }[]> {
	const own = kept.filter((one) => one.own).map(({ messageId }) => messageId);
	const found = await Promise.all(
		own.map(async (id) => ({ id, message: await messenger.message(id).catch(() => null) })),
	);
	return found.sort((one, other) => (one.message?.seq ?? 0) - (other.message?.seq ?? 0));
}

/** Several of the marked messages, all of them at first. */
class MessageChoice {
	readonly element = make("fieldset", { class: "field" }, make("legend", { text: t("take.legend") }));
	private readonly boxes: HTMLInputElement[];

	constructor(marked: readonly { id: string; message: Message | null }[]) {
		this.boxes = marked.map(({ id, message }) => {
			const box = make("input", { attributes: { type: "checkbox", value: id } });
			box.disabled = !isReadable(message);
			box.checked = !box.disabled;
			return box;
		});
		const rows = marked.map(({ message }, at) =>
			make("label", { class: "choice record-dialog__row" }, this.boxes[at] ?? null, rowOf(message)),
		);
		this.element.append(make("div", { class: "record-dialog__list" }, ...rows));
	}

	get chosen(): string[] {
		return this.boxes.filter(({ checked }) => checked).map(({ value }) => value);
	}

	lock(locked: boolean): void {
		this.element.disabled = locked;
	}
}

function isReadable(message: Message | null): message is Message {
	return message !== null && message.type !== "unreadable" && message.type !== "event";
}

function rowOf(message: Message | null): HTMLElement {
	if (!isReadable(message))
		return make("span", { class: "record-dialog__message muted", text: t("take.absent") });
	const { senderName, at, sentAt, attachment, text, type } = message;
	const head = make("span", {
		class: "small muted",
		text: `${senderName} · ${formatInstant(at ?? sentAt)}`,
	});
	const words = type === "recalled" ? t("take.recalled") : shortened(text);
	const file = attachment && t("take.file", fileWords(attachment));
	return make(
		"span",
		{ class: "record-dialog__message" },
		head,
		words ? make("span", { text: words }) : null,
		file ? make("span", { class: "record-dialog__file", text: file }) : null,
	);
}

function fileWords({ name, sizeBytes }: NonNullable<Message["attachment"]>): { name: string; size: string } {
	return { name: safeName(name), size: formatBytes(sizeBytes) };
}

function shortened(text: string): string {
	const line = text.replace(/\s+/g, " ").trim();
	return line.length > SNIPPET ? `${line.slice(0, SNIPPET).trimEnd()} …` : line;
}

/** How far the files are; the rest takes a moment. */
class Progress {
	private readonly bar = make("progress", {
		class: "record-dialog__bar",
		attributes: { max: "1", "aria-label": t("take.progress") },
	});
	private readonly text = make("p", { class: "small", attributes: { role: "status" } });
	readonly element = make("div", { attributes: { hidden: true } }, this.text, this.bar);

	show(done: number, total: number): void {
		setHidden(this.element, total === 0);
		setText(this.text, t("take.progress"));
		this.bar.value = total ? Math.min(1, done / total) : 0;
	}

	hide(): void {
		setHidden(this.element, true);
	}
}

/** Say that it is there, and where. */
function showTaken({ messenger }: Context, conversationId: string, messageIds: readonly string[]): void {
	const dialog = make("dialog", { class: "dialog", attributes: { "aria-labelledby": "taken-heading" } });
	const body = make("div", { class: "dialog__body" }, make("p", { text: t("taken.text") }));
	const close = button(common("close"), () => dialog.close(), { look: "quiet" });
	const foot = make("div", { class: "dialog__foot" }, close);
	const heading = make("h2", { text: t("taken.heading"), attributes: { id: "taken-heading" } });
	dialog.append(make("div", { class: "dialog__head" }, heading), body, foot);
	dialog.addEventListener("close", () => dialog.remove());
	document.body.append(dialog);
	dialog.showModal();
	void messenger.conversations().then((all) => {
		const recorded = all.find(({ id }) => id === conversationId)?.recorded ?? [];
		const own = recorded.filter(({ messageId, findingId }) => findingId && messageIds.includes(messageId));
		const findingId = own.sort((one, other) => (one.at < other.at ? 1 : -1))[0]?.findingId;
		if (!findingId) return;
		const attributes = { href: `/findings/${findingId}/` };
		foot.append(make("a", { class: "button button--primary", text: t("taken.open"), attributes }));
	});
}
