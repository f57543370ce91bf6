import { make, setHidden, setText } from "../dom/make";
import { t } from "../i18n/viewer";
import type { ImageHeader } from "./header";
import { edgesOf } from "./orientation";
import type { View } from "./stage";

const SIDES = ["left", "right", "top", "bottom"] as const;

/** The texts over the picture: window, zoom, frame, and which side of the patient lies where. */
export class Overlay {
	readonly element = make("div", { class: "viewer__overlay", attributes: { "aria-hidden": "true" } });
	private readonly window = make("span");
	private readonly zoom = make("span");
	private readonly frame = make("span");

	constructor(private readonly header: ImageHeader) {
		this.element.append(
			make("div", { class: "viewer__corner" }, this.frame, this.lossy()),
			make("div", { class: "viewer__corner viewer__corner--values" }, this.window, this.zoom),
			...this.edges(),
		);
	}

	update(view: View): void {
		const { frames } = this.header.image;
		setText(this.frame, frames > 1 ? t("viewer.frame", { frame: view.frame, frames }) : "");
		setText(this.window, view.window ? windowText(view.window) : "");
		setHidden(this.window, !view.window || this.header.image.colour);
		setText(this.zoom, `Zoom ${Math.round(view.zoom * 100)} %`);
	}

	private lossy(): HTMLElement | null {
		return this.header.image.lossy ? make("span", { text: t("viewer.lossy") }) : null;
	}

	private edges(): HTMLElement[] {
		const edges = edgesOf(this.header.image.orientation);
		if (!edges) return [];
		return SIDES.map((side) =>
			make("span", { class: `viewer__edge viewer__edge--${side}`, text: edges[side] }),
		);
	}
}

function windowText({ center, width }: { center: number; width: number }): string {
	return `C ${Math.round(center)}  W ${Math.round(width)}`;
}
