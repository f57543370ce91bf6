import { shownType } from "../../crypto/filetype";
import type { Attachment } from "../../engine/types";

export type AttachmentKind = "dicom" | "image" | "pdf" | "other";

/** What can be done with a file here: images and DICOM can be looked at, everything can be downloaded. */
export function kindOf({ mediaType, name }: Pick<Attachment, "mediaType" | "name">): AttachmentKind {
	const shown = shownType(mediaType);
	if (shown === "application/dicom" || /\.dcm$/i.test(name)) return "dicom";
	if (shown.startsWith("image/")) return "image";
	return shown === "application/pdf" ? "pdf" : "other";
}
