/** A history backup in each of its states, and a kit that brings one back; without a service. */

import type { BackupView } from "../../src/engine/backup";
import { BackupBroken, OtherBackupKey, type Restored } from "../../src/engine/backup-restore";
import { BackupKeyElsewhere } from "../../src/engine/recovery";
import { Problem, Unreachable } from "../../src/lib/http";

type Progress = (done: number, total: number) => void;

const SAVED = { at: "2026-11-22T21:40:00Z", sizeBytes: 3_240_000, messages: 1234, here: true };
const VIEWS: Record<string, BackupView> = {
	"needs-kit": { saved: null, key: false, trouble: null },
	off: { saved: null, key: true, trouble: null },
	on: { saved: SAVED, key: true, trouble: null },
	elsewhere: { saved: { ...SAVED, messages: null, here: false }, key: true, trouble: null },
	"other-writer": { saved: { ...SAVED, here: false }, key: true, trouble: "other-writer" },
	"other-key": { saved: { ...SAVED, messages: null, here: false }, key: false, trouble: "other-key" },
	full: { saved: SAVED, key: true, trouble: "full" },
	"no-writer": { saved: { ...SAVED, messages: null, here: false }, key: true, trouble: "no-writer" },
	incomplete: { saved: { ...SAVED, messages: 1022, here: false }, key: true, trouble: "incomplete" },
	refused: { saved: { ...SAVED, messages: null }, key: true, trouble: "refused" },
	"rolled-back": { saved: SAVED, key: true, trouble: "rolled-back" },
	"no-kit": { saved: SAVED, key: true, trouble: "no-kit" },
	deleted: { saved: null, key: true, trouble: "deleted" },
};

/** `stopped`: it never gets beyond a third.   stale: the second factor is too old. */
export function backupOf(scene: string) {
	let view = VIEWS[scene] ?? (VIEWS.off as BackupView);
	return {
		view: async () => view,
		turnOn: async (progress: Progress) => {
			if (scene === "stale") throw new Problem(403, "fresh-factor-required", "");
			progress(7, 21);
			if (scene === "stopped") await new Promise(() => undefined);
			view = VIEWS.on as BackupView;
		},
		save: async (progress: Progress) => progress(1, 1),
		moveHere: async () => {
			if (scene === "incomplete") return RESULTS.gaps?.() ?? null;
			view = VIEWS.on as BackupView;
			return RESTORED;
		},
		moveIncomplete: async () => {
			view = VIEWS.on as BackupView;
		},
		delete: async () => {
			view = VIEWS.off as BackupView;
		},
	};
}

export const foreignKit = {
	canMake: async () => true,
	make: async () => {
		throw new BackupKeyElsewhere();
	},
	test: async () => undefined,
	withdraw: async () => undefined,
};

const RESTORED: Restored = {
	messages: 1234,
	expired: 0,
	savedAt: "2026-11-22T21:40:00Z",
	missing: [],
	missingConversations: false,
	older: false,
};
const MISSING = [{ from: "2026-03-04T08:00:00Z", to: "2026-03-09T17:30:00Z", messages: 212 }];
const RESULTS: Record<string, () => Restored | null> = {
	whole: () => RESTORED,
	gaps: () => ({
		...RESTORED,
		messages: 1022,
		expired: 3,
		missing: MISSING,
		missingConversations: true,
		older: true,
	}),
	none: () => null,
	broken: () => {
		throw new BackupBroken();
	},
	"other-kit": () => {
		throw new OtherBackupKey();
	},
};

export function kitOf(scene: string) {
	let tries = 0;
	return {
		restore: async () => undefined,
		restoreHistory: async (progress: Progress) => {
			progress(412, 1234);
			if (scene === "stopped") await new Promise(() => undefined);
			if (scene === "offline" && tries++ === 0) throw new Unreachable("away");
			return (RESULTS[scene] ?? (() => RESTORED))();
		},
	};
}
