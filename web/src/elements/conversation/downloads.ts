import { safeName } from "../../crypto/filetype";
import { make } from "../../dom/make";
import type { Attachment } from "../../engine/types";

/** From here on a file is written piece by piece to where the reader says, where the browser can. */
const PIECEWISE_BYTES = 64 * 1024 * 1024;

interface Picker {
	showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
}

/** Hand the bytes to the reader as a file, unchanged. The type says "bytes", so that no browser opens it in place. */
export function saveFile(blob: Blob, name: string): void {
	const url = URL.createObjectURL(new Blob([blob], { type: "application/octet-stream" }));
	const link = make("a", { attributes: { href: url, download: safeName(name) } });
	document.body.append(link);
	link.click();
	link.remove();
	// The browser reads the address after the click; it may go once that has surely begun.
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export function mayChoosePlace({ sizeBytes }: Attachment): boolean {
	return sizeBytes > PIECEWISE_BYTES && "showSaveFilePicker" in window;
}

/** Ask where to; null when the reader thinks better of it. */
export async function placeFor({ name }: Attachment): Promise<FileSystemFileHandle | null> {
	try {
		return (await (window as Picker).showSaveFilePicker?.({ suggestedName: safeName(name) })) ?? null;
	} catch (error) {
		if (error instanceof DOMException && error.name === "AbortError") return null;
		throw error;
	}
}
