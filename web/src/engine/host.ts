/** The worker's side of the messenger: holds the lock, enters the service, runs the desk, answers calls. */

import { backoffMs, pause } from "../lib/backoff";
import { Http, Problem, Unreachable } from "../lib/http";
import { Serial } from "../lib/serial";
import { AwaitsAdministrator, decided, forgetCandidate } from "./administrator";
import { Api } from "./api";
import { BackupApi } from "./backup-api";
import { takeHistory } from "./backup-arrival";
import { BackupWriter } from "./backup-writer";
import { Blocked } from "./blocked";
import { CoreCryptoEngine, type EngineOptions } from "./core-crypto";
import { Desk } from "./desk";
import { dispatch } from "./dispatch";
import { Failure, failureOf } from "./failure";
import { Joining } from "./joining";
import { liveUrl } from "./live";
import { EngineLock } from "./lock";
import type { FromWorker, Method, ToWorker } from "./rpc";
import { enter, type Session } from "./setup";
import { Store } from "./store";
import type { EngineState, HistoryArrival } from "./types";

export interface HostOptions {
	wasmUrl: string;
	origin: string;
	post(message: FromWorker): void;
}

const LONGEST_PAUSE_MS = 10_000;

type Started = Extract<ToWorker, { type: "start" }>;

export class Host {
	private readonly lock = new EngineLock();
	private readonly http: Http;
	private readonly api: Api;
	private desk: Desk | null = null;
	private backup: BackupWriter | null = null;
	private settings: Started | null = null;
	private engine: { database: string; opening: Promise<CoreCryptoEngine> } | null = null;
	private csrf = "";
	private freshCsrf: ((token: string) => void)[] = [];
	private waiting: { run(desk: Desk): void; reject(failure: Failure): void }[] = [];
	private restart: (() => void) | null = null;
	private joining: Joining | null = null;
	/** Counts the lives of the engine: what waited in an earlier one stops. */
	private life = 0;
	private readonly joins = new Serial();
	/** Why calls are refused now. */
	private refusal: Failure | null = null;

	constructor(private readonly options: HostOptions) {
		this.http = new Http({ csrf: (fresh) => this.token(fresh) });
		this.api = new Api(this.http);
	}

	hear(message: ToWorker): void {
		switch (message.type) {
			case "start":
				this.begin(message);
				break;
			case "call":
				void this.call(message.id, message.method, message.args);
				break;
			case "csrf":
				this.csrf = message.token;
				for (const answer of this.freshCsrf.splice(0)) answer(message.token);
				break;
			case "take-over":
				this.lock.takeOver((signal) => this.run(signal));
				break;
			case "ask-to-join":
				void this.joins.run(() => this.join({ again: false }));
				break;
			case "ask-administrator-again":
				void this.joins.run(() => this.askAgain());
				break;
			case "withdraw-join":
				void this.joining?.withdraw().catch((error) => this.log("not withdrawn", error));
				break;
		}
	}

	/** The network came back. */
	wake(): void {
		if (this.desk) this.desk.wake();
		else this.restart?.();
	}

	private begin(settings: Started): void {
		if (this.settings) return;
		this.settings = settings;
		this.csrf = settings.csrf;
		const waiting = () => this.blocked({ state: "locked-elsewhere" });
		void this.lock.hold((signal) => this.run(signal), !settings.again, waiting);
	}

	/** One life of the engine in this tab; ends when the lock is taken away. */
	private async run(signal: AbortSignal): Promise<void> {
		for (let attempt = 0; !signal.aborted; attempt++) {
			if (attempt > 0) await pause(Math.min(attempt * 300, LONGEST_PAUSE_MS));
			const next = new Promise<void>((resolve) => {
				this.restart = resolve;
			});
			const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
			const retryMs = await this.open(attempt);
			await Promise.race(retryMs === null ? [next, aborted] : [next, aborted, pause(retryMs)]);
			await this.close();
		}
		this.blocked({ state: "locked-elsewhere" });
		this.options.post({ type: "ended" });
	}

	/** Returns after how long to try again; null when only somebody's action helps. */
	private async open(attempt: number): Promise<number | null> {
		this.refusal = null;
		this.report({ state: "starting" });
		try {
			const session = await enter(this.setupPorts());
			await this.serve(session);
			return null;
		} catch (error) {
			if (error instanceof Blocked) {
				this.blocked(error.state);
				this.awaitAdministrator(error, () => this.restart?.());
				// What was asked before this page was loaded is still open.
				if (error.state.state === "needs-approval") {
					void this.joins.run(() => this.join({ again: true }));
				}
			} else {
				this.log("could not start", error);
				const reason = error instanceof Unreachable ? "offline" : "internal";
				this.blocked({ state: "failed", reason });
			}
			// The policy was changed in this very moment.
			if (error instanceof Problem && error.code === "approval-needed") return 1000;
			return error instanceof Unreachable ? 500 + backoffMs(attempt) : null;
		}
	}

	private async serve(session: Session): Promise<void> {
		const log = (what: string, error: unknown) => this.log(what, error);
		const arrival = await this.takeHistory(session);
		const api = new BackupApi(this.http);
		const desk = await Desk.open({
			api: this.api,
			session,
			language: this.settings?.language ?? "de",
			liveUrl: liveUrl(this.options.origin),
			csrf: (fresh) => this.token(fresh),
			emit: (event) => this.options.post({ type: "event", event }),
			signedOut: () => this.restart?.(),
			backup: { api, save: async () => this.backup?.now() },
			log,
			now: () => new Date(),
		});
		this.desk = desk;
		this.report({ state: "ready", deviceId: session.self.deviceId, online: false });
		this.options.post({
			type: "event",
			event: { type: "conversations", conversations: await desk.conversations() },
		});
		desk.start();
		if (arrival) this.options.post({ type: "event", event: { type: "history", arrival } });
		// The service keeps no backup for patients.
		if (!session.me.isPatient) this.backup = new BackupWriter({ api, session, log });
		for (const { run } of this.waiting.splice(0)) run(desk);
	}

	/** Before the desk opens: nothing may run that does not know of conversations that come. */
	private async takeHistory({ me, store, self }: Session): Promise<HistoryArrival | null> {
		if (me.isPatient) return null;
		const owner = { personId: me.personId, organisationId: me.organisation.id };
		const language = this.settings?.language ?? "de";
		const api = new BackupApi(this.http);
		const backup = { api, groups: this.api, store, owner, language, now: () => new Date() };
		const log = (what: string, error: unknown) => this.log(what, error);
		return takeHistory({ api: this.api, backup, self, log }, (done, total) =>
			this.report({ state: "restoring", done, total }),
		);
	}

	/** Ask to become a device; only a browser without the identity key gets here. */
	private async join({ again }: { again: boolean }): Promise<void> {
		if (this.desk) return;
		const ports = { ...this.setupPorts(), origin: this.options.origin, pause };
		const joining = new Joining(ports);
		this.joining = joining;
		try {
			const ended = await joining.run({ again });
			if (ended === "approved") this.restart?.();
			else if (ended) this.blocked({ state: "needs-approval", ended });
		} catch (error) {
			this.log("could not join", error);
			const signedOut = error instanceof Problem && error.status === 401;
			if (signedOut) this.restart?.();
			else if (error instanceof Blocked) {
				this.blocked(error.state);
				this.awaitAdministrator(error, () => void this.joins.run(() => this.join({ again: true })));
			} else this.blocked({ state: "needs-approval", ended: failureOf(error).code });
		} finally {
			if (this.joining === joining) this.joining = null;
		}
	}

	/** Go on by itself when an administrator has decided. */
	private awaitAdministrator(blocked: Blocked, goOn: () => void): void {
		if (!(blocked instanceof AwaitsAdministrator)) return;
		const life = this.life;
		void decided(this.api, blocked.approvalId, { stopped: () => life !== this.life, pause }).then(() => {
			if (life === this.life) goOn();
		});
	}

	/** With other keys, for those that were refused stay refused. */
	private async askAgain(): Promise<void> {
		if (this.desk) return;
		try {
			const { personId } = await this.api.me();
			const store = await Store.open(`medicus-${personId}`);
			await forgetCandidate(store);
			store.close();
		} catch (error) {
			this.log("not asked again", error);
		}
		this.restart?.();
	}

	private async close(): Promise<void> {
		this.life += 1;
		this.joining?.stop();
		this.joining = null;
		const desk = this.desk;
		this.desk = null;
		this.backup?.stop();
		await desk?.stop();
	}

	private setupPorts(): Parameters<typeof enter>[0] {
		return {
			api: this.api,
			openStore: (personId) => Store.open(`medicus-${personId}`),
			openEngine: (options) => this.openEngine(options),
			report: (state) => this.report(state),
			deviceName: this.settings?.deviceName ?? "",
			now: () => new Date(),
		};
	}

	/** Opened once in a worker's life: two instances of one database would not know of each other's steps. */
	private openEngine(options: Omit<EngineOptions, "wasmUrl">): Promise<CoreCryptoEngine> {
		if (this.engine?.database !== options.database) {
			const opening = CoreCryptoEngine.open({ ...options, wasmUrl: this.options.wasmUrl });
			this.engine = { database: options.database, opening };
			opening.catch(() => {
				this.engine = null;
			});
		}
		return this.engine.opening;
	}

	private async call(id: number, method: Method, args: unknown[]): Promise<void> {
		const { post } = this.options;
		try {
			const desk = this.desk ?? (await this.opened());
			const progress = (done: number, total: number) => post({ type: "progress", id, done, total });
			post({ type: "result", id, value: await dispatch(desk, method, args, progress) });
		} catch (error) {
			const failure = failureOf(error);
			if (failure.code === "internal") this.log(method, error);
			post({ type: "failure", id, failure });
		}
	}

	/** Calls that come before the engine is ready wait for it. */
	private opened(): Promise<Desk> {
		if (this.refusal) return Promise.reject(this.refusal);
		return new Promise((run, reject) => this.waiting.push({ run, reject }));
	}

	private blocked(state: EngineState): void {
		this.report(state);
		const refusal = new Failure(state.state);
		this.refusal = refusal;
		for (const { reject } of this.waiting.splice(0)) reject(refusal);
	}

	private report(state: EngineState): void {
		this.options.post({ type: "event", event: { type: "state", state } });
	}

	private token(fresh: boolean): Promise<string> {
		if (!fresh && this.csrf) return Promise.resolve(this.csrf);
		this.options.post({ type: "ask-csrf" });
		return new Promise((resolve) => this.freshCsrf.push(resolve));
	}

	/** Only what happened and which error class, never what was in it. */
	private log(what: string, error: unknown): void {
		// biome-ignore lint/suspicious/noConsole: the browser's console is the only log that leaves nothing behind.
		console.warn(`medicus: ${what}`, error instanceof Error ? `${error.name}: ${error.message}` : error);
	}
}
