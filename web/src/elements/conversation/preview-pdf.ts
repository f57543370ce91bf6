import { button } from "../../dom/button";
import { make, setText } from "../../dom/make";
import type { Attachment } from "../../engine/types";
import { t } from "../../i18n/attachment";
import type { PdfDocument } from "../../preview/pdf";
import { apology } from "./preview";

const STEP = 1.25;
const [SMALLEST, LARGEST] = [0.5, 4];

/** A PDF page by page. pdf.js is fetched only when somebody looks at one. */
export async function pdfView(_: Attachment, blob: Blob, signal: AbortSignal): Promise<HTMLElement> {
	const { PdfDocument, PasswordNeeded } = await import("../../preview/pdf");
	try {
		const document = await PdfDocument.open(blob);
		if (signal.aborted) document.close();
		signal.addEventListener("abort", () => document.close());
		return new PdfPages(document).element;
	} catch (error) {
		return apology(t(error instanceof PasswordNeeded ? "preview.pdf.password" : "preview.pdf.failed"));
	}
}

class PdfPages {
	readonly element = make("div", { class: "pdf" });
	private readonly canvas = make("canvas", { class: "pdf__page", attributes: { "aria-hidden": "true" } });
	private readonly text = make("div", {
		class: "visually-hidden",
		attributes: { role: "document", "aria-label": t("preview.pdf.text") },
	});
	private readonly sheet = make("div", {
		class: "pdf__sheet",
		attributes: { tabindex: "0", role: "region" },
	});
	private readonly place = make("span", { class: "pdf__place", attributes: { role: "status" } });
	private readonly previous = button(t("preview.pdf.previous"), () => this.go(-1), {
		look: "small",
		icon: "arrow-back",
		iconOnly: true,
	});
	private readonly next = button(t("preview.pdf.next"), () => this.go(1), {
		look: "small",
		icon: "arrow-forward",
		iconOnly: true,
	});
	private page = 1;
	private zoom = 1;

	constructor(private readonly document: PdfDocument) {
		this.sheet.setAttribute("aria-label", t("preview.pdf.text"));
		this.sheet.append(this.canvas, this.text);
		const larger = button(t("preview.pdf.larger"), () => this.scale(STEP), {
			look: "small quiet",
			icon: "zoom-in",
			iconOnly: true,
		});
		const smaller = button(t("preview.pdf.smaller"), () => this.scale(1 / STEP), {
			look: "small quiet",
			icon: "zoom-out",
			iconOnly: true,
		});
		this.element.append(
			make("div", { class: "pdf__bar" }, this.previous, this.place, this.next, smaller, larger),
			this.sheet,
		);
		this.element.addEventListener("keydown", (event) => this.pressed(event));
		// The width is known once it is on the page.
		new ResizeObserver((_, observer) => {
			observer.disconnect();
			void this.show();
		}).observe(this.sheet);
	}

	private pressed(event: KeyboardEvent): void {
		const steps: Record<string, number> = { PageDown: 1, PageUp: -1 };
		const step = steps[event.key];
		if (!step) return;
		event.preventDefault();
		this.go(step);
	}

	private go(by: number): void {
		const to = Math.min(Math.max(this.page + by, 1), this.document.pages);
		if (to === this.page) return;
		this.page = to;
		this.sheet.scrollTo(0, 0);
		void this.show();
	}

	private scale(by: number): void {
		this.zoom = Math.min(Math.max(this.zoom * by, SMALLEST), LARGEST);
		void this.show();
	}

	private async show(): Promise<void> {
		const { page, zoom } = this;
		const { pages } = this.document;
		setText(this.place, t("preview.pdf.page", { page, pages }));
		this.previous.disabled = page <= 1;
		this.next.disabled = page >= pages;
		const width = Math.max(240, Math.min(this.sheet.clientWidth - 16, 1000)) * zoom;
		this.canvas.style.width = `${width}px`;
		try {
			const text = await this.document.draw(page, this.canvas, width * devicePixelRatio);
			if (page === this.page) setText(this.text, text);
		} catch (error) {
			// Another page was asked for meanwhile.
			if (error instanceof Error && error.name === "RenderingCancelledException") return;
			this.sheet.replaceChildren(apology(t("preview.pdf.failed")));
		}
	}
}
