/** The page for when there is no connection (`offline.html`): opens what was wanted as soon as it can. */
import "../lib/trusted-types";

const EVERY_MS = 15_000;

async function lookAgain(): Promise<void> {
	try {
		const { ok } = await fetch("/health/live", { cache: "no-store" });
		if (ok) location.reload();
	} catch {
		// Still away.
	}
}

addEventListener("online", () => void lookAgain());
setInterval(() => void lookAgain(), EVERY_MS);
for (const button of document.querySelectorAll(".again")) {
	button.addEventListener("click", () => location.reload());
}
