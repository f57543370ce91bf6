/** The page of conversations: the workspace, fed by the messenger of this browser. */
import "../lib/trusted-types";
import "../styles/conversation.css";
import "../styles/viewer.css";
import "../elements/conversation";
import { beginKeyWatch } from "../elements/key-watch/begin";
import "../viewer";
import { createMessenger } from "../engine/client";

const workspace = document.querySelector("medicus-conversations");
if (workspace) workspace.messenger = createMessenger();
beginKeyWatch();
