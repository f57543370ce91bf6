import { kernIcon } from "../../dom/kern-icon";
import { make, setAttribute, setHidden, setText } from "../../dom/make";
import type { Message } from "../../engine/types";
import type { Urgent } from "../../engine/urgent-types";
import { t } from "../../i18n/urgent";
import { tickWhileShown } from "../ticking";
import { isOpen, moment, moreOf, remaining, titleOf, toneOf, trackOf } from "./urgent-words";

/** What became of an urgent message: a line that says how it stands, and under it the track with all points. */
export class UrgentTrack {
	readonly element = make("section", { class: "urgent", attributes: { "aria-label": t("urgent") } });
	private readonly icon = kernIcon("bell");
	private readonly title = make("span", { class: "urgent__title" });
	private readonly left = make("span", { class: "urgent__left tabular" });
	private readonly more = make("p", { class: "urgent__more", attributes: { hidden: true } });
	private readonly details = make("details", { class: "urgent__track" });
	private readonly points = make("ol", { class: "track" });
	private message: Message | null = null;
	private asked = false;
	private drawn = "";
	private state = "";

	constructor(private readonly me: string) {
		const head = make("p", { class: "urgent__head" }, this.icon, this.title, this.left);
		this.details.append(make("summary", { text: t("track") }), this.points);
		this.element.append(head, this.more, this.details);
		tickWhileShown(this.element, () => this.tell());
	}

	/** `asked`: the reader is to answer; then the buttons matter, and the track stays folded. */
	update(message: Message, urgent: Urgent, asked: boolean): void {
		this.message = message;
		this.asked = asked;
		this.tell();
		const drawn = JSON.stringify([urgent.timeline, urgent.steps, urgent.state, urgent.dueAt]);
		if (drawn !== this.drawn) this.draw(urgent);
		this.drawn = drawn;
		// Unfolded while the sender waits; what the reader then does with it stays.
		if (urgent.state !== this.state) this.details.open = message.own && isOpen(urgent);
		this.state = urgent.state;
	}

	private tell(): void {
		const urgent = this.message?.urgent;
		if (!urgent) return;
		const now = new Date();
		const own = this.message?.own ?? false;
		setAttribute(this.element, "class", `urgent urgent--${toneOf(urgent, now)}`);
		setText(this.title, titleOf(urgent, this.asked, now));
		const open = isOpen(urgent) && urgent.state !== "exhausted";
		setText(this.left, open ? remaining(urgent.dueAt, now).text : "");
		setHidden(this.left, !open);
		setText(this.more, moreOf(urgent, own));
		setHidden(this.more, !this.more.textContent);
	}

	private draw(urgent: Urgent): void {
		const points = trackOf(urgent, this.me).map(({ at, text, tone }) => {
			const time = at
				? make("time", { text: moment(at), attributes: { datetime: at } })
				: make("span", { class: "track__then", text: t("track.then") });
			return make("li", { class: `track__point track__point--${tone}` }, time, make("span", { text }));
		});
		this.points.replaceChildren(...points);
		setHidden(this.details, points.length === 0);
	}
}
