/** The page of one finding: its image, or its document. */
import "../lib/trusted-types";
import "../styles/viewer.css";
import "../viewer";
import "../styles/document.css";
import "../elements/document/element";
import { t } from "../i18n/viewer";

/** Once access has ended, nothing on the page says whose image it was, and nothing offers it. */
function forget(): void {
	const ended = t("viewer.failed.ended");
	const heading = document.querySelector("h1");
	if (heading) heading.textContent = ended;
	const bar = document.querySelector(".bar");
	bar?.replaceChildren(...bar.querySelectorAll(".back, h1"));
	document.title = `${ended} – Medicus`;
}

document.addEventListener("viewer-state", (event) => {
	if ((event as CustomEvent<string>).detail === "ended") forget();
});
