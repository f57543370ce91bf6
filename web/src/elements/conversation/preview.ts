import { safeName } from "../../crypto/filetype";
import { button } from "../../dom/button";
import { make } from "../../dom/make";
import type { Attachment } from "../../engine/types";
import { t as words } from "../../i18n/attachment";
import { t as common } from "../../i18n/common";
import { t } from "../../i18n/conversation";
import { type AttachmentKind, kindOf } from "./attachment-kind";
import { saveFile } from "./downloads";
import { imageView } from "./preview-image";
import { pdfView } from "./preview-pdf";
import { labView, textView } from "./preview-text";

/** Show a part of a decrypted file; resolves when it is there. `signal`: the dialog has closed. */
export type View = (attachment: Attachment, blob: Blob, signal: AbortSignal) => Promise<HTMLElement>;

const VIEWS: Record<Exclude<AttachmentKind, "other">, View> = {
	dicom: dicomView,
	image: imageView,
	pdf: pdfView,
	lab: labView,
	text: textView,
};

/** Show a decrypted file in a dialog over the page. The bytes are let go when it closes. */
export function showPreview(attachment: Attachment, blob: Blob): void {
	const kind = kindOf(attachment);
	if (kind === "other") return;
	const life = new AbortController();
	const body = make("div", { class: "preview__body", attributes: { "aria-busy": "true" } });
	body.append(make("p", { class: "empty", text: words("preview.loading") }));
	const dialog = dialogOf(attachment, blob, body);
	dialog.classList.add(`preview--${kind}`);
	const before = document.activeElement;
	dialog.addEventListener("close", () => {
		life.abort();
		dialog.remove();
		if (before instanceof HTMLElement && before.isConnected) before.focus();
	});
	document.body.append(dialog);
	dialog.showModal();
	void VIEWS[kind](attachment, blob, life.signal).then((view) => {
		body.replaceChildren(view);
		body.removeAttribute("aria-busy");
		// What scrolls or turns pages hears the keyboard at once.
		view.querySelector<HTMLElement>("[tabindex]")?.focus();
	});
}

/** The view of a file outside of a dialog; null where its kind is not shown. */
export async function viewOf(
	kind: AttachmentKind,
	attachment: Attachment,
	blob: Blob,
	signal: AbortSignal,
): Promise<HTMLElement | null> {
	return kind === "other" ? null : VIEWS[kind](attachment, blob, signal);
}

/** A sentence instead of a picture. */
export function apology(text: string): HTMLElement {
	return make("p", { class: "empty", text, attributes: { role: "alert" } });
}

function dialogOf(attachment: Attachment, blob: Blob, body: HTMLElement): HTMLDialogElement {
	const name = safeName(attachment.name);
	const dialog = make("dialog", {
		class: "dialog preview",
		attributes: { "aria-label": t("file.preview", { name }) },
	});
	const save = button(t("file.download"), () => saveFile(blob, attachment.name), {
		icon: "download",
		look: "small",
	});
	const close = button(common("close"), () => dialog.close(), {
		icon: "close",
		iconOnly: true,
		look: "quiet small",
	});
	dialog.append(
		make("div", { class: "preview__head" }, make("h2", { class: "truncate", text: name }), save, close),
		body,
	);
	return dialog;
}

async function dicomView(_attachment: Attachment, blob: Blob): Promise<HTMLElement> {
	const viewer = document.createElement("medicus-dicom-viewer");
	viewer.file = blob;
	return viewer;
}
