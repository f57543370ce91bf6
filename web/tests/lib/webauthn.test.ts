import { describe, expect, it } from "vitest";
import { creationOptions, fromBase64Url, requestOptions, toBase64Url } from "../../src/lib/webauthn";

const bytes = (buffer: BufferSource) => [...new Uint8Array(buffer as ArrayBuffer)];

describe("passkeys between JSON and bytes", () => {
	it("reads and writes base64url without padding", () => {
		expect(bytes(fromBase64Url("-_8"))).toEqual([0xfb, 0xff]);
		expect(toBase64Url(new Uint8Array([0xfb, 0xff]).buffer)).toBe("-_8");
		for (const length of [0, 1, 2, 3, 32]) {
			const some = new Uint8Array(length).map((_, index) => index * 37);
			expect(fromBase64Url(toBase64Url(some.buffer))).toEqual(some);
		}
	});

	it("keeps what the server asks for and turns ids and challenge into bytes", () => {
		const options = requestOptions({
			challenge: "AQI",
			rpId: "localhost",
			userVerification: "required",
			allowCredentials: [{ id: "Aw", type: "public-key" }],
		});
		expect(bytes(options.challenge)).toEqual([1, 2]);
		expect(options).toMatchObject({ rpId: "localhost", userVerification: "required" });
		expect(options.allowCredentials?.map(({ id }) => bytes(id))).toEqual([[3]]);
	});

	it("makes creation options with the account's handle", () => {
		const options = creationOptions({
			challenge: "AQI",
			user: { id: "BA", name: "a@b.example", displayName: "A" },
			excludeCredentials: [{ id: "BQ", type: "public-key", transports: ["usb"] }],
		});
		expect(bytes(options.user.id)).toEqual([4]);
		expect(options.user.name).toBe("a@b.example");
		expect(options.excludeCredentials?.[0]?.transports).toEqual(["usb"]);
	});
});
