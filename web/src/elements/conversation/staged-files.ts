import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setHidden, setText } from "../../dom/make";
import { t as words } from "../../i18n/attachment";
import { t } from "../../i18n/conversation";
import { formatBytes } from "../../i18n/format";
import { editPicture } from "./picture-editor";

const EDITED = /^image\/(png|jpeg|webp)$/;

/** Files that were chosen and wait for "send", in the order they will be sent: what is dropped on the wrong conversation can
 *  still be taken back, and a picture be covered. */
export class StagedFiles {
	readonly element = make("div", { class: "staged" });
	private readonly list = make("ul", {
		class: "staged__list",
		attributes: { "aria-label": t("attach.chosen") },
	});
	private readonly notice = make("p", { class: "staged__notice", attributes: { role: "status" } });
	private files: File[] = [];

	constructor(private readonly changed: () => void) {
		this.element.append(this.list, this.notice);
		this.element.hidden = true;
	}

	get count(): number {
		return this.files.length;
	}

	/** Of the file that is sent first; null when there is none. */
	get firstBytes(): number | null {
		return this.files[0]?.size ?? null;
	}

	add(chosen: Iterable<File>): void {
		const notes: string[] = [];
		for (const file of chosen) {
			if (!file.size) notes.push(t("attach.empty", { name: file.name }));
			else if (this.files.some((known) => isSame(known, file)))
				notes.push(t("attach.twice", { name: file.name }));
			else this.files.push(file);
		}
		this.show(notes.join(" "));
	}

	/** A picture that was just taken or copied: it is prepared first, and only the prepared one is staged. */
	async prepare(picture: File): Promise<void> {
		try {
			const edited = await editPicture(picture);
			if (edited) this.add([edited]);
		} catch {
			this.show(words("editor.failed"));
		}
	}

	/** Hand them over; none are left. */
	take(): File[] {
		const taken = this.files;
		this.files = [];
		this.show("");
		return taken;
	}

	private remove(file: File): void {
		this.files = this.files.filter((known) => known !== file);
		this.show("");
	}

	private earlier(file: File): void {
		const at = this.files.indexOf(file);
		this.files.splice(at - 1, 0, ...this.files.splice(at, 1));
		this.show("");
		this.list.querySelectorAll<HTMLElement>("li")[at - 1]?.querySelector("button")?.focus();
	}

	private async edit(file: File): Promise<void> {
		try {
			const edited = await editPicture(file);
			if (edited) this.files = this.files.map((known) => (known === file ? edited : known));
			this.show("");
		} catch {
			this.show(words("editor.failed"));
		}
	}

	private show(notice: string): void {
		this.list.replaceChildren(...this.files.map((file, at) => this.chip(file, at)));
		setText(this.notice, notice);
		setHidden(this.notice, !notice);
		setHidden(this.element, !this.files.length && !notice);
		this.changed();
	}

	private chip(file: File, at: number): HTMLElement {
		const { name } = file;
		const look = { iconOnly: true, look: "quiet small" };
		const earlier = at
			? button(words("order.earlier", { name }), () => this.earlier(file), { ...look, icon: "arrow-up" })
			: null;
		const edit = EDITED.test(file.type)
			? button(words("edit", { name }), () => void this.edit(file), { ...look, icon: "edit" })
			: null;
		const remove = button(t("attach.remove", { name }), () => this.remove(file), { ...look, icon: "close" });
		return make(
			"li",
			{ class: "staged__file" },
			kernIcon("draft"),
			make("span", { class: "truncate", text: name }),
			make("span", { class: "muted nowrap", text: formatBytes(file.size) }),
			make("span", { class: "staged__actions" }, earlier, edit, remove),
		);
	}
}

function isSame(one: File, other: File): boolean {
	return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}
