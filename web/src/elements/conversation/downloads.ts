import { make } from "../../dom/make";

/** Hand the bytes to the reader as a file, unchanged. The type says "bytes", so that no browser opens it in place. */
export function saveFile(blob: Blob, name: string): void {
	const url = URL.createObjectURL(new Blob([blob], { type: "application/octet-stream" }));
	const link = make("a", { attributes: { href: url, download: name } });
	document.body.append(link);
	link.click();
	link.remove();
	// The browser reads the address after the click; it may go once that has surely begun.
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
