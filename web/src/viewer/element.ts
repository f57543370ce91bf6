import { make, setText } from "../dom/make";
import { formatBytes } from "../i18n/format";
import { t } from "../i18n/viewer";
import { watchAccess } from "./access";
import { asFailure, ViewerFailure } from "./failure";
import type { ImageView } from "./image-view";
import { failureNotice, notDiagnostic } from "./notices";
import { fetchImage, inflated } from "./source";

export type ViewerState = "empty" | "loading" | "ready" | "failed" | "ended";

/** Shows one DICOM image: `<medicus-dicom-viewer src="…" poll="…">`, or the property `file` with bytes at hand.
 *
 *  src: address of the file on the own server.   poll: address that answers 404 once access has ended.
 *  Tells `viewer-state` (detail: ViewerState), which also stands in `data-state`. */
export class DicomViewer extends HTMLElement {
	static readonly observedAttributes = ["src"];
	private life = new AbortController();
	private given: Blob | null = null;
	private view: ImageView | null = null;

	connectedCallback(): void {
		this.classList.add("viewer");
		void this.load();
	}

	disconnectedCallback(): void {
		this.clear();
		this.state = "empty";
	}

	attributeChangedCallback(): void {
		if (this.isConnected) void this.load();
	}

	/** The image as bytes at hand, for example a decrypted attachment. */
	set file(file: Blob | null) {
		this.given = file;
		if (this.isConnected) void this.load();
	}

	get file(): Blob | null {
		return this.given;
	}

	/** The decoded values of the frame on screen (rescaled; in CT: Hounsfield units), or null while there is none. */
	pixels(): ArrayLike<number> | null {
		return this.view?.pixels() ?? null;
	}

	get state(): ViewerState {
		return (this.dataset.state as ViewerState | undefined) ?? "empty";
	}

	private set state(state: ViewerState) {
		if (this.state === state) return;
		this.dataset.state = state;
		this.dispatchEvent(new CustomEvent("viewer-state", { detail: state, bubbles: true }));
	}

	private clear(): void {
		this.life.abort();
		this.view?.close();
		this.view = null;
		this.replaceChildren();
	}

	private async load(): Promise<void> {
		this.clear();
		this.life = new AbortController();
		const { signal } = this.life;
		if (!this.given && !this.getAttribute("src")) return;
		this.state = "loading";
		try {
			await this.present(signal);
		} catch (reason) {
			if (!signal.aborted) this.fail(asFailure(reason, "broken"));
		}
	}

	private async present(signal: AbortSignal): Promise<void> {
		const status = make("p", {
			class: "viewer__status",
			text: t("viewer.loading"),
			attributes: { role: "status" },
		});
		this.append(notDiagnostic(), status);
		const drawing = import("./image-view");
		const bytes = await inflated(await this.bytes(status, signal));
		setText(status, t("viewer.decoding"));
		const { ImageView } = await drawing;
		if (signal.aborted) return;
		const view = await ImageView.open(this, bytes, status);
		if (signal.aborted) return view.close();
		status.remove();
		this.view = view;
		this.state = "ready";
		this.watch(signal);
	}

	private async bytes(status: HTMLElement, signal: AbortSignal): Promise<Uint8Array> {
		if (this.given) return new Uint8Array(await this.given.arrayBuffer());
		return fetchImage(this.getAttribute("src") ?? "", signal, (done, total) => {
			if (!total) return;
			setText(status, t("viewer.loading.bytes", { done: formatBytes(done), total: formatBytes(total) }));
		});
	}

	private watch(signal: AbortSignal): void {
		const url = this.getAttribute("poll");
		if (url) watchAccess(url, signal, () => this.fail(new ViewerFailure("ended")));
	}

	private fail(failure: ViewerFailure): void {
		this.clear();
		this.append(failureNotice(failure, failure.kind === "network" ? () => void this.load() : null));
		this.state = failure.kind === "ended" ? "ended" : "failed";
	}
}
