/** A check of the own keys that has found what a scene asks for. */
import { NoEd25519 } from "../../src/crypto/checkpoint";
import type { Doubt, KeyMemory, KeyWarning } from "../../src/engine/key-memory";
import { Unreachable } from "../../src/lib/http";

const AT = "2026-03-01T08:15:00.000Z";
const DEVICE = { id: "d", name: "Chrome, Windows", revoked: false };

function warning(doubt: Doubt, changes: Partial<KeyWarning> = {}): KeyWarning {
	return { id: doubt, doubt, at: AT, device: null, resetAt: null, ...changes };
}

const ALL = [
	warning("unknown-device", { device: DEVICE }),
	warning("unknown-key", { resetAt: AT }),
	warning("missing", { device: DEVICE }),
	warning("missing", { id: "entry" }),
	warning("rolled-back"),
	warning("forked"),
	warning("unproven"),
	warning("other-log"),
];
const FAILURES: Record<string, Error> = { offline: new Unreachable("no answer"), unable: new NoEd25519() };

export function watchOf(scene: string) {
	if (scene === "none") return null;
	const failure = FAILURES[scene];
	const memory = {
		begun: !failure,
		checkedAtMs: Date.parse(AT),
		warnings: failure || scene.endsWith("good") ? [] : [...ALL],
	} as KeyMemory;
	return {
		last: async () => memory,
		check: async () => {
			if (failure) throw failure;
			return memory;
		},
		answer: async (id: string) => {
			memory.warnings = memory.warnings.filter((one) => one.id !== id);
			return memory;
		},
	};
}
