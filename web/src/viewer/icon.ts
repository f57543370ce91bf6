const SVG = "http://www.w3.org/2000/svg";

/** Line icons on a 24 × 24 grid, for what KERN has no icon for. */
const PATHS = {
	back: "M15 5l-7 7 7 7",
	close: "M6 6l12 12M18 6 6 18",
	contrast: "M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18zM12 3v18M12 7h7M12 12h9M12 17h7",
	forward: "M9 5l7 7-7 7",
	frames: "M8 8h12v12H8zM4 16V4h12",
	invert: "M4 4h16v16H4zM4 20 20 4M8 8v4M6 10h4M14 16h4",
	lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
	minus: "M5 12h14",
	pan: "M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3",
	plus: "M12 5v14M5 12h14",
	reset: "M4 5v5h5M4.5 10A8 8 0 1 1 4 14",
	warning: "M12 4 2.5 20h19zM12 10v5M12 17.5h.01",
	zoom: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 21 21M10.5 7.5v6M7.5 10.5h6",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing that says nothing by itself: screen readers skip it, the text beside it speaks. */
export function icon(name: IconName, className = "icon"): SVGSVGElement {
	const svg = document.createElementNS(SVG, "svg");
	const path = document.createElementNS(SVG, "path");
	svg.setAttribute("class", className);
	svg.setAttribute("viewBox", "0 0 24 24");
	svg.setAttribute("aria-hidden", "true");
	svg.setAttribute("focusable", "false");
	path.setAttribute("d", PATHS[name]);
	svg.append(path);
	return svg;
}
