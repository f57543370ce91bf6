import { button } from "../../dom/button";
import { make, setHidden } from "../../dom/make";
import { t } from "../../i18n/conversation";

const NEAR_END_PIXELS = 60;
const NEAR_START_PIXELS = 300;

export interface ScrollNews {
	/** The reader is near the oldest message. */
	nearStart(): void;
	/** The newest message is before the reader's eyes. */
	atEnd(): void;
}

/** Keeps the place in a growing list: at the end it follows what is new; elsewhere what stands before the eyes stays there,
 *  whatever comes in above or below. */
export class Scroller {
	readonly element: HTMLElement;
	readonly jump: HTMLButtonElement;
	private follows = true;
	private unseen = 0;

	/** content: everything that scrolls.   rows: those of its parts whose place is kept. */
	constructor(
		content: HTMLElement,
		private readonly rows: HTMLElement,
		private readonly news: ScrollNews,
	) {
		this.element = make(
			"div",
			{
				class: "thread__scroll",
				attributes: { tabindex: "0", role: "region" },
				on: { scroll: () => this.scrolled() },
			},
			content,
		);
		this.jump = button(t("jump.end"), () => this.toEnd(), { look: "small", icon: "arrow-down" });
		this.jump.classList.add("thread__jump");
		this.jump.hidden = true;
		new ResizeObserver(() => this.settle()).observe(this.element);
	}

	/** Change the content by `change` without losing the place. */
	keepPlace(change: () => void): void {
		const { scrollHeight, scrollTop } = this.element;
		const anchor = this.follows ? null : this.anchor();
		const before = anchor?.offsetTop ?? 0;
		change();
		if (this.follows) {
			this.settle();
			return;
		}
		const moved = anchor?.isConnected ? anchor.offsetTop - before : this.element.scrollHeight - scrollHeight;
		this.element.scrollTop = scrollTop + moved;
	}

	/** Begin at the line "new" when there is one, otherwise at the end. */
	start(unread: HTMLElement | null): void {
		this.unseen = 0;
		this.follows = !unread;
		if (unread) this.element.scrollTop = Math.max(0, unread.offsetTop - this.element.clientHeight / 4);
		this.settle();
		this.scrolled();
	}

	/** A message by somebody else has come in. */
	arrived(): void {
		if (this.follows) return;
		this.unseen += 1;
		this.showJump();
	}

	toEnd(): void {
		this.follows = true;
		this.unseen = 0;
		this.settle();
		this.showJump();
	}

	get isAtEnd(): boolean {
		const { scrollHeight, scrollTop, clientHeight } = this.element;
		return scrollHeight - scrollTop - clientHeight < NEAR_END_PIXELS;
	}

	private settle(): void {
		if (this.follows) this.element.scrollTop = this.element.scrollHeight;
	}

	private scrolled(): void {
		this.follows = this.isAtEnd;
		if (this.follows) {
			this.unseen = 0;
			this.news.atEnd();
		}
		if (this.element.scrollTop < NEAR_START_PIXELS) this.news.nearStart();
		this.showJump();
	}

	private showJump(): void {
		setHidden(this.jump, this.follows);
		const label = this.jump.lastChild;
		const text = this.unseen ? t.count("jump", this.unseen) : t("jump.end");
		if (label && label.textContent !== text) label.textContent = text;
	}

	/** The first row that the reader sees. */
	private anchor(): HTMLElement | null {
		const top = this.element.scrollTop;
		const rows = [...this.rows.children] as HTMLElement[];
		return rows.find((row) => row.offsetTop + row.offsetHeight > top) ?? null;
	}
}
