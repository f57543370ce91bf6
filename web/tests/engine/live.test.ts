import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Live } from "../../src/engine/live";

/** A socket whose other end is the test. */
class Socket {
	static readonly OPEN = 1;
	static made: Socket[] = [];
	readyState = Socket.OPEN;
	onmessage: ((event: { data: string }) => void) | null = null;
	onclose: ((event: { code: number }) => void) | null = null;

	constructor(readonly url: string) {
		Socket.made.push(this);
	}

	send(): void {}
	close(): void {}
	hears(frame: unknown): void {
		this.onmessage?.({ data: JSON.stringify(frame) });
	}
}

const last = () => Socket.made.at(-1) as Socket;
const nothing = () => undefined;
const signedOut = vi.fn();

function begin(): Live {
	const live = new Live("ws://localhost/ws/v1/live", {
		online: nothing,
		entries: nothing,
		receipts: nothing,
		welcome: nothing,
		groups: nothing,
		resume: () => ({}),
		signedOut,
		log: nothing,
	} as unknown as ConstructorParameters<typeof Live>[1]);
	live.connect();
	return live;
}

beforeEach(() => {
	Socket.made = [];
	signedOut.mockReset();
	vi.useFakeTimers();
	vi.stubGlobal("WebSocket", Socket);
});

afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

describe("a session that ends under an open socket", () => {
	it("may go on under a new key: the socket is opened again", () => {
		const live = begin();
		last().hears({ op: "ready", device: "d" });
		last().onclose?.({ code: 4401 });
		vi.advanceTimersByTime(60_000);
		expect(Socket.made).toHaveLength(2);
		last().hears({ op: "ready", device: "d" });
		expect(live.online).toBe(true);
		expect(signedOut).not.toHaveBeenCalled();
		live.stop();
	});

	it("is over when the next socket is refused as well", () => {
		const live = begin();
		last().hears({ op: "ready", device: "d" });
		last().onclose?.({ code: 4401 });
		vi.advanceTimersByTime(60_000);
		last().onclose?.({ code: 4401 });
		vi.advanceTimersByTime(60_000);
		expect(signedOut).toHaveBeenCalledOnce();
		expect(Socket.made).toHaveLength(2);
		live.stop();
	});
});
