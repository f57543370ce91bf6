/** `<medicus-history-backup brief>`: whether the person's messages are backed up, and since when; turns it on, saves,
 *  deletes.   brief: only says so.   Property `open`: how to get at it; set again, it looks again. */
import { button } from "../../dom/button";
import { make } from "../../dom/make";
import type { Backup, BackupView } from "../../engine/backup";
import { isWhole, type Restored } from "../../engine/backup-restore";
import { t } from "../../i18n/backup";
import { formatBytes, formatInstant } from "../../i18n/format";
import { ProgressLine } from "./progress";
import { restoredNotices } from "./restored";
import { notice, sentenceOf } from "./words";

type Saves = Pick<Backup, "view" | "turnOn" | "save" | "moveHere" | "moveIncomplete" | "delete">;
type Act = (progress: (done: number, total: number) => void) => Promise<void>;

/** Troubles that say already who saves, or that nobody does. */
const SAYS_WHO: BackupView["trouble"][] = ["other-writer", "no-writer", "incomplete"];

export class MedicusHistoryBackup extends HTMLElement {
	private backup: Saves | null = null;

	set open(open: () => Promise<Saves | null>) {
		this.say(make("p", { text: t("starting"), attributes: { role: "status" } }));
		void this.doing(async () => {
			this.backup = await open();
			await this.look();
		});
	}

	private async look(told: HTMLElement | null = null): Promise<void> {
		const view = await this.backup?.view();
		this.say(told, ...(view ? this.of(view) : [line(t("needs-kit"))]));
	}

	private of({ saved, key, trouble }: BackupView): (HTMLElement | null)[] {
		const warning = trouble ? notice("warn", t(`trouble.${trouble}`)) : null;
		if (this.hasAttribute("brief")) return [warning, saved ? this.state(saved, trouble) : line(t("off"))];
		if (saved) return [warning, this.state(saved, trouble), this.actions(saved, key)];
		if (!key) return [line(t("needs-kit"))];
		const turnOn: Act = (progress) => this.backup?.turnOn(progress) ?? Promise.resolve();
		const on = button(t("on"), () => void this.act(turnOn, t("on.done")), { look: "primary" });
		return [warning, line(t("off")), make("div", { class: "form__actions" }, on)];
	}

	private state(
		{ at, sizeBytes, messages, here }: NonNullable<BackupView["saved"]>,
		trouble: BackupView["trouble"],
	): HTMLElement {
		const facts = { at: at ? formatInstant(at) : "", size: formatBytes(sizeBytes) };
		const known = messages === null ? t("saved.unknown", facts) : t.count("saved", messages, facts);
		return make(
			"div",
			{ class: "stack stack--s" },
			make("p", { text: at ? known : t("saved.never") }),
			here || SAYS_WHO.includes(trouble) ? null : make("p", { class: "muted", text: t("elsewhere") }),
		);
	}

	private actions({ here }: NonNullable<BackupView["saved"]>, key: boolean): HTMLElement {
		const save: Act = (progress) => this.backup?.save(progress) ?? Promise.resolve();
		return make(
			"div",
			{ class: "form__actions" },
			here ? button(t("save"), () => void this.act(save, t("save.done"))) : null,
			here || !key ? null : button(t("move"), () => void this.move()),
			button(t("delete"), () => this.ask(), { look: "danger" }),
		);
	}

	private ask(): void {
		const question = make("p", { text: t("delete.question"), attributes: { tabindex: "-1" } });
		const remove: Act = async () => this.backup?.delete();
		const yes = button(t("delete.yes"), () => void this.act(remove, t("deleted")), { look: "danger" });
		const no = button(t("delete.no"), () => void this.doing(() => this.look()));
		this.say(question, make("div", { class: "form__actions" }, yes, no));
		question.focus();
	}

	private move(): Promise<void> {
		const line = this.progress("restore.progress");
		return this.doing(async () => {
			const restored = await this.backup?.moveHere(line.show);
			if (restored && !isWhole(restored)) this.askIncomplete(restored);
			else await this.done(t("move.done"));
		});
	}

	/** What did not come back may do so later, or lie in another device; saving from here would destroy it. */
	private askIncomplete(restored: Restored): void {
		const question = make("p", { text: t("move.question"), attributes: { tabindex: "-1" } });
		const again = button(t("restore.again"), () => void this.move(), { look: "primary" });
		const yes = button(t("move.yes"), () => void this.moveIncomplete(), { look: "danger" });
		const no = button(t("move.no"), () => void this.doing(() => this.look()));
		this.say(...restoredNotices(restored), question, make("div", { class: "form__actions" }, again, yes, no));
		question.focus();
	}

	private moveIncomplete(): Promise<void> {
		const line = this.progress("progress");
		return this.doing(async () => {
			await this.backup?.moveIncomplete(line.show);
			await this.done(t("move.done"));
		});
	}

	/** Said only where nothing speaks against it: a refusal may have come by itself meanwhile. */
	private async done(text: string): Promise<void> {
		const view = await this.backup?.view();
		await this.look(view?.trouble ? null : notice("good", text));
	}

	private progress(words: "progress" | "restore.progress"): ProgressLine {
		const line = new ProgressLine((done, total) => t(words, { done, total }), t("starting"));
		this.say(line.element);
		return line;
	}

	private act(act: Act, done: string): Promise<void> {
		const line = this.progress("progress");
		return this.doing(async () => {
			await act(line.show);
			await this.done(done);
		});
	}

	/** After a refusal stands what is true now, as far as that can be asked. */
	private async doing(act: () => Promise<void>): Promise<void> {
		try {
			await act();
		} catch (error) {
			const failed = notice("bad", sentenceOf(error));
			await this.look(failed).catch(() => this.say(failed));
		}
	}

	private say(...parts: (HTMLElement | null)[]): void {
		this.replaceChildren(...parts.filter((part) => part !== null));
	}
}

function line(text: string): HTMLElement {
	return make("p", { text });
}

customElements.define("medicus-history-backup", MedicusHistoryBackup);

declare global {
	interface HTMLElementTagNameMap {
		"medicus-history-backup": MedicusHistoryBackup;
	}
}
