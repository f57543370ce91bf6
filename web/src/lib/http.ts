/** Requests to the service's API: JSON in and out, problems (RFC 9457) as one error class. */

import { UNATTENDED } from "./page";

/** The service understood and said no; `code` is stable. */
export class Problem extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		readonly detail: string,
		readonly extra: Readonly<Record<string, unknown>> = {},
	) {
		super(detail || code);
	}
}

/** No answer: the network or the service is away. Whether the request had an effect is not known. */
export class Unreachable extends Error {}

export interface HttpOptions {
	/** The token for the header `X-CSRFToken`; asked again when the service refuses it. */
	csrf(fresh: boolean): Promise<string>;
	fetch?: typeof fetch;
	timeoutMs?: number;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** unattended: the page asks by itself, which does not keep the session from ending. */
interface Manner {
	unattended?: boolean;
	/** Where the service has more to do than usual. */
	timeoutMs?: number;
}

export class Http {
	private readonly fetch: typeof fetch;
	private readonly timeoutMs: number;

	constructor(private readonly options: HttpOptions) {
		this.fetch = options.fetch ?? ((input, init) => fetch(input, init));
		this.timeoutMs = options.timeoutMs ?? 15_000;
	}

	get<T>(path: string, manner: Manner = {}): Promise<T> {
		return this.json<T>("GET", path, undefined, headersOf(manner));
	}

	post<T>(path: string, body: unknown = {}, manner: Manner = {}): Promise<T> {
		return this.json<T>("POST", path, body, headersOf(manner), manner.timeoutMs);
	}

	put(path: string, body: unknown, manner: Manner = {}): Promise<void> {
		return this.json<void>("PUT", path, body, headersOf(manner));
	}

	delete(path: string): Promise<void> {
		return this.json<void>("DELETE", path);
	}

	/** `start` and `end` in bytes, `end` excluded. Raises: Problem, Unreachable. */
	async range(path: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
		const headers = { Range: `bytes=${start}-${end - 1}` };
		const response = await this.request(path, { headers });
		if (!response.ok) throw await problemOf(response);
		const bytes = new Uint8Array(await interrupted(response.arrayBuffer()));
		// A server that does not know ranges sends the whole.
		return response.status === 206 ? bytes : bytes.slice(start, end);
	}

	private async json<T>(
		method: Method,
		path: string,
		body?: unknown,
		more: Record<string, string> = {},
		timeoutMs = this.timeoutMs,
	): Promise<T> {
		let response = await this.send(method, path, body, false, more, timeoutMs);
		if (response.status === 403 && method !== "GET")
			response = await this.send(method, path, body, true, more, timeoutMs);
		if (!response.ok) throw await problemOf(response);
		if (response.status === 204) return undefined as T;
		return interrupted(response.json()) as Promise<T>;
	}

	private async send(
		method: Method,
		path: string,
		body: unknown,
		freshToken: boolean,
		more: Record<string, string> = {},
		timeoutMs = this.timeoutMs,
	): Promise<Response> {
		const headers: Record<string, string> = { Accept: "application/json", ...more };
		if (method !== "GET") headers["X-CSRFToken"] = await this.options.csrf(freshToken);
		if (body === undefined) return this.request(path, { method, headers }, timeoutMs);
		headers["Content-Type"] = "application/json";
		return this.request(path, { method, headers, body: JSON.stringify(body) }, timeoutMs);
	}

	private request(path: string, init: RequestInit, timeoutMs = this.timeoutMs): Promise<Response> {
		const signal = AbortSignal.timeout(timeoutMs);
		const options: RequestInit = { credentials: "same-origin", redirect: "error", cache: "no-store", signal };
		return interrupted(this.fetch(path, { ...options, ...init }));
	}
}

function headersOf({ unattended = false }: Manner): Record<string, string> {
	return unattended ? { [UNATTENDED]: "1" } : {};
}

async function interrupted<T>(work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		throw new Unreachable(error instanceof Error ? error.message : "no answer");
	}
}

async function problemOf(response: Response): Promise<Problem | Unreachable> {
	const body = await response.json().catch(() => null);
	const { code, detail, title, ...extra } = (body ?? {}) as Record<string, unknown>;
	const problem = new Problem(
		response.status,
		typeof code === "string" ? code : `http-${response.status}`,
		String(detail ?? title ?? ""),
		extra,
	);
	return response.status >= 500 ? new Unreachable(problem.message) : problem;
}
