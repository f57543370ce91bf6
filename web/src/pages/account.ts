/** A person's own account. */
import "../lib/trusted-types";
import "../elements/print";
