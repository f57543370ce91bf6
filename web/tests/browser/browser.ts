/** Chromium for the tests: /usr/bin/chromium, or what CHROMIUM names. */

import { type Browser, chromium } from "playwright-core";

export function launch(): Promise<Browser> {
	const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
	return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}
