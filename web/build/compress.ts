/** Writes `.br` and `.gz` beside each built file, which the server hands out as they are: the MLS engine is 7.6 MB of
 *  WebAssembly, and 2 MB compressed. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const COMPRESSED = /\.(css|js|wasm|svg)$/;
const WORTH_BYTES = 1024;
/** Of 11. WebAssembly is worth the half minute, once: what was compressed before is taken from the cache. */
const QUALITY = { wasm: 10, other: 9 };

export function compress(): Plugin {
	let folder = "";
	let cache = "";
	return {
		name: "medicus-compress",
		apply: "build",
		configResolved(config) {
			folder = resolve(config.root, config.build.outDir, config.build.assetsDir);
			cache = join(config.root, "node_modules/.cache/medicus-compress");
		},
		async closeBundle(error) {
			if (error) return;
			mkdirSync(cache, { recursive: true });
			const names = readdirSync(folder).filter((name) => COMPRESSED.test(name));
			for (const name of names) await compressFile(join(folder, name), cache);
		},
	};
}

async function compressFile(path: string, cache: string): Promise<void> {
	const content = readFileSync(path);
	if (content.length < WORTH_BYTES) return;
	writeFileSync(`${path}.gz`, await promisify(gzip)(content));
	writeFileSync(
		`${path}.br`,
		path.endsWith(".wasm") ? await cached(content, cache) : await brotli(content, QUALITY.other),
	);
}

async function cached(content: Buffer, cache: string): Promise<Buffer> {
	const place = join(cache, `${createHash("sha256").update(content).digest("hex")}-${QUALITY.wasm}.br`);
	if (!existsSync(place)) writeFileSync(place, await brotli(content, QUALITY.wasm));
	return readFileSync(place);
}

function brotli(content: Buffer, quality: number): Promise<Buffer> {
	return promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } });
}
