import { make, setText } from "../../dom/make";

/** A line of words and a bar under it. `words`: of how far it is. */
export class ProgressLine {
	readonly element = make("div", { class: "stack stack--s" });
	private readonly text = make("p", { attributes: { id: "backup-progress", role: "status" } });
	private readonly bar = make("progress", { attributes: { "aria-labelledby": "backup-progress", max: "1" } });

	constructor(
		private readonly words: (done: number, total: number) => string,
		beforehand: string,
	) {
		setText(this.text, beforehand);
		this.element.append(this.text, this.bar);
	}

	readonly show = (done: number, total: number): void => {
		if (total === 0) return;
		setText(this.text, this.words(done, total));
		this.bar.value = done / total;
	};
}
