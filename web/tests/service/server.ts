/** The test service over HTTP and WebSocket: the addresses and shapes of the real one, and its content security
 *  policy, on a port of its own. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as pkijs from "pkijs";
import { type WebSocket, WebSocketServer } from "ws";
import { base64, fromBase64, fromHex } from "../../src/crypto/bytes";
import { Joins } from "./joins";
import { type ClaimBody, type CommitBody, Delivery, type MessageBody, Refusal } from "./messaging";
import { sendFile } from "./static";
import { Tus } from "./tus";
import type { Entry, Group, Session, World } from "./world";

type Answer = { status: number; body?: unknown };
type Json = Record<string, unknown>;

export class Service {
	readonly delivery: Delivery;
	readonly joins: Joins;
	private readonly server: Server;
	private readonly sockets = new WebSocketServer({ noServer: true });
	private readonly live = new Map<WebSocket, Session>();
	/** The groups that each socket asked for: it hears of no others. */
	private readonly followed = new WeakMap<WebSocket, Set<string>>();
	private readonly tus: Tus;
	/** Refuse sockets, so that only requests are left. */
	deaf = false;

	constructor(
		readonly world: World,
		private readonly folder: string,
	) {
		this.delivery = new Delivery(world, {
			entries: (group, entry) => this.tellEntry(group, entry),
			welcome: (deviceId) => this.tell({ op: "welcome" }, (session) => session.deviceId === deviceId),
			groups: (people) => this.tell({ op: "groups" }, (session) => people.includes(session.person.id)),
			receipts: (group, personId) => this.tellReceipts(group, personId),
		});
		this.tus = new Tus(world);
		this.joins = new Joins(world);
		this.server = createServer((request, response) => void this.handle(request, response));
		this.server.on("upgrade", (request, socket, head) => {
			const session = this.session(request);
			if (!session || this.deaf) socket.destroy();
			else this.sockets.handleUpgrade(request, socket, head, (ws) => this.connected(ws, session));
		});
	}

	async listen(port = 0): Promise<string> {
		await new Promise<void>((resolve) => this.server.listen(port, "127.0.0.1", resolve));
		return `http://localhost:${(this.server.address() as AddressInfo).port}`;
	}

	async close(): Promise<void> {
		this.cut();
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	/** Break all sockets, as a failing network does. */
	cut(code?: number): void {
		for (const socket of this.live.keys()) code ? socket.close(code) : socket.terminate();
	}

	private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url ?? "/", "http://localhost");
		const method = request.method ?? "GET";
		if (!url.pathname.startsWith("/api/")) return sendFile(this.folder, url.pathname, response);
		this.world.requests.push(`${method} ${url.pathname}`);
		const planned = this.world.hooks.request?.(method, url.pathname);
		if (planned === "drop") return void request.socket.destroy();
		if (!planned && url.pathname.startsWith("/api/v1/uploads")) return this.tus.handle(request, response);
		const answer = planned ?? (await this.answer(method, url, request));
		if (this.world.hooks.served?.(method, url.pathname) === "drop") return void request.socket.destroy();
		if (answer.body instanceof Uint8Array) return this.sendRange(request, response, answer.body);
		const type = answer.status >= 400 ? "application/problem+json" : "application/json";
		response.writeHead(answer.status, { "content-type": type });
		response.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
	}

	private async answer(method: string, url: URL, request: IncomingMessage): Promise<Answer> {
		try {
			const session = this.session(request);
			if (!session) throw new Refusal(401, "unauthenticated");
			if (method !== "GET" && request.headers["x-csrftoken"] !== "test") throw new Refusal(403, "csrf");
			const body = JSON.parse((await readBody(request)) || "{}") as Json;
			const result = await this.route(
				session,
				`${method} ${url.pathname.slice("/api/v1".length)}`,
				url,
				body,
			);
			return result === undefined ? { status: 204 } : { status: method === "POST" ? 201 : 200, body: result };
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			return { status: error.status, body: { code: error.code, status: error.status, ...error.extra } };
		}
	}

	private async route(session: Session, address: string, url: URL, body: Json): Promise<unknown> {
		const [, method, path] = /^(\w+) (.*)$/.exec(address) ?? [];
		const [, resource, id, part] = (path ?? "").split("/");
		switch (`${method} ${resource}${id ? "/:id" : ""}${part ? `/${part}` : ""}`) {
			case "GET me":
				return this.me(session);
			case "POST identity-keys":
				return this.certify(session, String(body.csr));
			case "POST devices":
				return this.register(session, body);
			case "GET devices":
				return this.devices(url.searchParams.getAll("person"));
			case "POST devices/:id/challenge":
				return this.challenge(session, id ?? "");
			case "POST devices/:id/attach":
				return this.attach(session, id ?? "", String(body.signature));
			case "GET attachments/:id":
				return this.tus.bytes(id ?? "");
			default:
				return this.routeMessaging(
					session,
					{ method: method ?? "", resource: resource ?? "", id, part },
					url,
					body,
				);
		}
	}

	private routeMessaging(
		session: Session,
		at: { method: string; resource: string; id: string | undefined; part: string | undefined },
		url: URL,
		body: Json,
	): unknown {
		const { delivery, world } = this;
		const { method, resource, id = "", part = "" } = at;
		const group = () => {
			const found = world.groups.get(id);
			if (!found) throw new Refusal(404, "not-found");
			return this.shown(session, found);
		};
		const routes: Record<string, () => unknown> = {
			"POST key-packages/": () => this.publish(session, body.key_packages as string[]),
			"GET key-packages/": () => this.publish(session, []),
			"POST key-packages/claim": () => delivery.claim(session, body as unknown as ClaimBody),
			"POST groups/": () => delivery.create(session, body as { id: string; kind: string }),
			"GET groups/": () => delivery.views(session),
			"POST groups/commits": () => delivery.commit(session, group(), body as unknown as CommitBody),
			"GET groups/entries": () => delivery.entries(session, group(), Number(url.searchParams.get("since"))),
			"POST groups/messages": () => delivery.send(session, group(), body as unknown as MessageBody),
			"POST groups/receipts": () =>
				delivery.receipt(session, group(), body as { delivered: number; seen: number }),
			"POST groups/unknown-leaf": () =>
				void world.reports.push({ group: id, identity: String(body.identity) }),
			"GET welcomes/": () => ({
				welcomes: world.welcomes.filter(({ deviceId }) => deviceId === session.deviceId),
			}),
			"DELETE welcomes/": () => this.dropWelcome(id),
			"GET history-backup/": () => ({ backup: null }),
			"POST device-joins/": () => this.joins.ask(session, body),
			"GET device-joins/": () => this.joins.read(session, id),
			"POST device-joins/approve": () => this.joins.approve(session, id, body),
			"POST device-joins/refuse": () => this.joins.end(session, id, "refused"),
			"POST device-joins/withdraw": () => this.joins.end(session, id, "withdrawn"),
		};
		const name = resource === "key-packages" && id === "claim" ? "claim" : part;
		const route = routes[`${method} ${resource}/${name}`];
		if (!route) throw new Refusal(404, "not-found");
		return route();
	}

	private dropWelcome(id: string): void {
		this.world.welcomes = this.world.welcomes.filter((welcome) => welcome.id !== id);
	}

	private me({ person, deviceId }: Session): unknown {
		const fingerprint = this.world.fingerprint(person);
		return {
			person_id: person.id,
			name: person.name,
			email: "",
			language: "de",
			membership_id: person.id,
			organisation: person.organisation,
			roles: [],
			device_id: deviceId,
			identity_key: fingerprint ? { id: person.id, fingerprint: base64(fromHex(fingerprint)) } : null,
			new_devices: "own",
			root_certificate: base64(this.world.root.der),
		};
	}

	private async certify({ person }: Session, csr: string): Promise<unknown> {
		if (person.identity) throw new Refusal(409, "identity-key-exists");
		const chain = await this.world.certify(person, csr);
		return { id: person.id, chain: chain.map(base64) };
	}

	private async register(session: Session, body: Json): Promise<unknown> {
		const id = String(body.id);
		if (this.world.devices.has(id)) throw new Refusal(409, "conflict");
		const { person } = session;
		const certificate = fromBase64(String(body.certificate));
		const chain = [certificate, person.identity?.certificate ?? certificate];
		chain.push(person.hospital.organisation.der, this.world.root.der);
		const publicKey = await pkijs.Certificate.fromBER(certificate).getPublicKey();
		const device = { id, person, chain, publicKey, revokedAt: null, keyPackages: [], nonce: null };
		this.world.devices.set(id, device);
		session.deviceId = id;
		return { id, chain: chain.map(base64) };
	}

	private devices(personIds: string[]): unknown {
		const found = personIds.flatMap((id) => this.world.devicesOf(id));
		const devices = found.map(({ id, person, chain, revokedAt }) => ({
			id,
			person_id: person.id,
			organisation_id: person.organisation.id,
			name: "",
			chain: chain.map(base64),
			revoked_at: revokedAt,
		}));
		return { devices };
	}

	private challenge(session: Session, id: string): unknown {
		const device = this.world.devices.get(id);
		if (device?.person !== session.person || device.revokedAt) throw new Refusal(404, "not-found");
		device.nonce = crypto.getRandomValues(new Uint8Array(32));
		return { nonce: base64(device.nonce) };
	}

	private async attach(session: Session, id: string, signature: string): Promise<unknown> {
		const device = this.world.devices.get(id);
		const signed = Buffer.concat([Buffer.from("medicus-attach:"), device?.nonce ?? Buffer.of()]);
		const algorithm = { name: "ECDSA", hash: "SHA-256" };
		const valid =
			device && (await crypto.subtle.verify(algorithm, device.publicKey, fromBase64(signature), signed));
		if (!valid) throw new Refusal(400, "invalid");
		session.deviceId = id;
		return { id };
	}

	private publish(session: Session, keyPackages: string[]): unknown {
		const device = this.world.devices.get(session.deviceId ?? "");
		device?.keyPackages.push(...keyPackages);
		return { available: device?.keyPackages.length ?? 0 };
	}

	private connected(socket: WebSocket, session: Session): void {
		if (!session.deviceId) {
			socket.close(4401);
			return;
		}
		this.live.set(socket, session);
		this.followed.set(socket, new Set());
		socket.on("close", () => this.live.delete(socket));
		socket.on("message", (data) => this.hear(socket, session, JSON.parse(String(data)) as Json));
		say(socket, { op: "ready", device: session.deviceId });
	}

	private hear(socket: WebSocket, session: Session, frame: Json): void {
		switch (frame.op) {
			case "ping":
				say(socket, { op: "pong" });
				break;
			case "resume":
				this.resume(socket, session, frame.groups as Record<string, number>);
				break;
			case "receipt":
				this.delivery.receipt(session, this.world.group(String(frame.group)), frame as never);
				break;
			case "send":
				this.send(socket, session, frame as unknown as MessageBody & { group: string });
				break;
		}
	}

	private send(socket: WebSocket, session: Session, frame: MessageBody & { group: string }): void {
		const { group, id } = frame;
		try {
			const sent = this.delivery.send(session, this.shown(session, this.world.group(group)), frame);
			say(socket, { op: "sent", group, id, ...sent });
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			say(socket, { op: "refused", group, id, problem: { status: error.status, code: error.code } });
		}
	}

	private resume(socket: WebSocket, session: Session, since: Record<string, number>): void {
		for (const [id, seq] of Object.entries(since)) {
			this.followed.get(socket)?.add(id);
			const group = this.shown(session, this.world.group(id));
			const page = this.delivery.entries(session, group, seq) as { entries: Entry[] };
			if (page.entries.length > 0) say(socket, { op: "entries", group: id, ...page });
		}
	}

	private tellEntry(group: Group, entry: Entry): void {
		const frame = { op: "entries", group: group.id, entries: [entry], last_seq: entry.seq };
		this.tell(frame, (session) => {
			const { deviceId } = session;
			const joined = group.joined.get(deviceId ?? "");
			if (this.shown(session, this.world.group(group.id)) !== group) return false;
			return joined !== undefined && joined < entry.seq && group.leaves.includes(deviceId);
		});
	}

	private shown(session: Session, group: Group): Group {
		return this.world.hooks.history?.(session, group) ?? group;
	}

	private tellReceipts(group: Group, personId: string): void {
		const receipt = group.receipts.get(personId);
		const frame = { op: "receipts", group: group.id, person: personId, ...receipt };
		this.tell(frame, ({ person }) => this.delivery.people(group).includes(person.id));
	}

	private tell(frame: Json, to: (session: Session) => boolean): void {
		for (const [socket, session] of this.live) {
			const follows = typeof frame.group !== "string" || this.followed.get(socket)?.has(frame.group);
			if (follows && to(session)) say(socket, frame);
		}
	}

	private sendRange(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array): void {
		const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
		const part = bytes.subarray(Number(from), Number(to) + 1);
		response.writeHead(206, { "content-type": "application/octet-stream", "content-length": part.length });
		response.end(part);
	}

	private session(request: IncomingMessage): Session | undefined {
		const token = /(?:^|; )session=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
		return this.world.sessions.get(token ?? "");
	}
}

function say(socket: WebSocket, frame: Json): void {
	socket.send(JSON.stringify(frame));
}

async function readBody(request: IncomingMessage): Promise<string> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	return Buffer.concat(parts).toString();
}
