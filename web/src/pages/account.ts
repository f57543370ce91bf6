/** The sign-in and a person's own account. */
import "../lib/trusted-types";
import "../elements/passkey";
import "../elements/print";
