import encodeQR from "qr";

const SVG = "http://www.w3.org/2000/svg";

/** A QR code (ISO/IEC 18004) as a picture that is drawn here: nobody else could put another link into it.
 *
 *  label: what a screen reader says instead. */
export function qrCode(text: string, label: string): SVGSVGElement {
	const rows = encodeQR(text, "raw", { ecc: "medium", border: 2 });
	const dark = rows.flatMap((row, y) => row.flatMap((set, x) => (set ? [`M${x} ${y}h1v1h-1z`] : [])));
	const picture = document.createElementNS(SVG, "svg");
	picture.setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`);
	picture.setAttribute("shape-rendering", "crispEdges");
	picture.setAttribute("role", "img");
	picture.setAttribute("aria-label", label);
	const path = document.createElementNS(SVG, "path");
	path.setAttribute("d", dark.join(""));
	picture.append(path);
	return picture;
}
