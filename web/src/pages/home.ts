/** The work list. */
import "../lib/trusted-types";
import "../styles/urgent.css";
import "../elements/inbox/element";
import "../elements/urgent/element";
import { createMessenger } from "../engine/client";

const inbox = document.querySelector("medicus-inbox");
const urgent = document.querySelector("medicus-urgent");
if (inbox) {
	const messenger = createMessenger();
	inbox.messenger = messenger;
	if (urgent) urgent.messenger = messenger;
}
