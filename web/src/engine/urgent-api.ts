/** The service's API of urgent messages, acknowledgements and roles as recipients. */

import type { Http } from "../lib/http";
import type { AcknowledgementKind, RolePlan, Urgent, UrgentOrder } from "./urgent-types";
import {
	acknowledgementOf,
	type OfMessage,
	planOf,
	urgentOf,
	type WireAcknowledgement,
	type WireOpenItems,
	type WireRolePlan,
	type WireUrgent,
} from "./urgent-wire";

const V1 = "/api/v1";

export class UrgentApi {
	constructor(private readonly http: Http) {}

	async plan(roleId: string, minutes: number): Promise<RolePlan> {
		const path = `${V1}/roles/${roleId}/on-duty?deadline_minutes=${minutes}`;
		return planOf(await this.http.get<WireRolePlan>(path));
	}

	/** The same again gives the same answer; once the message is there, it starts the clock. */
	async announce(groupId: string, messageId: string, order: UrgentOrder): Promise<Urgent> {
		const body = {
			deadline_minutes: order.minutes,
			role_id: order.roleId,
			without_holder: order.withoutHolder,
		};
		return urgentOf(await this.http.post<WireUrgent>(`${message(groupId, messageId)}/urgent`, body));
	}

	async urgent(groupId: string, messageId: string): Promise<Urgent> {
		const path = `${message(groupId, messageId)}/urgent`;
		return urgentOf(await this.http.get<WireUrgent>(path, { unattended: true }));
	}

	/** Ids of the urgent messages after a place in the stream. */
	async urgentAfter(groupId: string, since: number): Promise<string[]> {
		const path = `${V1}/groups/${groupId}/urgent?since=${since}`;
		const { urgent } = await this.http.get<{ urgent: WireUrgent[] }>(path, { unattended: true });
		return urgent.map(({ message_id }) => message_id);
	}

	async withdraw(groupId: string, messageId: string): Promise<Urgent> {
		return urgentOf(await this.http.post<WireUrgent>(`${message(groupId, messageId)}/withdraw`));
	}

	async acknowledge(groupId: string, messageId: string, kind: AcknowledgementKind): Promise<OfMessage> {
		const path = `${message(groupId, messageId)}/acknowledgements`;
		return acknowledgementOf(await this.http.post<WireAcknowledgement>(path, { kind }));
	}

	async handBack(groupId: string, messageId: string): Promise<OfMessage> {
		const path = `${message(groupId, messageId)}/hand-back`;
		return acknowledgementOf(await this.http.post<WireAcknowledgement>(path));
	}

	async acknowledgements(groupId: string, since: number): Promise<OfMessage[]> {
		const found: OfMessage[] = [];
		for (let from = since; ; ) {
			const path = `${V1}/groups/${groupId}/acknowledgements?since=${from}`;
			const page = await this.http.get<{ acknowledgements: WireAcknowledgement[]; more: boolean }>(path, {
				unattended: true,
			});
			found.push(...page.acknowledgements.map(acknowledgementOf));
			const last = page.acknowledgements.at(-1);
			if (!page.more || !last) return found;
			from = last.seq;
		}
	}

	openItems(): Promise<WireOpenItems> {
		return this.http.get<WireOpenItems>(`${V1}/urgent`, { unattended: true });
	}
}

function message(groupId: string, messageId: string): string {
	return `${V1}/groups/${groupId}/messages/${messageId}`;
}
