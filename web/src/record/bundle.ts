/** Messages of a case as a FHIR R4 document (https://hl7.org/fhir/R4/documents.html), as it is signed and goes into the
 *  record. Pure; what it is made of stands in messaging/record/bundle.py, vectors in tests/vectors/record-bundle.json. */

import { type Bytes, base64url } from "../crypto/bytes";
import type { Json } from "../crypto/canonical";

export interface RecordAuthor {
	personId: string;
	name: string;
	organisation: { id: string; name: string };
	/** The patient of the record, who has no role in a hospital. */
	isPatient?: boolean;
}

/** A file that the findings have already, by its number there. */
export interface RecordFile {
	findingId: string;
	name: string;
	mediaType: string;
	sizeBytes: number;
	sha256: Bytes;
}

/** A message as it stands now. */
export interface RecordMessage {
	id: string;
	author: RecordAuthor;
	/** When the service took it. */
	sentAt: string;
	/** Empty where there is none, and where its author has recalled it. */
	text: string;
	editedAt: string | null;
	recalled: boolean;
	replyTo: string | null;
	file: RecordFile | null;
}

export interface RecordPatient {
	id: string;
	familyName: string;
	givenName: string;
	bornOn: string;
	identifier: string;
	organisation: { id: string; name: string };
}

export interface RecordInput {
	language: "de" | "en";
	title: string;
	groupId: string;
	patient: RecordPatient;
	/** Who takes it into the record, and with which device. */
	author: RecordAuthor;
	deviceId: string;
	at: Date;
	/** In their order. */
	messages: readonly RecordMessage[];
}

type Resource = { resourceType: string; id: string; [name: string]: Json };

const URN = "urn:uuid:";
const URI = "urn:ietf:rfc:3986";
const PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
const WORDS = {
	de: { section: "Nachrichten", edited: "Bearbeitet" },
	en: { section: "Messages", edited: "Edited" },
};

/** The document, without its signature. `newId`: makes the UUIDs of what has none. */
export function recordBundle(input: RecordInput, newId: () => string = () => crypto.randomUUID()): Json {
	const people = new Roles(newId);
	const composition = newId();
	const author = people.reference(input.author);
	const messages = input.messages.flatMap((message) => messageResources(message, input, people));
	people.organisation(input.patient.organisation);
	const resources: Resource[] = [
		compositionOf(composition, author, input),
		patientOf(input.patient),
		...people.resources,
		...messages,
		provenanceOf(newId(), { composition, author }, input),
	];
	return {
		resourceType: "Bundle",
		language: input.language,
		identifier: { system: URI, value: URN + newId() },
		type: "document",
		timestamp: input.at.toISOString(),
		entry: resources.map((resource) => ({ fullUrl: URN + resource.id, resource })),
	};
}

function to(id: string): { reference: string } {
	return { reference: URN + id };
}

/** FHIR knows no empty text, and a text no half of a character and no control character but in words of several lines. */
function plain(text: string, instead: string): string {
	const sound = lines(text).replace(/[\t\n\r]/g, " ");
	return sound.trim() ? sound : instead;
}

function lines(text: string): string {
	return text.replace(
		/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|(?![\t\n\r])\p{Cc}/gu,
		"\ufffd",
	);
}

function compositionOf(id: string, author: Json, input: RecordInput): Resource {
	const { language, title, patient, at, groupId, messages } = input;
	const detail = { identifier: { system: URI, value: URN + groupId } };
	return {
		resourceType: "Composition",
		id,
		language,
		status: "final",
		type: { coding: [{ system: "http://loinc.org", code: "11488-4", display: "Consult note" }] },
		subject: to(patient.id),
		event: [{ detail: [detail] }],
		date: at.toISOString(),
		author: [author],
		title: plain(title, groupId),
		custodian: to(patient.organisation.id),
		section: [{ title: WORDS[language].section, entry: messages.map((message) => to(message.id)) }],
	};
}

function patientOf({ id, familyName, givenName, bornOn, identifier, organisation }: RecordPatient): Resource {
	return {
		resourceType: "Patient",
		id,
		identifier: [{ value: identifier, assigner: to(organisation.id) }],
		name: [{ use: "official", family: familyName, given: [givenName] }],
		birthDate: bornOn,
		managingOrganization: to(organisation.id),
	};
}

function messageResources(message: RecordMessage, input: RecordInput, people: Roles): Resource[] {
	const { author } = message;
	const sender = author.isPatient ? to(input.patient.id) : people.reference(author);
	const { file, recalled, replyTo, editedAt } = message;
	const answered = input.messages.some(({ id }) => id === replyTo);
	const text = recalled || !message.text.trim() ? [] : [{ contentString: lines(message.text) }];
	const payload = file && !recalled ? [...text, { contentReference: to(file.findingId) }] : text;
	const communication: Resource = {
		resourceType: "Communication",
		id: message.id,
		identifier: [{ system: URI, value: URN + message.id }],
		...(answered && replyTo ? { inResponseTo: [to(replyTo)] } : {}),
		status: recalled ? "entered-in-error" : "completed",
		subject: to(input.patient.id),
		sent: instant(message.sentAt),
		sender,
		...(payload.length ? { payload } : {}),
		...(editedAt && !recalled
			? { note: [{ time: instant(editedAt), text: WORDS[input.language].edited }] }
			: {}),
	};
	return file && !recalled ? [communication, documentOf(file, message, sender, input)] : [communication];
}

/** The SHA-256 is the name of the file (RFC 6920); `Attachment.hash` of R4 is SHA-1. */
function documentOf(file: RecordFile, message: RecordMessage, sender: Json, input: RecordInput): Resource {
	const attachment = {
		contentType: file.mediaType,
		url: URN + file.findingId,
		size: file.sizeBytes,
		title: plain(file.name, file.findingId),
	};
	return {
		resourceType: "DocumentReference",
		id: file.findingId,
		masterIdentifier: { system: URI, value: `ni:///sha-256;${base64url(file.sha256)}` },
		status: "current",
		subject: to(input.patient.id),
		date: instant(message.sentAt),
		author: [sender],
		content: [{ attachment }],
	};
}

function provenanceOf(
	id: string,
	{ composition, author }: { composition: string; author: Json },
	{ at, deviceId }: RecordInput,
): Resource {
	const role = (code: string) => ({ coding: [{ system: PARTICIPANT, code }] });
	const device = { type: "Device", identifier: { system: URI, value: URN + deviceId } };
	return {
		resourceType: "Provenance",
		id,
		target: [to(composition)],
		recorded: at.toISOString(),
		agent: [
			{ type: role("author"), who: author },
			{ type: role("assembler"), who: device },
		],
	};
}

function instant(at: string): string {
	return new Date(at).toISOString();
}

/** Each person and each hospital once, and a role for each pair that wrote something. */
class Roles {
	private readonly known = new Map<string, Resource>();
	private readonly roles = new Map<string, string>();

	constructor(private readonly newId: () => string) {}

	get resources(): Resource[] {
		return [...this.known.values()];
	}

	organisation({ id, name }: { id: string; name: string }): void {
		this.known.set(id, { resourceType: "Organization", id, name: plain(name, id) });
	}

	reference({ personId, name, organisation }: RecordAuthor): { reference: string } {
		const pair = `${personId}@${organisation.id}`;
		const known = this.roles.get(pair);
		if (known) return to(known);
		const id = this.newId();
		this.roles.set(pair, id);
		this.organisation(organisation);
		this.known.set(personId, {
			resourceType: "Practitioner",
			id: personId,
			name: [{ text: plain(name, personId) }],
		});
		this.known.set(id, {
			resourceType: "PractitionerRole",
			id,
			practitioner: to(personId),
			organization: to(organisation.id),
		});
		return to(id);
	}
}
