import type { Commands } from "./toolbar";

/** What keys need besides the toolbar's commands. */
export interface KeyTarget extends Commands {
	readonly frame: number;
	readonly frames: number;
	panBy(x: number, y: number): void;
}

const PAN_PIXELS = 40;
const JUMP_FRAMES = 10;

const ARROWS: Record<string, [number, number]> = {
	ArrowLeft: [-1, 0],
	ArrowRight: [1, 0],
	ArrowUp: [0, -1],
	ArrowDown: [0, 1],
};

/** Do what `event` asks for. Returns false when the key means nothing here, so the page may have it. */
export function pressed(event: KeyboardEvent, target: KeyTarget): boolean {
	if (event.ctrlKey || event.altKey || event.metaKey) return false;
	const arrow = ARROWS[event.key];
	if (arrow) return arrowPressed(arrow, event.shiftKey, target);
	const action = actions(target)[event.key.length === 1 ? event.key.toLowerCase() : event.key];
	action?.();
	return action !== undefined;
}

function arrowPressed([x, y]: [number, number], shift: boolean, target: KeyTarget): boolean {
	if (shift || target.frames === 1) target.panBy(x * PAN_PIXELS, y * PAN_PIXELS);
	else target.showFrame(target.frame + x + y);
	return true;
}

function actions(target: KeyTarget): Record<string, () => void> {
	const frames: Record<string, () => void> =
		target.frames === 1
			? {}
			: {
					PageUp: () => target.showFrame(target.frame - JUMP_FRAMES),
					PageDown: () => target.showFrame(target.frame + JUMP_FRAMES),
					Home: () => target.showFrame(1),
					End: () => target.showFrame(target.frames),
				};
	return {
		...frames,
		"+": () => target.zoomBy(1.25),
		"=": () => target.zoomBy(1.25),
		"-": () => target.zoomBy(0.8),
		i: () => target.invert(),
		r: () => target.reset(),
	};
}
