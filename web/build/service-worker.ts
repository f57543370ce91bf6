/** Tells the service worker what was built, and writes the page for when there is no connection, from the same files. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin, Rollup } from "vite";

export const SERVICE_WORKER = "service-worker";
const FONTS = /^assets\/fira-sans-latin-(400|600)-normal-[\w-]{8}\.woff2$/;
const ICON = "icon.svg";

/** The bundle's entry of the worker: a fixed name, because browsers look for a new version at the old address. */
export function entryName({ name }: { name: string }): string {
	return name === SERVICE_WORKER ? "service-worker.js" : "assets/[name]-[hash].js";
}

export function serviceWorker(): Plugin {
	let root = "";
	return {
		name: "medicus-service-worker",
		apply: "build",
		configResolved: (config) => {
			root = config.root;
		},
		generateBundle(_options, bundle) {
			const worker = bundle["service-worker.js"];
			if (worker?.type !== "chunk") return;
			if (worker.imports.length > 0) throw new Error("the service worker must be one file");
			const { scripts, styles } = filesOf(bundle, "offline");
			const source = offlinePage(readFileSync(join(root, "offline.html"), "utf8"), scripts, styles);
			this.emitFile({ type: "asset", fileName: "offline.html", source });
			const fonts = Object.keys(bundle).filter((name) => FONTS.test(name));
			const offline = ["offline.html", ICON, ...scripts, ...styles, ...fonts];
			const build = { version: versionOf(bundle, source), offline };
			worker.code = worker.code.replaceAll("__MEDICUS_BUILD__", JSON.stringify(build));
		},
	};
}

/** The scripts and style sheets of one page, with all that they import at once. */
function filesOf(bundle: Rollup.OutputBundle, page: string): { scripts: string[]; styles: string[] } {
	const named = (name: string) => (one: (typeof bundle)[string]) =>
		one.type === "chunk" && one.isEntry && one.name === name;
	const entry = Object.values(bundle).find(named(page));
	if (entry?.type !== "chunk") throw new Error(`no page ${page}`);
	const scripts = new Set([entry.fileName]);
	for (const script of scripts) {
		const chunk = bundle[script];
		if (chunk?.type === "chunk") for (const imported of chunk.imports) scripts.add(imported);
	}
	const main = Object.keys(bundle).filter((name) => /^assets\/main-[\w-]{8}\.css$/.test(name));
	if (main.length !== 1) throw new Error("no style sheet of all pages");
	return { scripts: [...scripts], styles: main };
}

function offlinePage(template: string, scripts: string[], styles: string[]): string {
	const sheets = styles.map((name) => `<link rel="stylesheet" href="/static/web/${name}">`);
	const [entry] = scripts;
	return template.replace(
		"<!-- built -->",
		[...sheets, `<script type="module" src="/static/web/${entry}"></script>`].join("\n  "),
	);
}

function versionOf(bundle: Rollup.OutputBundle, page: string): string {
	const names = Object.keys(bundle).sort().join("\n");
	return createHash("sha256").update(names).update(page).digest("hex").slice(0, 12);
}
