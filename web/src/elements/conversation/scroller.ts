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
	/** The end of what is here, which is not the newest message, is near. */
	nearEnd(): void;
	/** The reader wants to see the newest message, which is not here. */
	newest(): void;
}

/** Keeps the place in a growing list: at the end it follows what is new; elsewhere what stands before the eyes stays there,
 *  whatever comes in above or below. */
export class Scroller {
	readonly element: HTMLElement;
	readonly jump: HTMLButtonElement;
	private follows = true;
	private unseen = 0;
	private detached = false;

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
		this.jump = button(t("jump.end"), () => this.wanted(), { look: "small", icon: "arrow-down" });
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

	/** Whether what is here ends before the newest message: then the end is no place to stay at. */
	detach(detached: boolean): void {
		if (detached === this.detached) return;
		this.detached = detached;
		if (detached) this.follows = false;
		this.showJump();
	}

	/** Bring a row before the reader's eyes, a third down. */
	reveal(row: HTMLElement): void {
		this.follows = false;
		this.unseen = 0;
		this.element.scrollTop = Math.max(0, row.offsetTop - this.element.clientHeight / 3);
		this.scrolled();
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

	private wanted(): void {
		if (this.detached) this.news.newest();
		else this.toEnd();
		this.element.focus({ preventScroll: true });
	}

	private settle(): void {
		if (this.follows) this.element.scrollTop = this.element.scrollHeight;
	}

	private scrolled(): void {
		this.follows = this.isAtEnd && !this.detached;
		if (this.follows) {
			this.unseen = 0;
			this.news.atEnd();
		}
		if (this.element.scrollTop < NEAR_START_PIXELS) this.news.nearStart();
		const { scrollHeight, scrollTop, clientHeight } = this.element;
		if (this.detached && scrollHeight - scrollTop - clientHeight < NEAR_START_PIXELS) this.news.nearEnd();
		this.showJump();
	}

	private showJump(): void {
		setHidden(this.jump, this.follows);
		const label = this.jump.lastChild;
		const text = this.unseen ? t.count("jump", this.unseen) : t(this.detached ? "jump.newest" : "jump.end");
		if (label && label.textContent !== text) label.textContent = text;
	}

	/** The first row that the reader sees. */
	private anchor(): HTMLElement | null {
		const top = this.element.scrollTop;
		const rows = [...this.rows.children] as HTMLElement[];
		return rows.find((row) => row.offsetTop + row.offsetHeight > top) ?? null;
	}
}
