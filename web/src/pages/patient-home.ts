/** A patient's own page: who looked, live; and what is shared. */
import "../lib/trusted-types";
import "../elements/confirm";
import "../elements/live-log";
