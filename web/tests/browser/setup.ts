/** Build the test pages once for all browser tests. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import type { TestProject } from "vitest/node";

declare module "vitest" {
	interface ProvidedContext {
		pages: string;
	}
}

const web = fileURLToPath(new URL("../..", import.meta.url));

export default async function setup(project: TestProject): Promise<() => void> {
	const folder = mkdtempSync(join(tmpdir(), "medicus-engine-"));
	const page = (name: string) => join(web, `tests/browser/pages/${name}.ts`);
	await build({
		configFile: false,
		root: web,
		base: "/static/web/",
		logLevel: "error",
		worker: { format: "es" },
		build: {
			outDir: folder,
			assetsInlineLimit: 0,
			target: "es2023",
			minify: false,
			chunkSizeWarningLimit: 9000,
			rollupOptions: {
				input: { client: page("client"), engines: page("engines") },
				output: { entryFileNames: "[name].js" },
			},
		},
	});
	project.provide("pages", folder);
	return () => rmSync(folder, { recursive: true, force: true });
}
