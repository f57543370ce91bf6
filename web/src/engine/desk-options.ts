import type { Api } from "./api";
import type { BackupApi } from "./backup-api";
import type { Session } from "./setup";
import type { Language } from "./texts";
import type { MessengerEvent } from "./types";

/** What a desk needs of the worker it lives in. */
export interface DeskOptions {
	api: Api;
	session: Session;
	language: Language;
	liveUrl: string;
	csrf(fresh: boolean): Promise<string>;
	emit(event: MessengerEvent): void;
	/** The session ended or the device was detached: find out which. */
	signedOut(): void;
	/** Of the history; `save`: what is not saved yet, if it is this browser that saves. */
	backup: { api: BackupApi; save(): Promise<unknown> };
	log(what: string, error: unknown): void;
	now(): Date;
}
