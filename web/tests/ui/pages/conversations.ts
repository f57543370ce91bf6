import "../../../src/lib/trusted-types";
import "../../../src/styles/conversation.css";
import "../../../src/styles/viewer.css";
import "../../../src/elements/conversation";
import "../../../src/viewer";
import { ME } from "../cast";
import type { FakeMessenger } from "../fake-messenger";
import { SCENES } from "../scenes";

const parameters = new URLSearchParams(location.search);
const messenger = SCENES[parameters.get("scene") ?? "ready"]?.() as FakeMessenger;
const element = document.createElement("medicus-conversations");
element.setAttribute("person", ME);
if (parameters.has("new")) element.setAttribute("new", "");
if (parameters.has("patient")) {
	element.setAttribute("reader", "patient");
	document.body.className = "calm";
	document.body.dataset.reader = "patient";
}
for (const [name, value] of parameters)
	if (/^(invite|patient-)/.test(name)) element.setAttribute(name, value);
document.querySelector("main")?.append(element);
element.messenger = messenger;
Object.assign(window, { messenger });
