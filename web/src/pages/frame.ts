/** Every page: the one Trusted Types policy first, then the small things of the frame. */
import "../lib/trusted-types";
import { tendMenus } from "../elements/menu";
import { registerServiceWorker } from "../lib/register";

tendMenus(document);
// A form came back with errors: show them, wherever on the page it stands, and let screen readers begin there.
document.getElementById("errors")?.focus();
void registerServiceWorker();
