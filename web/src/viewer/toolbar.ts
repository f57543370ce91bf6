import { make, setAttribute, setHidden } from "../dom/make";
import { t } from "../i18n/viewer";
import type { ImageHeader } from "./header";
import { type IconName, icon } from "./icon";
import { CT_PRESETS, type GreyWindow, type PresetName, presetOf } from "./presets";
import type { View } from "./stage";
import type { ToolName } from "./tools";

/** What the toolbar may ask of the viewer. */
export interface Commands {
	use(tool: ToolName): void;
	setWindow(window: GreyWindow): void;
	invert(): void;
	reset(): void;
	zoomBy(factor: number): void;
	showFrame(frame: number): void;
}

const TOOL_ICONS: Record<ToolName, IconName> = {
	window: "contrast",
	pan: "pan",
	zoom: "zoom",
	scroll: "frames",
};

/** Buttons and fields over the picture; everything the pointer can do can be done here by keyboard. */
export class Toolbar {
	readonly element = make("div", { class: "viewer__tools", attributes: { role: "group" } });
	private readonly toolButtons = new Map<ToolName, HTMLButtonElement>();
	private readonly invertButton: HTMLButtonElement;
	/** The window the picture opened with, where the file names none. */
	private opening: GreyWindow | null = null;
	private readonly preset = make("select", { class: "viewer__select" });
	private readonly center = numberField();
	private readonly width = numberField();
	private readonly slider = make("input", {
		class: "viewer__slider",
		attributes: { type: "range", min: "1" },
	});
	private readonly position = make("span", { class: "viewer__position" });

	constructor(
		private readonly header: ImageHeader,
		private readonly commands: Commands,
	) {
		this.invertButton = button("invert", t("viewer.invert"), () => commands.invert());
		this.element.append(this.toolGroup(), this.windowGroup(), this.viewGroup(), this.frameGroup());
		setAttribute(this.element, "aria-label", t("viewer.tools"));
		this.choose(this.header.image.colour ? "pan" : "window");
	}

	update(view: View): void {
		const { frames } = this.header.image;
		setAttribute(this.invertButton, "aria-pressed", String(view.inverted));
		if (view.window) this.updateWindow(view.window);
		this.slider.value = String(view.frame);
		const text = t("viewer.frame", { frame: view.frame, frames });
		setAttribute(this.slider, "aria-valuetext", text);
		this.position.textContent = `${view.frame} / ${frames}`;
	}

	choose(tool: ToolName): void {
		for (const [name, element] of this.toolButtons)
			setAttribute(element, "aria-pressed", String(name === tool));
		this.commands.use(tool);
	}

	private updateWindow(window: GreyWindow): void {
		this.opening ??= window;
		showNumber(this.center, window.center);
		showNumber(this.width, window.width);
		this.preset.value = this.presetValue(window);
	}

	private presetValue(window: GreyWindow): string {
		const stored = this.header.image.windows.findIndex((one) => close(one, window));
		if (stored >= 0) return `file-${stored}`;
		if (this.opening && close(this.opening, window)) return "opening";
		return (this.header.series.modality === "CT" && presetOf(window)) || "custom";
	}

	private toolGroup(): HTMLElement {
		const names: ToolName[] = this.header.image.colour ? ["pan", "zoom"] : ["window", "pan", "zoom"];
		if (this.header.image.frames > 1) names.push("scroll");
		for (const name of names) {
			const label = t(`viewer.tool.${name}`);
			this.toolButtons.set(
				name,
				button(TOOL_ICONS[name], label, () => this.choose(name)),
			);
		}
		return group(t("viewer.tool"), ...this.toolButtons.values());
	}

	private windowGroup(): HTMLElement {
		this.fillPresets();
		this.preset.addEventListener("change", () => this.applyPreset());
		for (const field of [this.center, this.width])
			field.addEventListener("change", () => this.applyNumbers());
		const element = group(
			t("viewer.window"),
			labelled(t("viewer.preset"), this.preset),
			labelled(t("viewer.center"), this.center),
			labelled(t("viewer.width"), this.width),
		);
		setHidden(element, this.header.image.colour);
		return element;
	}

	private fillPresets(): void {
		const option = (value: string, text: string) => make("option", { text, attributes: { value } });
		if (!this.header.image.windows.length) this.preset.append(option("opening", t("viewer.preset.opening")));
		this.header.image.windows.forEach((_, index, all) => {
			const number = all.length > 1 ? ` ${index + 1}` : "";
			this.preset.append(option(`file-${index}`, t("viewer.preset.file") + number));
		});
		if (this.header.series.modality === "CT") {
			const names = Object.keys(CT_PRESETS) as PresetName[];
			this.preset.append(...names.map((name) => option(name, t(`viewer.preset.${name}`))));
		}
		this.preset.append(option("custom", t("viewer.preset.custom")));
	}

	private applyPreset(): void {
		const chosen = this.windowOf(this.preset.value);
		if (chosen) this.commands.setWindow(chosen);
		else this.center.focus();
	}

	private windowOf(option: string): GreyWindow | null {
		if (option === "opening") return this.opening;
		const stored = option.startsWith("file-") ? Number(option.slice("file-".length)) : -1;
		return this.header.image.windows[stored] ?? CT_PRESETS[option as PresetName] ?? null;
	}

	private applyNumbers(): void {
		const center = this.center.valueAsNumber;
		const width = this.width.valueAsNumber;
		if (Number.isFinite(center) && width >= 1) this.commands.setWindow({ center, width });
	}

	private viewGroup(): HTMLElement {
		return group(
			"",
			button("minus", t("viewer.zoom-out"), () => this.commands.zoomBy(0.8), true),
			button("plus", t("viewer.zoom-in"), () => this.commands.zoomBy(1.25), true),
			this.invertButton,
			button("reset", t("viewer.reset"), () => this.commands.reset()),
		);
	}

	private frameGroup(): HTMLElement {
		const { frames } = this.header.image;
		const step = (by: number) => this.commands.showFrame(this.slider.valueAsNumber + by);
		this.slider.max = String(frames);
		setAttribute(this.slider, "aria-label", t("viewer.frame.slider"));
		this.slider.addEventListener("input", () => this.commands.showFrame(this.slider.valueAsNumber));
		const element = group(
			"",
			button("back", t("viewer.frame.previous"), () => step(-1), true),
			this.slider,
			button("forward", t("viewer.frame.next"), () => step(1), true),
			this.position,
		);
		element.classList.add("viewer__group--frames");
		setHidden(element, frames < 2);
		return element;
	}
}

function button(name: IconName, label: string, action: () => void, iconOnly = false): HTMLButtonElement {
	const text = make("span", { class: iconOnly ? "visually-hidden" : "viewer__label", text: label });
	const attributes = { type: "button", title: label };
	return make("button", { class: "viewer__button", attributes, on: { click: action } }, icon(name), text);
}

function group(label: string, ...children: Node[]): HTMLElement {
	const attributes: Record<string, string> = label ? { role: "group", "aria-label": label } : {};
	return make("div", { class: "viewer__group", attributes }, ...children);
}

function labelled(text: string, field: HTMLElement): HTMLElement {
	return make("label", { class: "viewer__field" }, make("span", { text }), field);
}

function numberField(): HTMLInputElement {
	return make("input", { class: "viewer__number", attributes: { type: "number", step: "1" } });
}

/** Show a value, unless somebody is typing there. */
function showNumber(field: HTMLInputElement, value: number): void {
	const text = String(Math.round(value));
	if (document.activeElement !== field && field.value !== text) field.value = text;
}

function close(one: GreyWindow, other: GreyWindow): boolean {
	return Math.abs(one.center - other.center) < 0.6 && Math.abs(one.width - other.width) < 0.6;
}
