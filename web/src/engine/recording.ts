/** Takes marked messages of a case out of end-to-end encryption, into the findings of its patient: files first, each by
 *  the ordinary way of uploads, then what is signed by this device.
 *
 *  What is lost on the way is taken up again: a file that has arrived is not sent twice, and a document whose answer was
 *  lost is sent as it was signed, which the service knows again. */

import { base64url, fromBase64, sha256, utf8 } from "../crypto/bytes";
import { canonical, type Json } from "../crypto/canonical";
import { safeName } from "../crypto/filetype";
import { signDetached } from "../crypto/jws";
import { Problem } from "../lib/http";
import { type RecordFile, type RecordMessage, recordBundle } from "../record/bundle";
import { pictureOf } from "./annotations";
import type { GroupListing } from "./api";
import type { MarkedMessage } from "./case-types";
import type { Context } from "./context";
import { openAttachment } from "./downloads";
import { Failure } from "./failure";
import { DICOM, digestOf, fileInto, MAXIMUM_BYTES, mediaTypeOf } from "./filing";
import type { MessageRecord } from "./records";
import { ownKey } from "./setup";

export interface RecordingPorts {
	csrf(fresh: boolean): Promise<string>;
	keep(listing: GroupListing): Promise<void>;
	refresh(): Promise<unknown>;
}

type Progress = (done: number, total: number) => void;

interface Signed {
	bundle: string;
	signature: string;
}

export class Recording {
	/** By message: its file in the findings. */
	private readonly filed = new Map<string, RecordFile>();
	/** Signed, and not known to have arrived; by what it is about. */
	private readonly signed = new Map<string, Signed>();

	constructor(
		private readonly context: Context,
		private readonly ports: RecordingPorts,
	) {}

	/** `progress`: in bytes of files, each counted once for the way here and once for the way there.
	 *
	 *  Raises: Failure `no-folder`, `not-recordable`, `too-large-for-record`, `not-examined`, `corrupt`, Problem,
	 *  Unreachable. */
	async take(groupId: string, messageIds: readonly string[], progress: Progress): Promise<void> {
		const { api } = this.context;
		const about = await this.digestOfWork(groupId, messageIds);
		const signed = this.signed.get(about) ?? (await this.sign(groupId, messageIds, progress));
		this.signed.set(about, signed);
		try {
			await this.ports.keep(await api.exportCase(groupId, signed.bundle, signed.signature));
			this.signed.delete(about);
		} catch (error) {
			// A refusal is an answer: next time it is looked at and signed anew.
			if (error instanceof Problem) {
				this.signed.delete(about);
				if (error.status === 409) await this.ports.refresh();
			}
			throw error;
		}
	}

	/** The same messages in the same state. */
	private async digestOfWork(groupId: string, messageIds: readonly string[]): Promise<string> {
		const records = await this.records(messageIds);
		const state = records.map(({ id, text, type }) => [id, type, text]);
		return base64url(await sha256(utf8(canonical([groupId, ...state]))));
	}

	private async sign(groupId: string, messageIds: readonly string[], progress: Progress): Promise<Signed> {
		const { self, groups, language, now } = this.context;
		const { patient, folder, marked } = await this.context.api.casePage(groupId);
		if (!patient || !folder) throw new Failure("no-folder");
		const records = await this.records(messageIds);
		const known = new Map(marked.map((each) => [each.messageId, each]));
		if (records.some(({ id }) => !known.has(id))) throw new Failure("not-marked");
		const files = await this.files(records, patient.id, progress);
		const bundle = recordBundle({
			language,
			title: groups.get(groupId).title ?? "",
			groupId,
			patient,
			author: {
				personId: self.personId,
				name: groups.person(self.personId).name,
				organisation: patient.organisation,
			},
			deviceId: self.deviceId,
			at: now(),
			messages: records.flatMap((record) => {
				const told = known.get(record.id);
				return told ? [this.message(record, told, files.get(record.id) ?? null)] : [];
			}),
		});
		return this.signedOf(bundle);
	}

	private async signedOf(bundle: Json): Promise<Signed> {
		const { self, devices, store } = this.context;
		const text = canonical(bundle);
		const own = await devices.of([self.personId], true);
		const chain = own.find(({ id }) => id === self.deviceId)?.chain ?? self.chain;
		const { privateKey } = await ownKey(store, self.deviceId);
		return { bundle: text, signature: await signDetached(privateKey, chain.map(fromBase64), utf8(text)) };
	}

	/** In the order of the conversation. Raises: Failure `not-recordable` for what cannot be read here. */
	private async records(messageIds: readonly string[]): Promise<MessageRecord[]> {
		const found = await Promise.all(messageIds.map((id) => this.context.store.get("messages", id)));
		const records = found.filter((record) => record !== undefined && record !== null);
		if (records.length !== messageIds.length || records.some((record) => !isRecordable(record)))
			throw new Failure("not-recordable");
		return records.sort((one, other) => (one.seq ?? 0) - (other.seq ?? 0));
	}

	/** Who sent it, from where and when is what the service says: it checks that. The words are this device's. */
	private message(
		record: MessageRecord,
		{ author, at }: MarkedMessage,
		file: RecordFile | null,
	): RecordMessage {
		const { versions, recalled } = pictureOf(record);
		const edited = versions.length > 1 ? versions.at(-1) : null;
		return {
			id: record.id,
			author,
			sentAt: at,
			text: recalled ? "" : record.text,
			editedAt: edited?.at ?? null,
			recalled,
			replyTo: record.replyTo ?? null,
			file,
		};
	}

	private async files(
		records: readonly MessageRecord[],
		patientId: string,
		progress: Progress,
	): Promise<Map<string, RecordFile>> {
		const carrying = records.filter((record) => record.type === "attachment" && record.attachment);
		const tooLarge = carrying.find(({ attachment }) => (attachment?.sizeBytes ?? 0) > MAXIMUM_BYTES);
		if (tooLarge) throw new Failure("too-large-for-record", safeName(tooLarge.attachment?.name ?? ""));
		const bytes = carrying.reduce((sum, { attachment }) => sum + (attachment?.sizeBytes ?? 0), 0);
		if (bytes > MAXIMUM_BYTES) throw new Failure("too-much-for-record");
		const total = 2 * bytes;
		let before = 0;
		const files = new Map<string, RecordFile>();
		for (const record of carrying) {
			const file = await this.file(record, patientId, (done) => progress(before + done, total));
			before += 2 * file.sizeBytes;
			files.set(record.id, file);
		}
		return files;
	}

	/** Decrypt a file and put it into the findings, if it is not there yet. */
	private async file(
		record: MessageRecord,
		patientId: string,
		progress: (doneBytes: number) => void,
	): Promise<RecordFile> {
		const key = `${patientId}/${record.id}`;
		const known = this.filed.get(key);
		if (known) return known;
		const { attachment } = record;
		if (!attachment) throw new Failure("not-recordable");
		const { api } = this.context;
		const size = attachment.sizeBytes;
		const share = (done: number, of: number) => progress((size * done) / Math.max(1, of));
		const { signal } = new AbortController();
		const blob = await openAttachment({ api, attachment, progress: share, signal });
		const name = safeName(attachment.name);
		const mediaType = await mediaTypeOf(blob);
		const findingId = await fileInto(
			{ api, csrf: this.ports.csrf },
			{ patientId, name, mediaType: mediaType === DICOM ? null : mediaType, blob },
			(sent) => progress(size + sent),
		);
		const file = { findingId, name, mediaType, sizeBytes: size, sha256: await digestOf(blob) };
		this.filed.set(key, file);
		return file;
	}
}

/** Only what somebody has written and this device can read. */
export function isRecordable({ type, seq }: Pick<MessageRecord, "type" | "seq">): boolean {
	return seq !== null && type !== "event" && type !== "unreadable";
}
