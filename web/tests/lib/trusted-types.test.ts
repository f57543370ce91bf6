import { describe, expect, it } from "vitest";
import { installTrustedTypes, ownScriptUrl } from "../../src/lib/trusted-types";

const ORIGIN = "https://medicus.example";

describe("a script's address", () => {
	it.each(["/static/web/worker.js", "worker.js", `${ORIGIN}/x.js`, `blob:${ORIGIN}/1-2`])(
		"may be %s",
		(url) => {
			expect(ownScriptUrl(url, ORIGIN)).toBe(url);
		},
	);

	it.each([
		"https://evil.example/x.js",
		"//evil.example/x.js",
		"data:text/javascript,1",
		"javascript:1",
		"blob:https://evil.example/1",
	])("may not be %s", (url) => expect(() => ownScriptUrl(url, ORIGIN)).toThrow(TypeError));
});

describe("the policy", () => {
	it("is named default, made once, and refuses HTML and script text", () => {
		const made: [string, Record<string, (input: string) => string>][] = [];
		const factory = {
			defaultPolicy: null as unknown,
			createPolicy(name: string, rules: Record<string, (input: string) => string>) {
				made.push([name, rules]);
				this.defaultPolicy = rules;
			},
		};
		installTrustedTypes({ trustedTypes: factory }, ORIGIN);
		installTrustedTypes({ trustedTypes: factory }, ORIGIN);
		installTrustedTypes({}, ORIGIN);
		expect(made.map(([name]) => name)).toEqual(["default"]);
		const rules = made[0]?.[1];
		expect(() => rules?.createHTML?.("<b>")).toThrow(TypeError);
		expect(() => rules?.createScript?.("1")).toThrow(TypeError);
	});
});
