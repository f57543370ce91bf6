import { button } from "../../dom/button";
import { make, setAttribute, setText } from "../../dom/make";
import { t } from "../../i18n/attachment";
import { t as common } from "../../i18n/common";
import { type Box, Picture, type Point } from "../../preview/picture";

type Tool = "blacken" | "blur" | "arrow";
const TOOLS = ["blacken", "blur", "arrow"] as const;
/** A shorter pull, in parts of the picture, was a tap. */
const LEAST = 0.01;
const STEP = 0.02;
const SMALLEST = 0.02;

/** Let a picture be covered, marked and turned. Returns the new one; null when the reader thinks better of it.
 *
 *  Raises: PictureRefused when it cannot be opened here. */
export async function editPicture(file: File): Promise<File | null> {
	const picture = await Picture.open(file);
	const type = file.type === "image/png" ? "image/png" : "image/jpeg";
	const used = await new PictureEditor(picture).show();
	if (!used) return null;
	const name = file.name.replace(/\.[^.]*$/, "") || t("editor.name.photo");
	const ending = type === "image/png" ? "png" : "jpg";
	return new File([await picture.encoded(type)], `${name}.${ending}`, { type });
}

/** The dialog. The frame is in parts of the picture from 0 to 1, so that it fits at every size. */
class PictureEditor {
	private readonly dialog = make("dialog", {
		class: "dialog editor",
		attributes: { "aria-labelledby": "editor-heading" },
	});
	private readonly stage = make("div", {
		class: "editor__stage",
		attributes: { tabindex: "0", role: "application", "aria-label": t("editor.canvas") },
	});
	private readonly frame = make("div", { class: "editor__frame", attributes: { "aria-hidden": "true" } });
	private readonly said = make("p", { class: "editor__said", attributes: { role: "status" } });
	private readonly tools = new Map<Tool, HTMLButtonElement>();
	private readonly undo: HTMLButtonElement;
	private tool: Tool = "blacken";
	private box: Box = { x: 0.3, y: 0.4, width: 0.4, height: 0.2 };
	private from: Point | null = null;

	constructor(private readonly picture: Picture) {
		this.undo = button(t("editor.undo"), () => this.back(), { look: "small", icon: "history" });
		const bar = make("div", {
			class: "editor__tools",
			attributes: { role: "group", "aria-label": t("editor.tools") },
		});
		for (const tool of TOOLS) {
			const one = button(t(`editor.${tool}`), () => this.choose(tool), { look: "small" });
			this.tools.set(tool, one);
			bar.append(one);
		}
		const turn = button(t("editor.rotate"), () => this.rotate(), { look: "small", icon: "autorenew" });
		bar.append(turn, this.undo);
		const hint = make("p", { class: "editor__hint", text: t("editor.hint") });
		const keys = make("p", {
			class: "editor__keys",
			text: t("editor.keyboard"),
			attributes: { id: "editor-keys" },
		});
		setAttribute(this.stage, "aria-describedby", "editor-keys");
		this.dialog.append(
			make(
				"div",
				{ class: "dialog__head" },
				make("h2", { text: t("editor.heading"), attributes: { id: "editor-heading" } }),
			),
			make("div", { class: "dialog__body" }, hint, bar, this.stage, this.said, keys),
			make(
				"div",
				{ class: "dialog__foot" },
				button(common("cancel"), () => this.dialog.close(), { look: "quiet" }),
				button(t("editor.use"), () => this.dialog.close("use"), { look: "primary" }),
			),
		);
		this.listen();
		this.choose("blacken");
		this.draw();
	}

	show(): Promise<boolean> {
		document.body.append(this.dialog);
		this.dialog.showModal();
		this.stage.focus();
		return new Promise((resolve) => {
			this.dialog.addEventListener("close", () => {
				this.dialog.remove();
				resolve(this.dialog.returnValue === "use");
			});
		});
	}

	private listen(): void {
		this.stage.addEventListener("pointerdown", (event) => {
			if (!event.isPrimary || event.button !== 0) return;
			this.stage.setPointerCapture(event.pointerId);
			this.from = this.place(event);
		});
		this.stage.addEventListener("pointermove", (event) => {
			if (this.from) this.span(this.from, this.place(event));
		});
		this.stage.addEventListener("pointerup", (event) => this.released(event));
		this.stage.addEventListener("pointercancel", () => {
			this.from = null;
		});
		this.stage.addEventListener("keydown", (event) => this.pressed(event));
	}

	private released(event: PointerEvent): void {
		const { from } = this;
		this.from = null;
		if (!from) return;
		const to = this.place(event);
		if (Math.hypot(to.x - from.x, to.y - from.y) < LEAST) this.centre(to);
		else this.use(from, to);
	}

	private pressed(event: KeyboardEvent): void {
		const moves: Record<string, [number, number]> = {
			ArrowLeft: [-STEP, 0],
			ArrowRight: [STEP, 0],
			ArrowUp: [0, -STEP],
			ArrowDown: [0, STEP],
		};
		const move = moves[event.key];
		if (move) this.shift(move, event.shiftKey);
		else if (event.key === "Enter" || event.key === " ") this.use(...this.corners());
		else if (event.key === "z" && (event.ctrlKey || event.metaKey)) this.back();
		else return;
		event.preventDefault();
	}

	private shift([x, y]: [number, number], resize: boolean): void {
		const { box } = this;
		if (resize) {
			const width = Math.min(Math.max(box.width + x, SMALLEST), 1 - box.x);
			this.box = { ...box, width, height: Math.min(Math.max(box.height + y, SMALLEST), 1 - box.y) };
		} else {
			this.box = { ...box, x: clamp(box.x + x, 1 - box.width), y: clamp(box.y + y, 1 - box.height) };
		}
		this.showFrame();
	}

	private centre({ x, y }: Point): void {
		const { width, height } = this.box;
		this.box = { width, height, x: clamp(x - width / 2, 1 - width), y: clamp(y - height / 2, 1 - height) };
		this.showFrame();
	}

	private span(from: Point, to: Point): void {
		this.box = {
			x: Math.min(from.x, to.x),
			y: Math.min(from.y, to.y),
			width: Math.abs(to.x - from.x),
			height: Math.abs(to.y - from.y),
		};
		this.showFrame();
	}

	/** From the lower left to the upper right: an arrow's tip is the upper one. */
	private corners(): [Point, Point] {
		const { x, y, width, height } = this.box;
		return [
			{ x, y: y + height },
			{ x: x + width, y },
		];
	}

	private use(from: Point, to: Point): void {
		this.span(from, to);
		const { width, height } = this.picture.canvas;
		const pixel = ({ x, y }: Point): Point => ({ x: x * width, y: y * height });
		if (this.tool === "arrow") this.picture.apply({ kind: "arrow", from: pixel(from), to: pixel(to) });
		else {
			const { box } = this;
			const pixels = { ...pixel(box), width: box.width * width, height: box.height * height };
			this.picture.apply({ kind: this.tool, box: pixels });
		}
		this.changed(this.tool);
	}

	private rotate(): void {
		this.picture.apply({ kind: "rotate" });
		const { x, y, width, height } = this.box;
		this.box = { x: 1 - y - height, y: x, width: height, height: width };
		this.changed("rotate");
	}

	private back(): void {
		if (!this.picture.changed) return;
		this.picture.undo();
		this.changed("undo");
	}

	private changed(what: Tool | "rotate" | "undo"): void {
		this.draw();
		setText(this.said, "");
		setText(this.said, t(`editor.done.${what}`));
	}

	private choose(tool: Tool): void {
		this.tool = tool;
		for (const [name, one] of this.tools) setAttribute(one, "aria-pressed", String(name === tool));
	}

	private draw(): void {
		this.undo.disabled = !this.picture.changed;
		this.stage.replaceChildren(this.picture.canvas, this.frame);
		this.showFrame();
	}

	private showFrame(): void {
		const { x, y, width, height } = this.box;
		const { style } = this.frame;
		style.left = `${x * 100}%`;
		style.top = `${y * 100}%`;
		style.width = `${width * 100}%`;
		style.height = `${height * 100}%`;
	}

	private place({ clientX, clientY }: PointerEvent): Point {
		const { left, top, width, height } = this.picture.canvas.getBoundingClientRect();
		return { x: clamp((clientX - left) / width, 1), y: clamp((clientY - top) / height, 1) };
	}
}

function clamp(value: number, most: number): number {
	return Math.min(Math.max(value, 0), Math.max(0, most));
}
