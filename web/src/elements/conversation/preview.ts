import { shownType } from "../../crypto/filetype";
import { button } from "../../dom/button";
import { make } from "../../dom/make";
import type { Attachment } from "../../engine/types";
import { t as common } from "../../i18n/common";
import { t } from "../../i18n/conversation";
import { kindOf } from "./attachment-kind";
import { saveFile } from "./downloads";

/** Show a decrypted image or DICOM file in a dialog over the page. The bytes are let go when it closes. */
export function showPreview(attachment: Attachment, blob: Blob): void {
	const life = new AbortController();
	const dicom = kindOf(attachment) === "dicom";
	const picture = dicom ? dicomViewer(blob) : image(attachment, blob, life.signal);
	const dialog = dialogOf(attachment, blob, picture);
	dialog.classList.toggle("preview--dicom", dicom);
	dialog.addEventListener("close", () => {
		life.abort();
		dialog.remove();
	});
	document.body.append(dialog);
	dialog.showModal();
}

function dialogOf(attachment: Attachment, blob: Blob, picture: HTMLElement): HTMLDialogElement {
	const dialog = make("dialog", {
		class: "dialog preview",
		attributes: { "aria-label": t("file.preview", { name: attachment.name }) },
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
		make(
			"div",
			{ class: "preview__head" },
			make("h2", { class: "truncate", text: attachment.name }),
			save,
			close,
		),
		make("div", { class: "preview__body" }, picture),
	);
	return dialog;
}

function dicomViewer(blob: Blob): HTMLElement {
	const viewer = document.createElement("medicus-dicom-viewer");
	viewer.file = blob;
	return viewer;
}

function image(attachment: Attachment, blob: Blob, signal: AbortSignal): HTMLElement {
	const url = URL.createObjectURL(new Blob([blob], { type: shownType(attachment.mediaType) }));
	signal.addEventListener("abort", () => URL.revokeObjectURL(url));
	const element = make("img", { class: "preview__image", attributes: { src: url, alt: attachment.name } });
	element.addEventListener("error", () => {
		element.replaceWith(make("p", { class: "empty", text: t("file.broken-image") }));
	});
	return element;
}
