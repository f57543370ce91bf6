import {
	cache,
	Enums,
	getRenderingCapabilities,
	init as initCore,
	RenderingEngine,
	type StackViewport,
	setUseCPURendering,
	type Types,
} from "@cornerstonejs/core";
import { init as initLoader, wadouri } from "@cornerstonejs/dicom-image-loader";
import { asFailure, ViewerFailure } from "./failure";
import type { ImageHeader } from "./header";
import { type GreyWindow, rangeOf, windowOf } from "./presets";
import { startTools, ToolBench, type ToolName } from "./tools";

/** What the picture shows at this moment. `frame` counts from 1; `zoom` is 1 when the image fits. */
export interface View {
	frame: number;
	window: GreyWindow | null;
	zoom: number;
	inverted: boolean;
}

const MIN_ZOOM = 0.25;
const MAX_ZOOM = 40;

let started = false;
let counter = 0;

/** Start Cornerstone once per page. Without a GPU its CPU renderer is used: software WebGL is slower. */
function start(): void {
	if (started) return;
	initCore();
	const { webgl, softwareRasterizer } = getRenderingCapabilities();
	if (!webgl || softwareRasterizer) setUseCPURendering(true);
	initLoader({ maxWebWorkers: Math.min(4, Math.max(1, navigator.hardwareConcurrency - 1)) });
	startTools();
	started = true;
}

/** One image (with all its frames) on one element, drawn by Cornerstone3D. */
export class Stage {
	private readonly tools: ToolBench;
	private readonly events = new AbortController();
	private inverted = false;
	/** Cornerstone's zoom at which the image fits: 1 on the GPU, a scale in screen pixels on the CPU. */
	private fittingZoom = 1;

	private constructor(
		private readonly element: HTMLDivElement,
		private readonly engine: RenderingEngine,
		private readonly viewport: StackViewport,
		private readonly url: string,
		private readonly image: ImageHeader["image"],
		private readonly changed: (view: View) => void,
	) {
		this.tools = new ToolBench(engine.id, viewport.id, image.frames > 1);
		this.listen();
	}

	/** Decode `file` and draw its first frame. Raises: ViewerFailure `rendering`. */
	static async open(
		element: HTMLDivElement,
		file: Blob,
		image: ImageHeader["image"],
		changed: (view: View) => void,
	): Promise<Stage> {
		start();
		counter += 1;
		const engine = new RenderingEngine(`medicus-${counter}`);
		const viewportId = `medicus-${counter}-picture`;
		engine.enableElement({ viewportId, element, type: Enums.ViewportType.STACK });
		const viewport = engine.getViewport(viewportId) as StackViewport;
		const url = wadouri.fileManager.add(file);
		const stage = new Stage(element, engine, viewport, url, image, changed);
		try {
			await stage.show();
		} catch (reason) {
			stage.close();
			throw asFailure(reason, "rendering");
		}
		return stage;
	}

	private async show(): Promise<void> {
		const imageIds = Array.from({ length: this.frames }, (_, index) => `${this.url}?frame=${index + 1}`);
		await firstImage(this.element, () => this.viewport.setStack(imageIds, 0));
		this.checkValues();
		this.inverted = this.viewport.getProperties().invert ?? false;
		this.fittingZoom = this.viewport.getZoom();
		this.viewport.render();
	}

	/** Refuse a picture whose values the file's own header rules out: then decoder and header disagree about what the
	 *  bits mean (sign, depth), and what would be seen is wrong. Raises: ViewerFailure `rendering`. */
	private checkValues(): void {
		const { range } = this.image;
		const { minPixelValue, maxPixelValue } = this.viewport.getCornerstoneImage();
		if (!range || (minPixelValue >= range.lowest - 0.5 && maxPixelValue <= range.highest + 0.5)) return;
		throw new ViewerFailure("rendering", `${minPixelValue} … ${maxPixelValue}`);
	}

	private listen(): void {
		const { VOI_MODIFIED, STACK_NEW_IMAGE, CAMERA_MODIFIED, IMAGE_RENDERED } = Enums.Events;
		for (const name of [VOI_MODIFIED, STACK_NEW_IMAGE, CAMERA_MODIFIED, IMAGE_RENDERED]) {
			this.element.addEventListener(name, () => this.changed(this.view), { signal: this.events.signal });
		}
		const resized = new ResizeObserver(() => this.resize());
		resized.observe(this.element);
		this.events.signal.addEventListener("abort", () => resized.disconnect());
	}

	/** An image that fits keeps fitting; one that was zoomed or moved stays where it is. */
	private resize(): void {
		const [x, y] = this.viewport.getPan();
		const fits = Math.abs(this.zoom - 1) < 0.001 && Math.hypot(x, y) < 1;
		this.engine.resize(true, !fits);
		if (fits) this.fittingZoom = this.viewport.getZoom();
	}

	get view(): View {
		const properties = this.viewport.getProperties();
		return {
			frame: this.frame,
			window: properties.voiRange ? windowOf(properties.voiRange) : null,
			zoom: this.zoom,
			inverted: this.inverted !== (properties.invert ?? false),
		};
	}

	get frames(): number {
		return this.image.frames;
	}

	get frame(): number {
		return this.viewport.getCurrentImageIdIndex() + 1;
	}

	private get zoom(): number {
		return this.viewport.getZoom() / this.fittingZoom;
	}

	/** The decoded values of the frame on screen, rescaled as the file says. */
	pixels(): Types.PixelDataTypedArray {
		return this.viewport.getCornerstoneImage().getPixelData();
	}

	use(tool: ToolName): void {
		this.tools.use(tool);
	}

	setWindow(window: GreyWindow): void {
		this.viewport.setProperties({ voiRange: rangeOf(window) });
		this.viewport.render();
	}

	invert(): void {
		const { invert } = this.viewport.getProperties();
		this.viewport.setProperties({ invert: !invert });
		this.viewport.render();
	}

	zoomBy(factor: number): void {
		const zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, this.zoom * factor));
		this.viewport.setZoom(zoom * this.fittingZoom);
		this.viewport.render();
	}

	/** Move the picture by screen pixels. */
	panBy(x: number, y: number): void {
		const [left, top] = this.viewport.getPan();
		this.viewport.setPan([left + x, top + y]);
		this.viewport.render();
	}

	/** Show a frame, counted from 1; numbers outside are brought to the nearest. */
	showFrame(frame: number): void {
		const index = Math.min(this.frames, Math.max(1, frame)) - 1;
		if (index !== this.frame - 1) void this.viewport.setImageIdIndex(index);
	}

	/** Window, zoom, position and inversion as they were when the file was opened. */
	reset(): void {
		this.viewport.resetProperties();
		this.viewport.resetCamera();
		this.fittingZoom = this.viewport.getZoom();
		this.viewport.render();
	}

	/** Take the picture off the screen and its pixels out of memory. */
	close(): void {
		this.events.abort();
		this.tools.close();
		this.engine.destroy();
		for (let frame = 1; frame <= this.frames; frame += 1) {
			const imageId = `${this.url}?frame=${frame}`;
			if (cache.getImageLoadObject(imageId)) cache.removeImageLoadObject(imageId, { force: true });
		}
		wadouri.fileManager.remove(Number(this.url.split(":")[1]));
		wadouri.dataSetCacheManager.purge();
	}
}

/** Run `load` and wait until the image is there. A decoding error is only told as an event. */
function firstImage(element: HTMLDivElement, load: () => Promise<unknown>): Promise<void> {
	const done = new AbortController();
	const loaded = new Promise<void>((resolve, reject) => {
		const failed = (event: Event) => reject((event as CustomEvent<{ error: unknown }>).detail.error);
		element.addEventListener(Enums.Events.STACK_NEW_IMAGE, () => resolve(), { signal: done.signal });
		element.addEventListener(Enums.Events.IMAGE_LOAD_ERROR, failed, { signal: done.signal });
		load().then(() => undefined, reject);
	});
	return loaded.finally(() => done.abort());
}
