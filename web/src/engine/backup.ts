/** The history backup as the pages of the recovery kit see it: turned on, looked at, deleted, brought back. */

import { newId } from "../crypto/ids";
import {
	backupKeyKept,
	exclusively,
	freshMemory,
	messagesIn,
	nameOfKey,
	remember,
	remembered,
	type Trouble,
} from "./backup-memory";
import { type Restored, type RestorePorts, restoreHistory } from "./backup-restore";
import { saveBackup } from "./backup-save";

/** `key`: whether this browser has the key of a kit.   messages: as far as this browser knows. */
export interface BackupView {
	saved: { at: string | null; sizeBytes: number; messages: number | null; here: boolean } | null;
	key: boolean;
	trouble: Trouble | "no-kit" | "no-writer" | null;
}

type Progress = (done: number, total: number) => void;

export class Backup {
	/** `alone`: does something while no engine runs, which would not know of conversations that come back. */
	constructor(
		private readonly ports: RestorePorts & { alone<Result>(work: () => Promise<Result>): Promise<Result> },
	) {}

	async view(): Promise<BackupView> {
		const { api, store, owner } = this.ports;
		const [state, memory, key] = [await api.state(), await remembered(store), await backupKeyKept(store)];
		if (!state) return { saved: null, key: key !== null, trouble: null };
		const fits = key !== null && (await nameOfKey(key, owner)) === state.keyName;
		const own = memory?.backupId === state.id ? memory : null;
		const here = state.writesHere && own !== null && own.trouble !== "incomplete";
		const saved = {
			at: state.savedAt,
			sizeBytes: state.sizeBytes,
			messages:
				own?.generation === state.generation && own.trouble !== "refused" ? messagesIn(own.slots) : null,
			here,
		};
		const lone = !state.writerActive && own?.trouble !== "incomplete" ? "no-writer" : null;
		const wrong = key !== null && !fits ? "other-key" : null;
		return { saved, key: fits, trouble: wrong ?? lone ?? own?.trouble ?? (state.kit ? null : "no-kit") };
	}

	/** Begin, and save everything for the first time. Raises: Problem, Unreachable. */
	async turnOn(progress: Progress): Promise<void> {
		const { api, store, owner } = this.ports;
		const key = await backupKeyKept(store);
		if (!key) throw new Error("no backup key");
		const id = newId();
		await api.begin(id, await nameOfKey(key, owner));
		await exclusively(() => remember(store, freshMemory(id)));
		await saveBackup(this.ports, null, progress);
	}

	/** Save now what has changed, and what a break left undone. */
	async save(progress: Progress): Promise<void> {
		await saveBackup(this.ports, null, progress);
	}

	/** Have this browser write it: what it lacks is read first, so that nothing of it is lost. Where something did not
	 *  come back, another device or another try may still have it: then nothing is taken over. */
	async moveHere(progress: Progress): Promise<Restored | null> {
		const restored = await this.restore(progress);
		await this.save(() => undefined);
		return restored;
	}

	/** Have this browser write it as it was read here, once the person knows that the rest is destroyed by that. */
	async moveIncomplete(progress: Progress): Promise<void> {
		const { store } = this.ports;
		await exclusively(async () => {
			const memory = await remembered(store);
			if (memory?.trouble === "incomplete")
				await remember(store, { ...memory, takeOver: true, trouble: null });
		});
		await this.save(progress);
	}

	async delete(): Promise<void> {
		await this.ports.api.delete();
		await exclusively(() => remember(this.ports.store, null));
	}

	/** Null: there is no backup, or the kit was made before there were any. */
	async restore(progress: Progress): Promise<Restored | null> {
		const key = await backupKeyKept(this.ports.store);
		return key && this.ports.alone(() => restoreHistory(this.ports, key, progress));
	}
}
