import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make } from "../../dom/make";
import type { Messenger } from "../../engine/types";
import type { ChainStep, RolePlan } from "../../engine/urgent-types";
import { t } from "../../i18n/urgent";
import { failureOf } from "./failures";
import { roleText } from "./role-words";
import { moment } from "./urgent-words";

/** Who would get a message to a role now: the person on duty, for an urgent one the whole chain with its minutes; when
 *  nobody can, why, and whom to ask instead. */
export class RoleDuty {
	readonly element = make("div", { class: "duty", attributes: { "aria-live": "polite" } });
	private plan: RolePlan | null = null;
	private asked = 0;
	private wanted: { roleId: string; minutes: number; urgent: boolean } | null = null;
	private skipsHolder = false;

	/** changed: the answer is there, or another one.   choose: another role instead. */
	constructor(
		private readonly messenger: Pick<Messenger, "rolePlan">,
		private readonly changed: () => void,
		private readonly choose: (roleId: string, name: string, hospital: string) => void,
	) {}

	/** Show a role; null empties it. Asks the service again when the role or the deadline is another one. */
	show(roleId: string | null, minutes: number, urgent: boolean): void {
		const { wanted } = this;
		if (roleId === wanted?.roleId && minutes === wanted?.minutes && urgent === wanted?.urgent) return;
		const known = roleId !== null && roleId === wanted?.roleId && minutes === wanted.minutes && this.plan;
		if (roleId !== wanted?.roleId) this.skipsHolder = false;
		this.wanted = roleId === null ? null : { roleId, minutes, urgent };
		if (known) this.draw();
		else void this.ask();
	}

	/** Ask again: duties change. */
	refresh(): void {
		if (this.wanted) void this.ask();
	}

	/** The answer of the service; null while it is not there. */
	get current(): RolePlan | null {
		return this.plan;
	}

	/** Whether a message may go to the role now. */
	get ready(): boolean {
		if (!this.plan?.told) return false;
		return this.plan.onDuty !== null || (this.withoutHolder && firstOf(this.plan) !== undefined);
	}

	/** Begin with the next of the chain, though nobody is on duty. */
	get withoutHolder(): boolean {
		return this.skipsHolder && this.plan?.onDuty === null;
	}

	private async ask(): Promise<void> {
		this.asked += 1;
		const { asked, wanted } = this;
		this.plan = null;
		if (!wanted) {
			this.element.replaceChildren();
			return;
		}
		this.element.replaceChildren(make("p", { class: "small muted", text: t("panel.loading") }));
		try {
			const plan = await this.messenger.rolePlan(wanted.roleId, wanted.minutes);
			if (asked !== this.asked) return;
			this.plan = plan;
			this.draw();
		} catch (reason) {
			if (asked === this.asked) this.failed(failureOf(reason).code);
		}
		if (asked === this.asked) this.changed();
	}

	private failed(code: string): void {
		if (code === "offline") {
			this.element.replaceChildren(notice("warn", t("offline.title"), t("panel.unknown")));
			return;
		}
		const again = button(t("panel.again"), () => void this.ask(), { look: "small" });
		this.element.replaceChildren(make("p", { class: "small", text: t("panel.unknown") }), again);
	}

	private draw(): void {
		const { plan, wanted } = this;
		if (!plan || !wanted) return;
		if (!plan.told || !plan.onDuty) {
			const parts = [this.hindrance(plan, wanted.urgent), ...this.alternatives(plan)];
			this.element.replaceChildren(...parts, ...(this.withoutHolder ? chainParts(plan.chain) : []));
			return;
		}
		const { name, until } = plan.onDuty;
		const now = make(
			"p",
			{ class: "duty__now" },
			kernIcon("success"),
			make("span", { text: t("duty.now", { name, time: moment(until) }) }),
		);
		this.element.replaceChildren(now, ...(wanted.urgent ? chainParts(plan.chain) : []));
	}

	/** Nobody can be written to, or only the next of the chain. */
	private hindrance(plan: RolePlan, urgent: boolean): HTMLElement {
		if (!plan.told) return notice("warn", t("duty.not-told"), t("duty.not-told.text"));
		const next = plan.nextAt ? t("duty.none.next", { time: moment(plan.nextAt) }) : "";
		const shown = notice("warn", t("duty.none"), next);
		const first = urgent ? firstOf(plan) : undefined;
		if (first && !this.skipsHolder) {
			const begin = () => {
				this.skipsHolder = true;
				this.draw();
				this.changed();
			};
			const text = t("duty.begin-next", { name: first.name });
			shown.append(make("div", { class: "cluster" }, button(text, begin, { look: "small" })));
		}
		return shown;
	}

	private alternatives({ alternatives }: RolePlan): HTMLElement[] {
		if (this.withoutHolder) return [];
		if (alternatives.length === 0) return [make("p", { class: "small", text: t("duty.no-alternatives") })];
		const rows = alternatives.map(({ roleId, name, hospital, holder }) => {
			const take = () => this.choose(roleId, name, hospital);
			const text = `${roleText({ name, hospital })} (${t("role.holder", { name: holder })})`;
			return make("li", {}, button(text, take, { look: "small" }));
		});
		return [
			make("p", { class: "small", text: t("duty.alternatives") }),
			make("ul", { class: "duty__alternatives" }, ...rows),
		];
	}
}

/** Whom the chain can ask first. */
function firstOf({ chain }: RolePlan): ChainStep | undefined {
	return chain.find(({ gap }) => !gap);
}

function chainParts(chain: readonly ChainStep[]): HTMLElement[] {
	const steps = chain.map(({ afterMinutes, name, roleName, gap }) => {
		const when = afterMinutes ? t("chain.after", { minutes: afterMinutes }) : t("chain.now");
		const who = gap ? t("chain.gap") : name;
		const text = make("span", { text: roleName ? `${who} · ${roleName}` : who });
		return make(
			"li",
			{ class: `track__point track__point--${gap ? "bad" : "told"}` },
			make("span", { class: "tabular track__then", text: when }),
			text,
		);
	});
	const end = chain.length <= 1 ? [make("p", { class: "small muted", text: t("chain.end") })] : [];
	return [
		make("p", { class: "small", text: t("chain.heading") }),
		make("ol", { class: "track" }, ...steps),
		...end,
	];
}

export function notice(look: "warn" | "info", title: string, text: string): HTMLElement {
	return make(
		"div",
		{ class: `notice notice--${look}` },
		kernIcon(look === "warn" ? "warning" : "info"),
		make("p", { class: "notice__title", text: title }),
		text ? make("p", { text }) : null,
	);
}
