import { beforeEach, expect, test } from "vitest";
import { fingerprint, RememberedUploads } from "../../src/elements/upload/remembered";

/** A `Storage` over an object's own keys, as the browser's behaves under `Object.keys`. */
class MemoryStorage {
	[key: string]: unknown;
	setItem(key: string, value: string) {
		this[key] = value;
	}
	getItem(key: string) {
		return (this[key] as string | undefined) ?? null;
	}
	removeItem(key: string) {
		delete this[key];
	}
}

const DAY_MS = 86_400_000;
const AT = "2025-11-22T03:00:00Z";
let storage: MemoryStorage;
let uploads: RememberedUploads;

beforeEach(() => {
	storage = new MemoryStorage();
	uploads = new RememberedUploads(storage as unknown as Storage);
});

function half(name: string) {
	return {
		size: 9,
		metadata: { name, patient: "0199" },
		creationTime: AT,
		urlStorageKey: "",
		uploadUrl: "/api/v1/uploads/0199",
		parallelUploadUrls: null,
	};
}

test("a half-sent file is found again by its fingerprint", async () => {
	await uploads.addUpload("f00", half("Keller_Anna.dcm"));
	const [found] = await uploads.findUploadsByFingerprint("f00");
	expect(found?.uploadUrl).toBe("/api/v1/uploads/0199");
	expect(await uploads.findUploadsByFingerprint("other")).toEqual([]);
});

test("neither the name of a file nor of its patient stays on a shared computer", async () => {
	await uploads.addUpload("f00", half("Keller_Anna.dcm"));
	const kept = JSON.stringify(storage);
	expect(kept).not.toContain("Keller");
	expect(kept).not.toContain("patient");
});

test("after a day it is forgotten, not before", async () => {
	await uploads.addUpload("f00", half("a"));
	uploads.forgetOld(Date.parse(AT) + DAY_MS - 1);
	expect(await uploads.findAllUploads()).toHaveLength(1);
	uploads.forgetOld(Date.parse(AT) + DAY_MS + 1);
	expect(await uploads.findAllUploads()).toEqual([]);
});

test("the same file for another patient is another upload", async () => {
	const file = new File(["x"], "Keller_Anna.dcm", { lastModified: 1 });
	const first = await fingerprint(file, { metadata: { patient: "a" } });
	expect(first).toMatch(/^[0-9a-f]{64}$/);
	expect(await fingerprint(file, { metadata: { patient: "a" } })).toBe(first);
	expect(await fingerprint(file, { metadata: { patient: "b" } })).not.toBe(first);
});
