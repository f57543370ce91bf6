/** The service's API of the history backup. What the browser saves by itself does not keep the session from ending. */

import { type Bytes, base64, fromBase64 } from "../crypto/bytes";
import type { Http } from "../lib/http";
import { V1 } from "./api";

const PATH = `${V1}/history-backup`;
const BY_ITSELF = { unattended: true };

export interface BackupState {
	id: string;
	/** Base64; tells one backup key from another. */
	keyName: string;
	/** Counts the manifests; 0 while nothing is saved. */
	generation: number;
	savedAt: string | null;
	sizeBytes: number;
	/** Whether it is this session's device that writes it. */
	writesHere: boolean;
	/** Whether the device that writes it is neither revoked nor expired. */
	writerActive: boolean;
	/** Whether there is a recovery kit, which opens it when all devices are lost. */
	kit: boolean;
}

interface WireBackup {
	id: string;
	key_name: string;
	generation: number;
	saved_at: string | null;
	size_bytes: number;
	writes_here: boolean;
	writer_active: boolean;
	kit: boolean;
}

export class BackupApi {
	constructor(private readonly http: Http) {}

	async state(): Promise<BackupState | null> {
		const { backup } = await this.http.get<{ backup: WireBackup | null }>(PATH, BY_ITSELF);
		return backup && stateOf(backup);
	}

	/** Raises: Problem `no-recovery-kit`, `backup-exists`, `device-needed`, `fresh-factor-required`. */
	async begin(id: string, keyName: string): Promise<void> {
		await this.http.post(PATH, { id, key_name: keyName });
	}

	delete(): Promise<void> {
		return this.http.delete(PATH);
	}

	/** `at`: the service's time. Raises: Problem `no-backup`. */
	async open(): Promise<{ backup: BackupState; manifest: Bytes; at: string }> {
		const answer = await this.http.post<{ backup: WireBackup; manifest: string; at: string }>(`${PATH}/open`);
		return { backup: stateOf(answer.backup), manifest: fromBase64(answer.manifest), at: answer.at };
	}

	/** Write it from here from now on. `generation`: that was read here. Raises: Problem `stale-backup`, `no-backup`. */
	async move(generation: number): Promise<BackupState> {
		return stateOf(await this.http.post<WireBackup>(`${PATH}/writer`, { generation }, BY_ITSELF));
	}

	/** Raises: Problem `other-writer`, `backup-full`, `no-backup`. */
	keepPiece(pieceId: string, ciphertext: Uint8Array): Promise<void> {
		return this.http.put(`${PATH}/pieces/${pieceId}`, { ciphertext: base64(ciphertext) }, BY_ITSELF);
	}

	/** Raises: Problem of status 404 where it is missing. */
	async piece(pieceId: string): Promise<Bytes> {
		const { ciphertext } = await this.http.get<{ ciphertext: string }>(`${PATH}/pieces/${pieceId}`);
		return fromBase64(ciphertext);
	}

	/** Raises: Problem `stale-backup`, `other-writer`, `no-backup`. */
	async save(generation: number, manifest: Uint8Array, pieceIds: readonly string[]): Promise<BackupState> {
		const body = { generation, manifest: base64(manifest), piece_ids: pieceIds };
		return stateOf(await this.http.post<WireBackup>(`${PATH}/manifest`, body, BY_ITSELF));
	}
}

function stateOf(backup: WireBackup): BackupState {
	return {
		id: backup.id,
		keyName: backup.key_name,
		generation: backup.generation,
		savedAt: backup.saved_at,
		sizeBytes: backup.size_bytes,
		writesHere: backup.writes_here,
		writerActive: backup.writer_active,
		kit: backup.kit,
	};
}
