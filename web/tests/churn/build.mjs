/** Build the page of walk.ts into a folder: `node tests/churn/build.mjs FOLDER`. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const web = fileURLToPath(new URL("../..", import.meta.url));
const outDir = process.argv[2];

await build({
	configFile: false,
	root: web,
	base: "/",
	logLevel: "error",
	build: {
		outDir,
		emptyOutDir: false,
		assetsInlineLimit: 0,
		target: "es2023",
		chunkSizeWarningLimit: 9000,
		rollupOptions: { input: join(web, "tests/churn/walk.ts"), output: { entryFileNames: "page.js" } },
	},
});
writeFileSync(join(outDir, "index.html"), '<!doctype html><script type="module" src="/page.js"></script>');
