/** The built pages under the product's content security policy. */

import { createReadStream, existsSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { extname, join } from "node:path";

const TYPES: Record<string, string> = {
	".js": "text/javascript",
	".wasm": "application/wasm",
	".css": "text/css",
};

/** As in medicus/settings.py. */
const POLICY = [
	"default-src 'none'",
	"script-src 'self' 'wasm-unsafe-eval'",
	"worker-src 'self' blob:",
	"style-src 'self'",
	"connect-src 'self'",
	"require-trusted-types-for 'script'",
	"trusted-types default",
].join("; ");

/** `/<page>` is an empty page that loads the script of that name; `/static/web/…` are the built files. */
export function sendFile(folder: string, path: string, response: ServerResponse): void {
	response.setHeader("Content-Security-Policy", POLICY);
	if (!path.startsWith("/static/web/")) {
		const name = path.slice(1) || "client";
		response.writeHead(200, { "content-type": "text/html" });
		response.end(
			`<!doctype html><html lang="de"><title>${name}</title><script type="module" src="/static/web/${name}.js"></script>`,
		);
		return;
	}
	const file = join(folder, path.slice("/static/web/".length));
	if (!existsSync(file)) return void response.writeHead(404).end();
	response.writeHead(200, {
		"content-type": TYPES[extname(file)] ?? "application/octet-stream",
		"cache-control": "max-age=31536000, immutable",
	});
	createReadStream(file).pipe(response);
}
