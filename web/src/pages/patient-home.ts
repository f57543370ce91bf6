/** A patient's own page: who looked, live; what is shared; and how many messages wait, where this person has keys. */
import "../lib/trusted-types";
import "../elements/confirm";
import "../elements/live-log";
import "../elements/own-messages/element";
import { createMessenger } from "../engine/client";

const messages = document.querySelector("medicus-own-messages");
if (messages) messages.messenger = createMessenger();
