/** The socket that brings news. It is a convenience, never the truth: after each new connection everything newer than
 *  what was read is asked for again. */

import { base64 } from "../crypto/bytes";
import { backoffMs } from "../lib/backoff";
import { Problem, Unreachable } from "../lib/http";
import type { Entry, Taken } from "./api";
import { acknowledgementOfRow, type OfMessage, type WireAcknowledgementRow } from "./urgent-wire";
import { entryOf, type WireEntry } from "./wire";

export interface LiveHooks {
	/** Sequence numbers from which each group is to be resumed. */
	resume(): Record<string, number>;
	online(online: boolean): void;
	entries(groupId: string, entries: Entry[]): void;
	receipts(groupId: string, personId: string, delivered: number, seen: number): void;
	acknowledgements(groupId: string, rows: OfMessage[]): void;
	/** An urgent message has changed. */
	urgent(groupId: string, messageId: string): void;
	welcome(): void;
	groups(): void;
	/** The session ended, or this device is no longer attached to it. */
	signedOut(): void;
	log(what: string, error: unknown): void;
}

type Frame =
	| { op: "ready"; device: string }
	| { op: "entries"; group: string; entries: WireEntry[]; last_seq: number }
	| { op: "sent"; group: string; id: string; seq: number; at: string }
	| { op: "refused"; group: string; id: string; problem: { status: number; code: string; detail?: string } }
	| { op: "receipts"; group: string; person: string; delivered: number; seen: number }
	| { op: "acknowledgements"; group: string; rows: WireAcknowledgementRow[] }
	| { op: "urgent"; group: string; id: string }
	| { op: "welcome" }
	| { op: "groups" }
	| { op: "pong" };

interface Waiting {
	resolve(answer: Taken): void;
	reject(error: Error): void;
	timer: ReturnType<typeof setTimeout>;
}

const CLOSED_SIGNED_OUT = 4401;
const PING_MS = 25_000;
const ANSWER_MS = 10_000;

export class Live {
	private socket: WebSocket | null = null;
	private ready = false;
	private stopped = false;
	private attempt = 0;
	private retry: ReturnType<typeof setTimeout> | undefined;
	private ping: ReturnType<typeof setInterval> | undefined;
	private heardAtMs = 0;
	private readonly waiting = new Map<string, Waiting>();

	constructor(
		private readonly url: string,
		private readonly hooks: LiveHooks,
	) {}

	get online(): boolean {
		return this.ready;
	}

	connect(): void {
		if (this.stopped || this.socket) return;
		clearTimeout(this.retry);
		const socket = new WebSocket(this.url);
		this.socket = socket;
		socket.onmessage = ({ data }) => this.hear(socket, String(data));
		socket.onclose = ({ code }) => this.closed(socket, code);
	}

	stop(): void {
		this.stopped = true;
		clearTimeout(this.retry);
		this.socket?.close();
		if (this.socket) this.closed(this.socket, 1000);
	}

	/** The network is said to be back: do not wait for the next attempt. */
	wake(): void {
		this.attempt = 0;
		this.connect();
	}

	/** Resolves when the server has the message. Raises: Problem, Unreachable. */
	send(group: string, id: string, epoch: number, message: Uint8Array): Promise<Taken> {
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => this.answer(id, new Unreachable("no answer")), ANSWER_MS);
			this.waiting.set(id, { resolve, reject, timer });
			const frame = { op: "send", group, id, epoch, body: base64(message) };
			if (!this.say(frame)) this.answer(id, new Unreachable("not connected"));
		});
	}

	/** Returns false when there is no connection. */
	say(frame: Record<string, unknown>): boolean {
		if (!this.ready || this.socket?.readyState !== WebSocket.OPEN) return false;
		this.socket.send(JSON.stringify(frame));
		return true;
	}

	private hear(socket: WebSocket, data: string): void {
		if (socket !== this.socket) return;
		this.heardAtMs = Date.now();
		try {
			this.handle(JSON.parse(data) as Frame);
		} catch (error) {
			this.hooks.log("a frame could not be read", error);
			socket.close();
		}
	}

	private handle(frame: Frame): void {
		switch (frame.op) {
			case "ready":
				this.becomeReady();
				break;
			case "entries":
				this.hooks.entries(frame.group, frame.entries.map(entryOf));
				break;
			case "sent":
				this.answer(frame.id, { seq: frame.seq, at: frame.at });
				break;
			case "refused":
				this.answer(frame.id, problemOf(frame.problem));
				break;
			case "receipts":
				this.hooks.receipts(frame.group, frame.person, frame.delivered, frame.seen);
				break;
			case "acknowledgements":
				this.hooks.acknowledgements(frame.group, frame.rows.map(acknowledgementOfRow));
				break;
			case "urgent":
				this.hooks.urgent(frame.group, frame.id);
				break;
			case "welcome":
				this.hooks.welcome();
				break;
			case "groups":
				this.hooks.groups();
				break;
			case "pong":
				break;
		}
	}

	private becomeReady(): void {
		this.ready = true;
		this.attempt = 0;
		clearInterval(this.ping);
		this.ping = setInterval(() => this.beat(), PING_MS);
		this.say({ op: "resume", groups: this.hooks.resume() });
		this.hooks.online(true);
	}

	private beat(): void {
		if (Date.now() - this.heardAtMs > PING_MS + ANSWER_MS) this.socket?.close();
		else this.say({ op: "ping" });
	}

	private closed(socket: WebSocket, code: number): void {
		if (socket !== this.socket) return;
		const wasReady = this.ready;
		this.socket = null;
		this.ready = false;
		clearInterval(this.ping);
		for (const id of [...this.waiting.keys()]) this.answer(id, new Unreachable("the connection was lost"));
		if (wasReady) this.hooks.online(false);
		if (this.stopped) return;
		// A session that goes on under a new key (after a second factor) closes the socket once, and opens it again.
		if (code === CLOSED_SIGNED_OUT && !wasReady) {
			this.hooks.signedOut();
			return;
		}
		this.attempt += 1;
		this.retry = setTimeout(() => this.connect(), backoffMs(this.attempt));
	}

	private answer(id: string, answer: Taken | Error): void {
		const waiting = this.waiting.get(id);
		if (!waiting) return;
		this.waiting.delete(id);
		clearTimeout(waiting.timer);
		if (answer instanceof Error) waiting.reject(answer);
		else waiting.resolve(answer);
	}
}

function problemOf({ status, code, detail }: { status: number; code: string; detail?: string }): Error {
	if (status >= 500) return new Unreachable(code);
	return new Problem(status, code, detail ?? "");
}

/** The socket's address at the page's own origin. */
export function liveUrl(origin: string): string {
	return `${origin.replace(/^http/, "ws")}/ws/v1/live`;
}
