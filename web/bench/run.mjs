/** Build the page of engine.ts, open it in Chromium, print its figures as JSON: `npm run bench`. */

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";
import { chromium } from "playwright-core";
import { build } from "vite";

const web = fileURLToPath(new URL("..", import.meta.url));
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };
/** The bars of the design, in the unit of the figure. */
const BARS = {
	"start.init_ms": 500,
	"start.reopen_and_send_ms": 150,
	"start.ten_commits_converge_ms": 2000,
	"start.engine_brotli_bytes": 2_200_000,
	"bare.bytes_of_200": 450,
	"product.encrypt_p50_ms": 5,
	"product.encrypt_p95_ms": 30,
	"product.decrypt_p50_ms": 5,
	"product.decrypt_p95_ms": 30,
	"bare.create_and_add_100_ms": 500,
	"bare.join_100_ms": 250,
	"product.add_to_100_ms": 150,
	"product.add_to_100_commit_bytes": 1000,
	"bare.add_to_100_welcome_bytes": 30_000,
	"product.remove_from_100_ms": 200,
	"bare.remove_from_100_commit_bytes": 9000,
};

async function built() {
	const outDir = await mkdtemp(join(tmpdir(), "medicus-bench-"));
	await build({
		configFile: false,
		root: web,
		base: "/",
		logLevel: "error",
		build: {
			outDir,
			assetsInlineLimit: 0,
			target: "es2023",
			chunkSizeWarningLimit: 9000,
			rollupOptions: { input: join(web, "bench/engine.ts"), output: { entryFileNames: "page.js" } },
		},
	});
	return outDir;
}

function serve(folder) {
	const server = createServer((request, response) => {
		const path = request.url === "/" ? null : join(folder, request.url ?? "");
		if (!path) {
			response.setHeader("content-type", "text/html");
			response.end('<!doctype html><script type="module" src="/page.js"></script>');
			return;
		}
		response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
		try {
			response.end(readFileSync(path));
		} catch {
			response.writeHead(404).end();
		}
	});
	return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

async function engineBytes(folder) {
	const wasm = readdirSync(join(folder, "assets")).find((name) => name.startsWith("index_bg"));
	return (await promisify(brotliCompress)(readFileSync(join(folder, "assets", wasm ?? "")))).length;
}

async function measured(origin) {
	const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
	const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
	try {
		const page = await browser.newPage();
		const visit = async (name) => {
			await page.goto(origin);
			await page.waitForFunction(() => "bench" in window);
			return page.evaluate((which) => window.bench[which](), name);
		};
		const start = { ...(await visit("visit")), ...(await visit("revisit")) };
		const figures = await visit("measure");
		return { ...figures, start: { ...start, ...figures.start } };
	} finally {
		await browser.close();
	}
}

function ratios({ bare, product }) {
	return {
		encrypt: product.encrypt_p50_ms / bare.encrypt_p50_ms,
		// Here the product also checks the sender, reads the body and writes the message down, encrypted.
		decrypt: product.decrypt_p50_ms / bare.decrypt_p50_ms,
		add_to_100: product.add_to_100_ms / bare.add_to_100_ms,
		remove_from_100: product.remove_from_100_ms / bare.remove_from_100_ms,
	};
}

function missed(figures) {
	return Object.entries(BARS).flatMap(([name, bar]) => {
		const [part, figure] = name.split(".");
		const value = figures[part]?.[figure];
		return value > bar ? [{ name, value, bar }] : [];
	});
}

const folder = await built();
const server = await serve(folder);
try {
	const figures = await measured(`http://localhost:${server.address().port}/`);
	figures.start.engine_brotli_bytes = await engineBytes(folder);
	const result = { ...figures, product_to_bare: ratios(figures), missed_bars: missed(figures) };
	console.log(JSON.stringify(result, null, "\t"));
} finally {
	server.close();
	rmSync(folder, { recursive: true, force: true });
}
