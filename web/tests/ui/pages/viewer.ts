import "../../../src/lib/trusted-types";
import "../../../src/styles/viewer.css";
import "../../../src/viewer";

const viewer = document.createElement("medicus-dicom-viewer");
const parameters = new URLSearchParams(location.search);
for (const name of ["src", "poll"]) {
	const value = parameters.get(name);
	if (value) viewer.setAttribute(name, value);
}
viewer.classList.add("test-viewer");
document.querySelector("main")?.append(viewer);
