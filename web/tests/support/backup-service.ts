/** A history backup as the service keeps it, and what a faithless one does with it. */

import { type Bytes, owned } from "../../src/crypto/bytes";
import type { BackupApi, BackupState } from "../../src/engine/backup-api";
import { Problem, Unreachable } from "../../src/lib/http";

interface Kept {
	id: string;
	keyName: string;
	generation: number;
	manifest: Bytes;
	savedAt: string | null;
}

export class BackupService implements Pick<BackupApi, keyof BackupApi> {
	kept: Kept | null = null;
	readonly pieces = new Map<string, Bytes>();
	/** Which device writes, and which asks. */
	writer = "first";
	device = "first";
	/** How many pieces were sent in all. */
	sent = 0;
	/** The network goes away before this many more requests that write; null: it does not. */
	breaksAfter: number | null = null;
	/** … or after the service has done it. */
	losesAnswer = false;
	kit = true;
	writerActive = true;
	/** The largest piece it takes; in bytes. */
	largestPiece = 512 * 1024;
	/** For all pieces; in bytes. */
	room = Number.POSITIVE_INFINITY;
	/** Refuses every list, with this status; null: it does not. */
	refusesLists: number | null = null;

	async state(): Promise<BackupState | null> {
		return this.kept && this.view();
	}

	async begin(id: string, keyName: string): Promise<void> {
		if (this.kept) throw new Problem(409, "backup-exists", "");
		this.kept = { id, keyName, generation: 0, manifest: new Uint8Array(), savedAt: null };
		this.writer = this.device;
	}

	async delete(): Promise<void> {
		this.kept = null;
		this.pieces.clear();
	}

	async open(): Promise<{ backup: BackupState; manifest: Bytes; at: string }> {
		if (!this.kept) throw new Problem(409, "no-backup", "");
		return { backup: this.view(), manifest: this.kept.manifest, at: "2026-03-20T00:00:00Z" };
	}

	async move(generation: number): Promise<BackupState> {
		if (this.writer !== this.device && generation !== this.kept?.generation)
			throw new Problem(409, "stale-backup", "");
		this.writer = this.device;
		return this.view();
	}

	async keepPiece(pieceId: string, ciphertext: Uint8Array): Promise<void> {
		this.weather();
		this.demandWriter();
		if (ciphertext.length > this.largestPiece) throw new Problem(400, "invalid", "");
		if (this.sizeBytes() + ciphertext.length > this.room) throw new Problem(413, "backup-full", "");
		this.pieces.set(pieceId, owned(ciphertext));
		this.sent += 1;
	}

	async piece(pieceId: string): Promise<Bytes> {
		const found = this.pieces.get(pieceId);
		if (!found) throw new Problem(404, "not-found", "");
		return found;
	}

	async save(generation: number, manifest: Uint8Array, pieceIds: readonly string[]): Promise<BackupState> {
		this.weather();
		const kept = this.demandWriter();
		if (this.refusesLists) throw new Problem(this.refusesLists, "invalid", "");
		if (generation !== kept.generation + 1) throw new Problem(409, "stale-backup", "");
		for (const id of pieceIds) if (!this.pieces.has(id)) throw new Problem(400, "invalid", "");
		for (const id of this.pieces.keys()) if (!pieceIds.includes(id)) this.pieces.delete(id);
		this.kept = { ...kept, generation, manifest: owned(manifest), savedAt: "2026-03-10T00:00:00Z" };
		if (this.losesAnswer) throw new Unreachable("lost");
		return this.view();
	}

	/** All of it, to go back to. */
	copy(): () => void {
		const [kept, pieces] = [this.kept, [...this.pieces]];
		return () => {
			this.kept = kept;
			this.pieces.clear();
			for (const [id, piece] of pieces) this.pieces.set(id, piece);
		};
	}

	private demandWriter(): Kept {
		if (!this.kept) throw new Problem(409, "no-backup", "");
		if (this.writer !== this.device) throw new Problem(409, "other-writer", "");
		return this.kept;
	}

	private weather(): void {
		if (this.breaksAfter === null) return;
		if (this.breaksAfter === 0) throw new Unreachable("away");
		this.breaksAfter -= 1;
	}

	sizeBytes(): number {
		return [...this.pieces.values()].reduce((sum, { length }) => sum + length, 0);
	}

	private view(): BackupState {
		const { id, keyName, generation, savedAt } = this.kept as Kept;
		return {
			id,
			keyName,
			generation,
			savedAt,
			sizeBytes: this.sizeBytes(),
			writerActive: this.writerActive,
			writesHere: this.writer === this.device,
			kit: this.kit,
		};
	}
}
