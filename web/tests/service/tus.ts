/** tus 1.0 in small, as the service's object store speaks it. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { newId } from "../../src/crypto/ids";
import type { World } from "./world";

export class Tus {
	constructor(private readonly world: World) {}

	async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const id = (request.url ?? "").split("/")[4] ?? "";
		response.setHeader("Tus-Resumable", "1.0.0");
		if (request.method === "POST") return this.create(request, response);
		const upload = this.world.uploads.get(id);
		if (!upload) return void response.writeHead(404).end();
		if (request.method === "PATCH") {
			for await (const part of request) {
				upload.parts.push(part as Buffer);
				upload.offset += (part as Buffer).length;
			}
		}
		if (request.method === "DELETE") this.world.uploads.delete(id);
		response.setHeader("Upload-Offset", upload.offset);
		response.setHeader("Upload-Length", upload.length);
		response.writeHead(request.method === "HEAD" ? 200 : 204).end();
	}

	/** The whole ciphertext of a finished upload. */
	bytes(id: string): Uint8Array {
		return Buffer.concat(this.world.uploads.get(id)?.parts ?? []);
	}

	private create(request: IncomingMessage, response: ServerResponse): void {
		const id = newId();
		const metadata = String(request.headers["upload-metadata"] ?? "");
		const group = /(?:^|,)group ([^,]+)/.exec(metadata)?.[1] ?? "";
		const length = Number(request.headers["upload-length"]);
		this.world.uploads.set(id, { id, group: atob(group), length, parts: [], offset: 0 });
		response.writeHead(201, { Location: `/api/v1/uploads/${id}` }).end();
	}
}
