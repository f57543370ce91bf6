import { beforeAll, expect, test } from "vitest";
import { inOrder, placeOf, previewOf, shown, titleOf, waiting } from "../../src/elements/inbox/entry";
import type { Contact, Conversation, Member, Message } from "../../src/engine/types";

beforeAll(() => {
	(globalThis as { document?: unknown }).document = { documentElement: { lang: "de" } };
});

function member(personId: string, name: string): Member {
	return {
		personId,
		name,
		function: "physician",
		organisation: { id: "a", name: "Hospital A" },
		owner: false,
		devices: 1,
		delivered: 0,
		seen: 0,
		fingerprint: null,
		keyChanged: false,
		domain: null,
		keySince: null,
		keyResets: 0,
		verifiedAt: null,
		wasVerified: false,
		devicesSince: [],
	};
}

function message(changes: Partial<Message>): Message {
	return {
		id: "m",
		conversationId: "c",
		seq: 1,
		type: "text",
		senderPersonId: "bob",
		senderName: "Bob Becker",
		own: false,
		text: "Guten Morgen",
		attachment: null,
		sentAt: "2025-11-22T03:00:00Z",
		send: null,
		...changes,
	};
}

function conversation(id: string, changes: Partial<Conversation> = {}): Conversation {
	return {
		id,
		kind: "direct",
		title: null,
		members: [member("alice", "Alice Ahrens"), member("bob", "Bob Becker")],
		trust: { state: "verified" },
		lastMessage: message({}),
		unread: 0,
		joinedAt: "2025-11-20T03:00:00Z",
		active: true,
		contact: null,
		case: null,
		retention: null,
		kept: [],
		recorded: [],
		expiredSeq: 0,
		...changes,
	};
}

test("a conversation without a title is called by the others in it", () => {
	expect(titleOf(conversation("c"), "alice")).toBe("Bob Becker");
	expect(titleOf(conversation("c", { title: "Zimmer 12" }), "alice")).toBe("Zimmer 12");
	expect(titleOf(conversation("c", { members: [member("alice", "Alice Ahrens")] }), "alice")).toBe(
		"Gespräch ohne Titel",
	);
});

test("of two, the other one's hospital is told; of more, none", () => {
	expect(placeOf(conversation("c"), "alice")).toBe("Hospital A");
	expect(placeOf(conversation("c", { kind: "team" }), "alice")).toBe("");
});

test("the preview says who speaks, except the other one of two", () => {
	expect(previewOf(conversation("c"))).toBe("Guten Morgen");
	expect(previewOf(conversation("c", { kind: "team" }))).toBe("Bob Becker: Guten Morgen");
	expect(previewOf(conversation("c", { lastMessage: message({ own: true }) }))).toBe("Sie: Guten Morgen");
	expect(previewOf(conversation("c", { lastMessage: null }))).toBe("");
});

test("the preview names a file and admits what cannot be read", () => {
	const attachment = { objectId: "o", name: "ct.dcm", mediaType: "application/dicom", sizeBytes: 1 };
	const file = message({ type: "attachment", attachment });
	expect(previewOf(conversation("c", { lastMessage: file }))).toBe("Datei: ct.dcm");
	const lost = message({ type: "unreadable", text: "internal detail" });
	expect(previewOf(conversation("c", { lastMessage: lost }))).toBe("Nachricht nicht lesbar");
});

test("locked conversations come first, then those that name the person, then unread ones, then the newest", () => {
	const locked = conversation("locked", { trust: { state: "unknown-leaf", identities: ["x"] } });
	const unread = conversation("unread", {
		unread: 2,
		lastMessage: message({ sentAt: "2025-11-01T00:00:00Z" }),
	});
	const newest = conversation("newest", { lastMessage: message({ sentAt: "2025-11-22T03:01:00Z" }) });
	const silent = conversation("silent", { lastMessage: null });
	const named = { ...unread, id: "named", mentioned: true };
	const ids = inOrder([silent, newest, unread, named, locked]).map((found) => found.id);
	expect(ids).toEqual(["locked", "named", "unread", "newest", "silent"]);
});

test("whatever is unread is shown, however many there are", () => {
	const many = Array.from({ length: 12 }, (_, index) =>
		conversation(String(index), { unread: index < 10 ? 1 : 0 }),
	);
	expect(waiting(many)).toBe(10);
	expect(shown(many, 8)).toHaveLength(10);
	expect(shown(many.slice(10), 8)).toHaveLength(2);
});

test("a new title is told, not shown a second time below itself", () => {
	const titled = message({ type: "title", text: "Zimmer 12" });
	expect(previewOf(conversation("c", { title: "Zimmer 12", lastMessage: titled }))).toBe(
		"Bob Becker hat den Titel festgelegt",
	);
	expect(previewOf(conversation("c", { lastMessage: { ...titled, own: true } }))).toBe(
		"Sie haben den Titel festgelegt",
	);
});

function request(changes: Partial<Contact> = {}): Contact {
	return {
		state: "open",
		mine: false,
		left: 0,
		madeAt: "2025-11-21T03:00:00Z",
		expiresAt: "2025-12-05T03:00:00Z",
		reason: "",
		role: null,
		againAt: null,
		...changes,
	};
}

test("a request says what somebody wants, in place of the message", () => {
	expect(previewOf(conversation("c", { contact: request() }))).toBe("möchte mit Ihnen ins Gespräch kommen");
	expect(previewOf(conversation("c", { contact: request({ mine: true }) }))).toBe("Guten Morgen");
	expect(previewOf(conversation("c", { contact: request({ state: "declined" }) }))).toBe("Guten Morgen");
});

test("a request waits until it is answered, also when its message was read", () => {
	const asked = conversation("asked", {
		contact: request(),
		lastMessage: message({ sentAt: "2025-11-01T00:00:00Z" }),
	});
	const others = ["1", "2"].map((id) => conversation(id, { contact: request({ mine: true }) }));
	expect(waiting([...others, asked])).toBe(1);
	expect(shown([...others, asked], 1).map(({ id }) => id)).toEqual(["asked"]);
	expect(waiting([conversation("over", { contact: request({ state: "expired" }) })])).toBe(0);
	expect(waiting([conversation("out", { contact: request(), active: false })])).toBe(0);
});
