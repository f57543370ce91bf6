/** A picture that is changed before it is sent. Each step changes pixels, and what comes out is encoded anew: nothing
 *  that was covered, and nothing that the camera wrote beside the pixels, is in the result. */

import { MAXIMUM_PIXELS, SIZE_HEAD_BYTES, sizeOf } from "./image-size";

export interface Point {
	x: number;
	y: number;
}

/** In pixels of the picture as it stands. */
export interface Box extends Point {
	width: number;
	height: number;
}

export type Step =
	| { kind: "rotate" }
	| { kind: "blacken" | "blur"; box: Box }
	| { kind: "arrow"; from: Point; to: Point };

/** The picture has too many pixels, or is of no format that is known here. */
export class PictureRefused extends Error {}

const LONGEST_SIDE = 4096;
/** Squares that a pixelated area consists of, along its longer side. Few enough that no letter survives: letters can be
 *  computed back from a fine grid or a soft blur. */
const SQUARES = 6;

export class Picture {
	private readonly steps: Step[] = [];
	private now: HTMLCanvasElement;

	private constructor(private readonly original: HTMLCanvasElement) {
		this.now = original;
	}

	/** Raises: PictureRefused. */
	static async open(blob: Blob): Promise<Picture> {
		const size = sizeOf(new Uint8Array(await blob.slice(0, SIZE_HEAD_BYTES).arrayBuffer()));
		if (!size || size.width * size.height > MAXIMUM_PIXELS) throw new PictureRefused();
		const bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" }).catch(() => {
			throw new PictureRefused();
		});
		const share = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
		const canvas = canvasOf(Math.round(bitmap.width * share), Math.round(bitmap.height * share));
		contextOf(canvas).drawImage(bitmap, 0, 0, canvas.width, canvas.height);
		bitmap.close();
		return new Picture(canvas);
	}

	get canvas(): HTMLCanvasElement {
		return this.now;
	}

	get changed(): boolean {
		return this.steps.length > 0;
	}

	apply(step: Step): void {
		this.steps.push(step);
		this.now = applied(this.now, step);
	}

	/** Take the last step back: from the original anew, because its pixels are gone. */
	undo(): void {
		this.steps.pop();
		this.now = this.steps.reduce(applied, this.original);
	}

	/** type: `image/png` for what has letters and lines, else JPEG. */
	encoded(type: "image/png" | "image/jpeg"): Promise<Blob> {
		return new Promise((resolve, reject) => {
			const done = (blob: Blob | null) => (blob ? resolve(blob) : reject(new PictureRefused()));
			this.now.toBlob(done, type, 0.9);
		});
	}
}

/** Leaves the canvas before the step as it was. */
function applied(before: HTMLCanvasElement, step: Step): HTMLCanvasElement {
	const turned = step.kind === "rotate";
	const after = canvasOf(turned ? before.height : before.width, turned ? before.width : before.height);
	const context = contextOf(after);
	if (turned) {
		context.translate(after.width, 0);
		context.rotate(Math.PI / 2);
	}
	context.drawImage(before, 0, 0);
	if (step.kind === "blacken") blacken(context, inside(step.box, after));
	if (step.kind === "blur") pixelate(context, before, inside(step.box, after));
	if (step.kind === "arrow") drawArrow(context, step, after);
	return after;
}

function blacken(context: CanvasRenderingContext2D, { x, y, width, height }: Box): void {
	context.fillStyle = "#000";
	context.fillRect(x, y, width, height);
}

function pixelate(context: CanvasRenderingContext2D, before: HTMLCanvasElement, box: Box): void {
	const side = Math.max(1, Math.max(box.width, box.height) / SQUARES);
	const small = canvasOf(
		Math.max(1, Math.round(box.width / side)),
		Math.max(1, Math.round(box.height / side)),
	);
	const { x, y, width, height } = box;
	const coarse = contextOf(small);
	coarse.imageSmoothingQuality = "high";
	coarse.drawImage(before, x, y, width, height, 0, 0, small.width, small.height);
	context.imageSmoothingEnabled = false;
	context.drawImage(small, 0, 0, small.width, small.height, x, y, width, height);
}

/** Yellow with a dark edge: seen on an X-ray and on skin. */
function drawArrow(
	context: CanvasRenderingContext2D,
	{ from, to }: { from: Point; to: Point },
	{ width, height }: HTMLCanvasElement,
): void {
	const thick = Math.max(3, Math.max(width, height) / 200);
	const angle = Math.atan2(to.y - from.y, to.x - from.x);
	const tip = (turn: number): Point => ({
		x: to.x - thick * 6 * Math.cos(angle + turn),
		y: to.y - thick * 6 * Math.sin(angle + turn),
	});
	const path = new Path2D();
	path.moveTo(from.x, from.y);
	path.lineTo(to.x, to.y);
	for (const side of [tip(0.45), tip(-0.45)]) {
		path.moveTo(to.x, to.y);
		path.lineTo(side.x, side.y);
	}
	context.lineCap = "round";
	for (const [color, more] of [
		["#131525", 2],
		["#ffd60a", 1],
	] as const) {
		context.strokeStyle = color;
		context.lineWidth = thick * more;
		context.stroke(path);
	}
}

/** The part of a box that is on the picture, in whole pixels: none is left half covered at its edge. */
function inside(box: Box, { width, height }: { width: number; height: number }): Box {
	const x = Math.max(0, Math.floor(box.x));
	const y = Math.max(0, Math.floor(box.y));
	const right = Math.min(width, Math.ceil(box.x + box.width));
	const bottom = Math.min(height, Math.ceil(box.y + box.height));
	return { x, y, width: Math.max(1, right - x), height: Math.max(1, bottom - y) };
}

function canvasOf(width: number, height: number): HTMLCanvasElement {
	const canvas = document.createElement("canvas");
	canvas.width = Math.max(1, width);
	canvas.height = Math.max(1, height);
	return canvas;
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
	const context = canvas.getContext("2d");
	if (!context) throw new PictureRefused();
	return context;
}
