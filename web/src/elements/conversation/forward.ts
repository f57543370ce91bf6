import { make, setHidden, setText } from "../../dom/make";
import type { Conversation, Message } from "../../engine/types";
import { t as patient } from "../../i18n/patient";
import { t } from "../../i18n/talk";
import { hindrance } from "../../lib/forwarding";
import type { Context } from "./context";
import { FormDialog } from "./form-dialog";
import { hospitalsOf, matches, titleOf } from "./names";
import { firstLine } from "./quote";

/** Hospitals of `target` that take no part in `source`: they will see what they could not see before. */
export function newHospitals(source: Conversation, target: Conversation): string[] {
	const known = new Set(source.members.map(({ organisation }) => organisation.id));
	const others = target.members.filter(({ organisation }) => !known.has(organisation.id));
	return [...new Set(others.map(({ organisation }) => organisation.name))];
}

/** Where somebody could write, apart from where the message stands. */
export function targetsOf(source: Conversation, all: readonly Conversation[]): Conversation[] {
	return all.filter(
		({ id, active, contact, trust }) => id !== source.id && active && !contact && trust.state === "verified",
	);
}

/** Ask where to pass a message on; says what forbids it, and who would see it that could not before. */
export function askForward(
	context: Context,
	message: Message,
	source: Conversation,
	all: readonly Conversation[],
): void {
	const picker = new TargetPicker(context, source, targetsOf(source, all));
	const fields = [
		make("p", { class: "forward__what", text: firstLine(message) }),
		make("p", { class: "small muted", text: t("forward.name") }),
		message.attachment ? make("p", { class: "small muted", text: t("forward.file") }) : null,
		picker.element,
	];
	const texts = {
		heading: t("forward.heading"),
		action: t("forward.do"),
		busy: t("forward.busy"),
		look: "people-dialog",
	};
	const act = async () => {
		const { chosen } = picker;
		if (!chosen) return;
		await context.messenger.forward(message.id, chosen.id);
		context.announce(t("forward.done", { title: titleOf(chosen, context.me) }));
	};
	new FormDialog(
		texts,
		fields.filter((field) => field !== null),
		() => picker.complaint,
		act,
	).show();
}

function info(text: string): HTMLElement {
	return make("p", { class: "notice notice--info", text });
}

/** The conversations as radio buttons, with a search and what stands against the chosen one. */
class TargetPicker {
	readonly element: HTMLElement;
	chosen: Conversation | null = null;
	private readonly options: { target: Conversation; element: HTMLElement }[];
	private readonly nothing = make("p", {
		class: "field__hint",
		attributes: { role: "status", hidden: true },
	});
	private readonly warning = make("div", {
		class: "notice notice--warn",
		attributes: { role: "status", hidden: true },
	});
	private readonly sure = make("input", { attributes: { type: "checkbox" } });
	private readonly warningText = make("p");

	constructor(
		private readonly context: Context,
		private readonly source: Conversation,
		targets: readonly Conversation[],
	) {
		this.options = targets.map((target) => ({ target, element: this.option(target) }));
		const against = new Set(targets.map(({ kind }) => hindrance(source.kind, kind)));
		const title = make("p", { class: "notice__title", text: t("forward.hospitals") });
		const confirm = make("label", { class: "check" }, this.sure, t("forward.hospitals.sure"));
		this.warning.append(title, this.warningText, confirm);
		const parts = [
			against.has("forward-policy") ? info(t("forward.case-only")) : null,
			against.has("forward-patient") ? info(patient("forward.refused")) : null,
			targets.length > 5 ? this.search() : null,
			make("div", { class: "targets" }, ...this.options.map(({ element }) => element)),
			this.nothing,
			this.warning,
		];
		const legend = make("legend", { text: t("forward.to") });
		this.element = make("fieldset", { class: "forward__targets" }, legend, ...parts);
		if (!targets.length) this.say(t("forward.none"));
	}

	get complaint(): string {
		if (!this.chosen) return t("forward.choose");
		return this.warning.hidden || this.sure.checked ? "" : t("forward.hospitals.missing");
	}

	private option(target: Conversation): HTMLElement {
		const { me } = this.context;
		const radio = make("input", {
			attributes: {
				type: "radio",
				name: "forward-to",
				disabled: hindrance(this.source.kind, target.kind) !== null,
			},
			on: { change: () => this.choose(target) },
		});
		const where = make("span", { class: "field__hint", text: hospitalsOf(target, me) });
		return make("label", { class: "kind" }, radio, make("span", {}, titleOf(target, me), where));
	}

	private choose(target: Conversation): void {
		this.chosen = target;
		this.sure.checked = false;
		const hospitals = newHospitals(this.source, target);
		const title = titleOf(target, this.context.me);
		setText(this.warningText, t("forward.hospitals.text", { title, hospitals: hospitals.join(", ") }));
		setHidden(this.warning, !hospitals.length);
		if (hospitals.length) this.warning.scrollIntoView({ block: "nearest" });
	}

	private search(): HTMLElement {
		const input = make("input", {
			class: "forward__search",
			attributes: { type: "search", "aria-label": t("forward.search"), placeholder: t("forward.search") },
			on: { input: () => this.filter(input.value) },
		});
		return input;
	}

	private filter(query: string): void {
		let shown = 0;
		for (const { target, element } of this.options) {
			const fits = target === this.chosen || matches(target, this.context.me, query);
			setHidden(element, !fits);
			shown += Number(fits);
		}
		setHidden(this.nothing, shown > 0);
		if (!shown) this.say(t("forward.nothing-found"));
	}

	private say(text: string): void {
		setText(this.nothing, text);
		setHidden(this.nothing, false);
	}
}
