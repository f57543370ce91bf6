/** `<medicus-upload kind="finding" patient="…">` around a plain `<input type="file">` in a `.drop` zone.
 *
 *  Files that are chosen or dropped (folders too) go up by tus, two at a time, and continue after a lost connection or a
 *  closed tab. Says `medicus-upload:done` (detail: `{ objectId, name }`) for each file and `medicus-upload:idle` when
 *  none is left; both bubble. */
import { make, setText } from "../../dom/make";
import { t } from "../../i18n/upload";
import { droppedFiles, isByCatch, looksLikeDicom } from "./files";
import { Pump } from "./pump";
import { RememberedUploads } from "./remembered";
import { TransferRow } from "./row";
import { Transfer } from "./transfer";

const AT_ONCE = 2;

export class MedicusUpload extends HTMLElement {
	private readonly rows = new Map<Transfer, TransferRow>();
	private readonly list = make("ul", { class: "transfers", attributes: { "aria-label": t("list") } });
	private readonly told = make("p", { class: "small muted", attributes: { role: "status" } });
	private readonly listening = new AbortController();
	private readonly pump = new Pump(
		AT_ONCE,
		() => this.rows.keys(),
		() => this.say("idle", {}),
	);

	connectedCallback(): void {
		new RememberedUploads().forgetOld();
		this.append(this.told, this.list);
		const { signal } = this.listening;
		this.input?.addEventListener("change", () => this.onChosen(), { signal });
		this.zone?.addEventListener("dragover", (event) => this.onDragOver(event), { signal });
		this.zone?.addEventListener("dragleave", () => this.zone?.classList.remove("is-over"), { signal });
		this.zone?.addEventListener("drop", (event) => void this.onDrop(event), { signal });
		window.addEventListener("beforeunload", (event) => this.onLeave(event), { signal });
		// Chosen before this script was there, or kept by the browser over a reload.
		if (this.input?.files?.length) this.onChosen();
	}

	disconnectedCallback(): void {
		this.listening.abort();
		for (const transfer of this.rows.keys()) if (transfer.state === "sending") transfer.pause();
	}

	/** Send these files. */
	async take(files: File[]): Promise<void> {
		for (const file of files.filter((file) => !isByCatch(file))) {
			const wanted = this.kind !== "finding" || (await looksLikeDicom(file));
			const transfer = new Transfer(file, this.target(), (changed) => this.onChange(changed));
			this.show(transfer);
			if (!wanted) transfer.refuse(t("notDicom"));
		}
		this.pump.turn();
	}

	private get input(): HTMLInputElement | null {
		return this.querySelector<HTMLInputElement>("input[type=file]");
	}

	private get zone(): HTMLElement | null {
		return this.querySelector<HTMLElement>(".drop");
	}

	private get kind(): string {
		return this.getAttribute("kind") ?? "finding";
	}

	private target() {
		const belongs: Record<string, string> = {};
		for (const name of ["patient", "group"]) {
			const value = this.getAttribute(name);
			if (value) belongs[name] = value;
		}
		return { kind: this.kind, belongs };
	}

	private onChosen(): void {
		const files = [...(this.input?.files ?? [])];
		if (this.input) this.input.value = "";
		void this.take(files);
	}

	private onDragOver(event: DragEvent): void {
		event.preventDefault();
		this.zone?.classList.add("is-over");
	}

	private async onDrop(event: DragEvent): Promise<void> {
		event.preventDefault();
		this.zone?.classList.remove("is-over");
		if (event.dataTransfer) await this.take(await droppedFiles(event.dataTransfer));
	}

	private onLeave(event: BeforeUnloadEvent): void {
		if (this.count("sending") + this.count("waiting") > 0) event.preventDefault();
	}

	private show(transfer: Transfer): void {
		const row = new TransferRow(transfer, {
			pause: (it) => it.pause(),
			resume: (it) => it.queue(),
			remove: (it) => this.forget(it),
		});
		this.rows.set(transfer, row);
		this.list.append(row.element);
	}

	private forget(transfer: Transfer): void {
		void transfer.cancel();
		this.rows.get(transfer)?.element.remove();
		this.rows.delete(transfer);
		this.tell();
		this.pump.turn();
		this.input?.focus();
	}

	private onChange(transfer: Transfer): void {
		this.rows.get(transfer)?.update();
		if (transfer.state === "sending" && transfer.sentBytes > 0) return;
		if (transfer.state === "done")
			this.say("done", { objectId: transfer.objectId, name: transfer.file.name });
		this.tell();
		this.pump.turn();
	}

	private tell(): void {
		const count = this.rows.size;
		setText(this.told, count > 1 ? t.count("progress", count, { done: this.count("done") }) : "");
	}

	private count(state: Transfer["state"]): number {
		return [...this.rows.keys()].filter((transfer) => transfer.state === state).length;
	}

	private say(what: "done" | "idle", detail: Record<string, string>): void {
		this.dispatchEvent(new CustomEvent(`medicus-upload:${what}`, { bubbles: true, detail }));
	}
}

customElements.define("medicus-upload", MedicusUpload);
