/** The page of one patient: uploads, the examination of what came in, shares. */
import "../lib/trusted-types";
import "../elements/upload/element";
import "../elements/poll";
import "../elements/confirm";
