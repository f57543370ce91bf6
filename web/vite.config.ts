/// <reference types="vitest/config" />
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { compress } from "./build/compress.ts";
import { entryName, serviceWorker } from "./build/service-worker.ts";

const here = dirname(fileURLToPath(import.meta.url));
const pages = join(here, "src/pages");

const NODE_MODULE = /Module "(fs|path)" has been externalized for browser compatibility/;

/** Every script or style sheet directly in src/pages is an entry that a template may name. */
function entries(): string[] {
	return readdirSync(pages)
		.filter((name) => /\.(ts|css)$/.test(name) && !name.endsWith(".d.ts"))
		.map((name) => join(pages, name));
}

export default defineConfig(({ mode }) => ({
	root: here,
	plugins: [serviceWorker(), compress()],
	base: "/static/web/",
	resolve: {
		// Cornerstone's parts import Node's names; these packages are their browser twins.
		alias: [
			{ find: /^events$/, replacement: "events/" },
			{ find: /^url$/, replacement: "url/" },
			{ find: /^xmlbuilder2$/, replacement: join(here, "src/viewer/no-xml.ts") },
		],
	},
	build: {
		outDir: "dist",
		manifest: "manifest.json",
		target: "es2023",
		// The content security policy knows no data: fonts and no data: scripts.
		assetsInlineLimit: 0,
		chunkSizeWarningLimit: 4000,
		rollupOptions: {
			input: mode === "test" ? [] : [...entries(), join(here, "src/service-worker.ts")],
			output: { entryFileNames: entryName },
			checks: { pluginTimings: false },
			// The codecs of Cornerstone name Node's modules in branches that no browser takes.
			onwarn: (warning, warn) => NODE_MODULE.test(warning.message) || warn(warning),
		},
	},
	worker: { format: "es", rollupOptions: { checks: { pluginTimings: false } } },
	test: {
		environment: "node",
		// Most of a browser test is waiting for the browser.
		maxWorkers: 2,
		projects: [
			{
				extends: true,
				test: {
					name: "unit",
					include: ["tests/**/*.test.ts"],
					exclude: ["tests/browser/**", "tests/**/*.browser.test.ts"],
					testTimeout: 20_000,
				},
			},
			{
				extends: true,
				test: {
					name: "browser",
					include: ["tests/browser/**/*.test.ts", "tests/**/*.browser.test.ts"],
					// The engine's tests in a browser share one build of their pages.
					globalSetup: ["tests/browser/setup.ts"],
					testTimeout: 120_000,
				},
			},
		],
	},
}));
