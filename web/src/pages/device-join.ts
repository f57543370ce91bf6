/** The page on which a person's first browser approves another one. */
import "../lib/trusted-types";
import "../elements/confirm";
import "../elements/device-approval/element";
import { createMessenger } from "../engine/client";

const approval = document.querySelector("medicus-device-approval");
if (approval) approval.messenger = createMessenger();
