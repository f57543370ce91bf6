import { kernIcon } from "../../dom/kern-icon";
import { make, setHidden } from "../../dom/make";
import { t } from "../../i18n/conversation";

/** Let files be dropped anywhere on `target`. `mayDrop`: asked at every drag; a refused drop does nothing. */
export function acceptDrops(
	target: HTMLElement,
	mayDrop: () => boolean,
	dropped: (files: File[]) => void,
): void {
	const veil = make(
		"div",
		{ class: "drop-veil", attributes: { hidden: true, "aria-hidden": "true" } },
		kernIcon("attach"),
		make("strong", { text: t("attach.drop") }),
		make("span", { text: t("attach.drop.text") }),
	);
	target.append(veil);
	// Enter and leave come for every child; only the difference tells whether the pointer is still inside.
	let depth = 0;
	const show = (by: number) => {
		depth = Math.max(0, depth + by);
		setHidden(veil, depth === 0);
	};
	const wanted = (event: DragEvent) => mayDrop() && (event.dataTransfer?.types.includes("Files") ?? false);
	target.addEventListener("dragenter", (event) => {
		if (wanted(event)) show(1);
	});
	target.addEventListener("dragleave", (event) => {
		if (wanted(event)) show(-1);
	});
	target.addEventListener("dragover", (event) => {
		if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
	});
	target.addEventListener("drop", (event) => {
		event.preventDefault();
		show(-depth);
		if (wanted(event)) dropped([...(event.dataTransfer?.files ?? [])]);
	});
}
