import { make } from "../../dom/make";
import type { Attachment } from "../../engine/types";
import { t as words } from "../../i18n/attachment";
import { t } from "../../i18n/conversation";
import { MAXIMUM_PIXELS, SIZE_HEAD_BYTES, sizeOf } from "../../preview/image-size";
import { apology } from "./preview";

/** A picture, the right way up as its camera says; one with too many pixels is not decoded at all. */
export async function imageView({ name }: Attachment, blob: Blob, signal: AbortSignal): Promise<HTMLElement> {
	const size = sizeOf(new Uint8Array(await blob.slice(0, SIZE_HEAD_BYTES).arrayBuffer()));
	if (!size) return apology(words("preview.unknown-image"));
	const pixels = size.width * size.height;
	if (pixels > MAXIMUM_PIXELS) {
		return apology(words("preview.pixels", { pixels: Math.round(pixels / 1e6) }));
	}
	const url = URL.createObjectURL(new Blob([blob], { type: size.type }));
	signal.addEventListener("abort", () => URL.revokeObjectURL(url));
	const element = make("img", { class: "preview__image", attributes: { src: url, alt: name } });
	const loaded = await element.decode().then(
		() => true,
		() => false,
	);
	return loaded ? element : apology(t("file.broken-image"));
}
