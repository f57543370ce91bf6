import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setHidden, setText } from "../../dom/make";
import { t } from "../../i18n/conversation";
import { formatBytes } from "../../i18n/format";

/** Files that were chosen and wait for "send": what is dropped on the wrong conversation can still be taken back. */
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

	private show(notice: string): void {
		this.list.replaceChildren(...this.files.map((file) => this.chip(file)));
		setText(this.notice, notice);
		setHidden(this.notice, !notice);
		setHidden(this.element, !this.files.length && !notice);
		this.changed();
	}

	private chip(file: File): HTMLElement {
		const remove = button(t("attach.remove", { name: file.name }), () => this.remove(file), {
			icon: "close",
			iconOnly: true,
			look: "quiet small",
		});
		return make(
			"li",
			{ class: "staged__file" },
			kernIcon("draft"),
			make("span", { class: "truncate", text: file.name }),
			make("span", { class: "muted nowrap", text: formatBytes(file.size) }),
			remove,
		);
	}
}

function isSame(one: File, other: File): boolean {
	return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}
