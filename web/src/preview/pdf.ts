/** A PDF drawn onto a canvas by pdf.js in a worker. No scripts, forms, links, eval or system fonts: what a page shows is
 *  pixels, and beside them its text for screen readers. */

import {
	getDocument,
	type PDFDocumentProxy,
	PDFWorker,
	type RenderTask,
} from "pdfjs-dist/legacy/build/pdf.mjs";
import { MAXIMUM_PIXELS } from "./image-size";

/** Fonts that PDFs may leave out, and decoders for scans; from the own origin, by name. Without those for Chinese, Japanese
 *  and Korean texts. */
const PARTS = import.meta.glob<string>(
	["../../node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}", "../../node_modules/pdfjs-dist/wasm/*.wasm"],
	{ query: "?url", import: "default", eager: true },
);
const URLS = new Map(Object.entries(PARTS).map(([path, url]) => [path.split("/").at(-1) ?? "", url]));

/** A canvas larger than this is drawn coarser. */
const CANVAS_PIXELS = 8_000_000;

export class PasswordNeeded extends Error {}

class OwnParts {
	async fetch({ filename }: { kind: string; filename: string }): Promise<Uint8Array> {
		const url = URLS.get(filename);
		if (!url) throw new Error(`not among the own parts: ${filename}`);
		const answer = await fetch(url);
		if (!answer.ok) throw new Error(`not loaded: ${filename}`);
		return new Uint8Array(await answer.arrayBuffer());
	}
}

export class PdfDocument {
	private drawing: RenderTask | null = null;

	private constructor(
		private readonly document: PDFDocumentProxy,
		private readonly end: () => void,
	) {}

	/** Raises: PasswordNeeded; any error for what is no PDF. */
	static async open(blob: Blob): Promise<PdfDocument> {
		const port = new Worker(new URL("./pdf-worker.ts", import.meta.url), { type: "module", name: "pdf" });
		const worker = PDFWorker.create({ port });
		const end = () => {
			worker.destroy();
			port.terminate();
		};
		const loading = getDocument({
			data: new Uint8Array(await blob.arrayBuffer()),
			worker,
			isEvalSupported: false,
			enableXfa: false,
			// Letters are drawn as paths: no font of a stranger is handed to the system.
			disableFontFace: true,
			useSystemFonts: false,
			useWorkerFetch: false,
			BinaryDataFactory: OwnParts,
			maxImageSize: MAXIMUM_PIXELS,
			verbosity: 0,
		});
		try {
			return new PdfDocument(await loading.promise, end);
		} catch (error) {
			end();
			throw error instanceof Error && error.name === "PasswordException" ? new PasswordNeeded() : error;
		}
	}

	get pages(): number {
		return this.document.numPages;
	}

	/** Draw a page as wide as `widthPixels`, and return its text. A drawing under way is given up. */
	async draw(number: number, canvas: HTMLCanvasElement, widthPixels: number): Promise<string> {
		this.drawing?.cancel();
		const page = await this.document.getPage(number);
		const plain = page.getViewport({ scale: 1 });
		const wanted = widthPixels / plain.width;
		const most = Math.sqrt(CANVAS_PIXELS / (plain.width * plain.height));
		const viewport = page.getViewport({ scale: Math.min(wanted, most) });
		const fresh = document.createElement("canvas");
		fresh.width = Math.max(1, Math.floor(viewport.width));
		fresh.height = Math.max(1, Math.floor(viewport.height));
		const drawing = page.render({ canvas: fresh, viewport, annotationMode: 1 });
		this.drawing = drawing;
		await drawing.promise;
		canvas.width = fresh.width;
		canvas.height = fresh.height;
		canvas.getContext("2d")?.drawImage(fresh, 0, 0);
		const { items } = await page.getTextContent();
		page.cleanup();
		return items.map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : "") : "")).join("");
	}

	close(): void {
		this.drawing?.cancel();
		this.end();
	}
}
