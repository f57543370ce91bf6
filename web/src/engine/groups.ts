/** The groups of this device, in memory and on disk, and the people in them. */

import { Failure } from "./failure";
import type { GroupRecord, PersonRecord } from "./records";
import type { Change, Store } from "./store";
import type { GroupKind } from "./types";

export class Groups {
	private readonly records = new Map<string, GroupRecord>();
	private readonly people = new Map<string, PersonRecord>();

	private constructor(
		private readonly store: Store,
		private readonly changed: (groupId: string) => void,
	) {}

	/** `changed`: told after each write, with the group's id. */
	static async load(store: Store, changed: (groupId: string) => void): Promise<Groups> {
		const groups = new Groups(store, changed);
		for (const record of await store.all("groups")) groups.records.set(record.id, record);
		for (const person of await store.all("people")) groups.people.set(person.personId, person);
		return groups;
	}

	all(): GroupRecord[] {
		return [...this.records.values()];
	}

	find(groupId: string): GroupRecord | null {
		return this.records.get(groupId) ?? null;
	}

	/** Raises: Failure `not-found`. */
	get(groupId: string): GroupRecord {
		const record = this.records.get(groupId);
		if (!record) throw new Failure("not-found");
		return record;
	}

	/** Raises: Failure `not-found`, or `inactive` when this device may no longer write here. */
	writable(groupId: string): GroupRecord {
		const record = this.get(groupId);
		if (!record.active || record.place === "lost") throw new Failure("inactive");
		return record;
	}

	/** Where a patient is, it is a patient's conversation, whatever the service calls it. */
	kindOf({ kind }: Pick<GroupRecord, "kind">, members: readonly { personId: string }[]): GroupKind {
		return members.some(({ personId }) => this.person(personId).isPatient) ? "patient" : kind;
	}

	/** A group whose stream this device still follows. */
	follows(groupId: string): boolean {
		const record = this.records.get(groupId);
		return record?.active === true && record.place === "held";
	}

	/** Change a record, together with other writes, in one transaction. */
	async update(groupId: string, patch: Partial<GroupRecord>, also: readonly Change[] = []): Promise<void> {
		const record = { ...this.get(groupId), ...patch };
		await this.put(record, also);
	}

	async put(record: GroupRecord, also: readonly Change[] = []): Promise<void> {
		this.records.set(record.id, record);
		await this.store.write([{ table: "groups", key: record.id, value: record }, ...also]);
		this.changed(record.id);
	}

	/** Tell what is shown of a group again, though its record is as it was. */
	touch(groupId: string): void {
		this.changed(groupId);
	}

	async drop(groupId: string): Promise<void> {
		this.records.delete(groupId);
		await this.store.write([{ table: "groups", key: groupId, value: null }]);
		this.changed(groupId);
	}

	async learn(told: readonly PersonRecord[]): Promise<void> {
		const people = told.map((person) => this.neverStaff(person));
		const news = people.filter(
			(person) => JSON.stringify(this.people.get(person.personId)) !== JSON.stringify(person),
		);
		if (news.length === 0) return;
		for (const person of news) this.people.set(person.personId, person);
		await this.store.write(
			news.map((person) => ({ table: "people", key: person.personId, value: person }) as const),
		);
		this.tellGroupsOf(news.map(({ personId }) => personId));
	}

	/** Whoever was a patient once is not taken for a colleague later. */
	private neverStaff(person: PersonRecord): PersonRecord {
		return this.people.get(person.personId)?.isPatient ? { ...person, isPatient: true } : person;
	}

	/** A name or a function is shown where its person takes part. */
	private tellGroupsOf(personIds: readonly string[]): void {
		for (const { id, members } of this.records.values()) {
			if (members.some(({ personId }) => personIds.includes(personId))) this.changed(id);
		}
	}

	/** A person nobody introduced yet has the beginning of the id as name. */
	person(personId: string): PersonRecord {
		const unnamed = {
			personId,
			name: personId.slice(0, 8),
			function: "",
			organisation: { id: "", name: "" },
		};
		return this.people.get(personId) ?? unnamed;
	}
}

/** A group that this device has just made or joined, up to `cursor`. */
export function newGroup(
	fields: Pick<GroupRecord, "id" | "kind" | "cursor" | "members" | "contact">,
	at: Date,
): GroupRecord {
	return {
		contact: null,
		...fields,
		title: null,
		joinedAt: at.toISOString(),
		active: true,
		place: "held",
		seen: fields.cursor,
		unread: 0,
		keysAtMs: at.getTime(),
		sentAtMs: at.getTime(),
		unknown: [],
		keys: {},
	};
}
