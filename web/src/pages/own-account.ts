/** A person's account: sessions and devices, and whether the log tells of no others. */
import "../lib/trusted-types";
import { beginKeyWatch } from "../elements/key-watch/begin";

beginKeyWatch();
