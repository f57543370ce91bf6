import { endingOf, shownType } from "../../crypto/filetype";
import type { Attachment } from "../../engine/types";

export type AttachmentKind = "dicom" | "image" | "pdf" | "lab" | "text" | "other";

const MEGABYTE = 1_000_000;
/** Up to which size a file of a kind is opened for looking at: it lies in memory as a whole. */
const SHOWN_BYTES: Record<Exclude<AttachmentKind, "other">, number> = {
	dicom: 500 * MEGABYTE,
	image: 100 * MEGABYTE,
	pdf: 200 * MEGABYTE,
	lab: 10 * MEGABYTE,
	text: 20 * MEGABYTE,
};

/** What can be done with a file here, by what its sender calls it; the previews look at the bytes. */
export function kindOf({ mediaType, name }: Pick<Attachment, "mediaType" | "name">): AttachmentKind {
	const shown = shownType(mediaType);
	const ending = endingOf(name);
	if (shown === "application/dicom" || ending === "dcm") return "dicom";
	if (shown.startsWith("image/")) return "image";
	if (shown === "application/pdf" || ending === "pdf") return "pdf";
	if (ending === "json" || /^application\/(fhir\+)?json\b/i.test(mediaType)) return "lab";
	return shown === "text/plain" || ["txt", "csv", "md", "log"].includes(ending) ? "text" : "other";
}

export function isShown(kind: Exclude<AttachmentKind, "other">, sizeBytes: number): boolean {
	return sizeBytes <= SHOWN_BYTES[kind];
}
