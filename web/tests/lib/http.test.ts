import { describe, expect, it } from "vitest";
import { Http, Problem, Unreachable } from "../../src/lib/http";

type Call = { url: string; init: RequestInit };

function service(...answers: (Response | Error)[]): { http: Http; calls: Call[]; asked: boolean[] } {
	const calls: Call[] = [];
	const asked: boolean[] = [];
	const http = new Http({
		csrf: async (fresh) => {
			asked.push(fresh);
			return fresh ? "new" : "old";
		},
		fetch: (async (url: string, init: RequestInit) => {
			calls.push({ url, init });
			const answer = answers.shift();
			if (!answer || answer instanceof Error) throw answer ?? new Error("nothing more");
			return answer;
		}) as typeof fetch,
	});
	return { http, calls, asked };
}

const problem = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
const token = ({ init }: Call) => new Headers(init.headers).get("X-CSRFToken");

describe("a request", () => {
	it("sends JSON with the token, and reads JSON", async () => {
		const { http, calls } = service(Response.json({ seq: 3 }));
		expect(await http.post("/x", { a: 1 })).toEqual({ seq: 3 });
		expect(calls[0]?.init.body).toBe('{"a":1}');
		expect(calls.map(token)).toEqual(["old"]);
	});

	it("sends no token where nothing changes", async () => {
		const { http, calls } = service(Response.json({}));
		await http.get("/x");
		expect(calls.map(token)).toEqual([null]);
	});

	it("asks for a new token once when the old one is refused", async () => {
		const { http, calls, asked } = service(problem(403, {}), new Response(null, { status: 204 }));
		await http.post("/x");
		expect([asked, calls.map(token)]).toEqual([
			[false, true],
			["old", "new"],
		]);
		const stubborn = service(problem(403, { code: "no" }), problem(403, { code: "no" }));
		await expect(stubborn.http.post("/x")).rejects.toMatchObject({ status: 403, code: "no" });
	});
});

describe("what comes back instead", () => {
	it("is a problem with code, sentence and extras", async () => {
		const { http } = service(problem(409, { code: "stale-epoch", detail: "zu spät", epoch: 7 }));
		const error = await http.post("/x").catch((caught) => caught);
		expect(error).toBeInstanceOf(Problem);
		expect(error).toMatchObject({ status: 409, code: "stale-epoch", detail: "zu spät", extra: { epoch: 7 } });
	});

	it("is no answer when the network or the service is away, and then nothing is known", async () => {
		for (const answer of [
			new TypeError("failed"),
			problem(503, { code: "unavailable" }),
			problem(502, "<html>"),
		]) {
			await expect(service(answer).http.get("/x")).rejects.toBeInstanceOf(Unreachable);
		}
		await expect(service(new Response("{")).http.get("/x")).rejects.toBeInstanceOf(Unreachable);
	});
});

describe("a range", () => {
	it("is asked for with its last byte included", async () => {
		const { http, calls } = service(new Response(new Uint8Array([5, 6]), { status: 206 }));
		expect(await http.range("/x", 10, 12)).toEqual(Uint8Array.of(5, 6));
		expect(new Headers(calls[0]?.init.headers).get("Range")).toBe("bytes=10-11");
	});

	it("is cut out when the server sends the whole", async () => {
		const { http } = service(new Response(new Uint8Array([1, 2, 3, 4])));
		expect(await http.range("/x", 1, 3)).toEqual(Uint8Array.of(2, 3));
	});
});
