/** The pages of an organisation's administration. */
import "../lib/trusted-types";
import "../elements/confirm";
import "../elements/copy";
import "../elements/poll";
