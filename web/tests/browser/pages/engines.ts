/** Scenarios among bare engines, without any server; each returns what the test compares. */
import "../../../src/lib/trusted-types";
import * as scenarios from "../scenarios";

(window as unknown as { scenarios: typeof scenarios }).scenarios = scenarios;
