/** The work list. */
import "../lib/trusted-types";
import "../elements/inbox/element";
import { createMessenger } from "../engine/client";

const inbox = document.querySelector("medicus-inbox");
if (inbox) inbox.messenger = createMessenger();
