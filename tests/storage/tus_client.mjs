// Sends a file with tus-js-client, as the browser does; prints the upload's address as JSON.
// Arguments: one JSON object {endpoint, headers, metadata, file, stopAfterBytes?, uploadUrl?}.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { Upload } = createRequire(new URL("../../web/package.json", import.meta.url))("tus-js-client");
const wanted = JSON.parse(process.argv[2]);

const answer = await new Promise((resolve, reject) => {
	const upload = new Upload(readFileSync(wanted.file), {
		endpoint: wanted.endpoint,
		uploadUrl: wanted.uploadUrl ?? null,
		headers: wanted.headers,
		metadata: wanted.metadata,
		chunkSize: 8 * 1024 * 1024,
		retryDelays: null,
		onChunkComplete: async (_size, accepted) => {
			if (wanted.stopAfterBytes && accepted >= wanted.stopAfterBytes) {
				await upload.abort();
				resolve({ url: upload.url, accepted });
			}
		},
		onSuccess: () => resolve({ url: upload.url }),
		onError: reject,
	});
	upload.start();
});
console.log(JSON.stringify(answer));
