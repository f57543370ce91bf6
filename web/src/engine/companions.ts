/** The person's other devices: new ones are approved here, and what came along with the own approval is told here. */

import type { Admission } from "./admission";
import { approve } from "./approval";
import { historyRead } from "./backup-arrival";
import { type HandoverPorts, historyAtHand } from "./backup-handover";
import type { Context } from "./context";
import type { DeskOptions } from "./desk-options";
import type { ApprovalWishes, Approved, HistoryAtHand, JoinProof } from "./types";

export class Companions {
	constructor(
		private readonly context: Pick<Context, "api" | "devices" | "now">,
		private readonly options: Pick<DeskOptions, "session" | "backup">,
		private readonly admission: Pick<Admission, "run">,
	) {}

	get mayApprove(): boolean {
		return this.options.session.identity !== null;
	}

	/** Raises: Problem, Unreachable. */
	async historyAtHand(): Promise<HistoryAtHand> {
		if (this.options.session.me.isPatient) return "none";
		return historyAtHand(this.handover);
	}

	/** Raises: Failure `no-identity-key`, `join-over`, `join-mismatch`, Problem, Unreachable. */
	async approve(
		joinId: string,
		proof: JoinProof,
		{ history }: ApprovalWishes,
		progress: (done: number, total: number) => void,
	): Promise<Approved> {
		const { api, devices, now } = this.context;
		const handover = history ? this.handover : null;
		const approved = await approve(api, this.options.session, { joinId, proof, handover, at: now() });
		devices.forget();
		await this.admission.run({ patient: true, progress });
		return approved;
	}

	historyRead(): Promise<void> {
		return historyRead(this.options.session.store);
	}

	private get handover(): HandoverPorts {
		const { session, backup } = this.options;
		const owner = { personId: session.me.personId, organisationId: session.me.organisation.id };
		return { ...backup, store: session.store, owner };
	}
}
