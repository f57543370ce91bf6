import { make } from "../dom/make";
import { t } from "../i18n/viewer";
import { patientBanner } from "./banner";
import { type ImageHeader, readHeader } from "./header";
import { type KeyTarget, pressed } from "./keyboard";
import { Overlay } from "./overlay";
import { Stage, type View } from "./stage";
import { Toolbar } from "./toolbar";

/** One image with everything around it: whose it is, tools, picture, texts over the picture. Loaded only when an image
 *  is opened, because the decoders are large. */
export class ImageView {
	private toolbar: Toolbar | null = null;
	private readonly overlay: Overlay;

	private constructor(
		private readonly header: ImageHeader,
		private readonly picture: HTMLDivElement,
		private stage: Stage | null = null,
	) {
		this.overlay = new Overlay(header);
	}

	/** Show `bytes` (a DICOM file, not deflated) in `host`. `status` lies over the picture until it is drawn.
	 *  Raises: ViewerFailure. */
	static async open(host: HTMLElement, bytes: Uint8Array, status: HTMLElement): Promise<ImageView> {
		const header = readHeader(bytes);
		const view = new ImageView(header, pictureOf(header));
		const frame = make("div", { class: "viewer__frame" }, view.picture, view.overlay.element, status);
		host.append(patientBanner(header), frame);
		await view.draw(bytes);
		if (view.toolbar) frame.before(view.toolbar.element);
		return view;
	}

	private async draw(bytes: Uint8Array): Promise<void> {
		const file = new Blob([bytes as Uint8Array<ArrayBuffer>]);
		const stage = await Stage.open(this.picture, file, this.header.image, (view) => this.changed(view));
		this.stage = stage;
		this.toolbar = new Toolbar(this.header, stage);
		this.picture.addEventListener("keydown", (event) => this.keyPressed(event, stage));
		this.changed(stage.view);
	}

	/** Not before the first picture is drawn: until then it has no zoom. */
	private changed(view: View): void {
		if (!this.toolbar) return;
		this.overlay.update(view);
		this.toolbar.update(view);
	}

	private keyPressed(event: KeyboardEvent, target: KeyTarget): void {
		if (pressed(event, target)) event.preventDefault();
	}

	pixels(): ArrayLike<number> | null {
		return this.stage?.pixels() ?? null;
	}

	close(): void {
		this.stage?.close();
		this.stage = null;
	}
}

function pictureOf({ image, series }: ImageHeader): HTMLDivElement {
	const { columns, rows } = image;
	return make("div", {
		class: "viewer__picture",
		attributes: {
			tabindex: "0",
			role: "application",
			"aria-label": t("viewer.picture", { modality: series.modality || "DICOM", columns, rows }),
			"aria-description": t("viewer.keys"),
		},
	});
}
