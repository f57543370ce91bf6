/** Attachments on their way in: fetched in ranges of whole chunks, each decrypted and checked before the next. */

import { AttachmentCorrupt, AttachmentOpener, ciphertextBytes, TAG_BYTES } from "../crypto/attachment";
import type { AttachmentReference } from "../crypto/body";
import { refusalOf, shownType } from "../crypto/filetype";
import type { Api } from "./api";
import { Failure } from "./failure";

/** How many bytes of ciphertext one request asks for, about. */
const REQUEST_BYTES = 8 * 1024 * 1024;

/** Fetch, decrypt and verify an attachment. `progress`: in bytes of ciphertext.
 *
 *  Raises: AttachmentCorrupt, Failure `executable`, Problem, Unreachable. */
export async function openAttachment(
	api: Pick<Api, "attachmentPart">,
	attachment: AttachmentReference,
	progress: (done: number, total: number) => void,
): Promise<Blob> {
	const opener = await AttachmentOpener.create(attachment);
	const total = ciphertextBytes(attachment.sizeBytes, attachment.chunkBytes);
	const chunkBytes = attachment.chunkBytes + TAG_BYTES;
	const rangeBytes = chunkBytes * Math.max(1, Math.floor(REQUEST_BYTES / chunkBytes));
	const parts: Blob[] = [];
	for (let start = 0; start < total; start += rangeBytes) {
		const end = Math.min(start + rangeBytes, total);
		const range = await api.attachmentPart(attachment.objectId, start, end);
		if (range.length !== end - start) throw new AttachmentCorrupt("the server has less than was sent");
		for (let at = 0; at < range.length; at += chunkBytes) {
			const plain = await opener.open(range.subarray(at, at + chunkBytes));
			if (parts.length === 0) demandHarmless(attachment.name, plain);
			parts.push(new Blob([plain]));
		}
		progress(end, total);
	}
	opener.finish();
	return new Blob(parts, { type: shownType(attachment.mediaType) });
}

function demandHarmless(name: string, head: Uint8Array): void {
	const refusal = refusalOf(name, head.subarray(0, 512));
	if (refusal) throw new Failure("executable", refusal);
}
