/** A browser and a server for tests of elements: the test pages are built once, and served under the very
 *  content security policy of the product. */
import { createReadStream, existsSync, mkdtempSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { build } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));
const TYPES: Record<string, string> = {
	".js": "text/javascript",
	".css": "text/css",
	".wasm": "application/wasm",
	".woff2": "font/woff2",
};

/** As in medicus/settings.py. */
const POLICY = [
	"default-src 'none'",
	"script-src 'self' 'wasm-unsafe-eval'",
	"worker-src 'self' blob:",
	"style-src 'self'",
	"img-src 'self' data: blob:",
	"font-src 'self'",
	"connect-src 'self'",
	"require-trusted-types-for 'script'",
	"trusted-types default",
].join("; ");

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Build a page of tests/ui/pages into a folder of its own. Returns the folder. */
export async function buildPage(name: string): Promise<string> {
	const outDir = mkdtempSync(join(tmpdir(), "medicus-ui-"));
	const alias = [
		{ find: /^events$/, replacement: "events/" },
		{ find: /^url$/, replacement: "url/" },
	];
	await build({
		configFile: false,
		root: join(here, "../.."),
		base: "/",
		logLevel: "error",
		resolve: { alias },
		worker: { format: "es" },
		build: {
			outDir,
			assetsInlineLimit: 0,
			target: "es2023",
			chunkSizeWarningLimit: 9000,
			rollupOptions: {
				input: { page: join(here, `pages/${name}.ts`), main: join(here, "../../src/pages/main.css") },
				output: { entryFileNames: "[name].js", assetFileNames: "assets/[name][extname]" },
			},
		},
	});
	return outDir;
}

/** Serve a built page at `/…`; `answers`: what the own server would say, by path. */
export async function serve(
	folder: string,
	answers: Record<string, Answer>,
): Promise<{ url: string; close(): void }> {
	const server = createServer((request, response) => {
		const path = new URL(request.url ?? "/", "http://localhost").pathname;
		response.setHeader("Content-Security-Policy", POLICY);
		const answer = answers[path];
		if (answer) return answer(request, response);
		const file = join(folder, path);
		if (extname(path) && existsSync(file)) {
			response.setHeader("Content-Type", TYPES[extname(path)] ?? "application/octet-stream");
			return createReadStream(file).pipe(response);
		}
		response.setHeader("Content-Type", "text/html; charset=utf-8");
		return response.end(shell(folder));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	return { url: `http://localhost:${port}`, close: () => server.close() };
}

function shell(folder: string): string {
	const own = existsSync(join(folder, "assets/page.css"))
		? '<link rel="stylesheet" href="/assets/page.css">'
		: "";
	return `<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Test</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/assets/main.css">${own}
<script type="module" src="/page.js"></script></head><body class="work"><main class="page page--fill"></main></body></html>`;
}

/** Chromium as the tests find it: `CHROMIUM` names another one. */
export function openBrowser(): Promise<Browser> {
	return chromium.launch({
		executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		args: ["--no-sandbox"],
	});
}
