import { make, setHidden, setText } from "../../dom/make";
import type { Conversation, GroupKind } from "../../engine/types";
import { t } from "../../i18n/conversation";
import { t as people } from "../../i18n/conversation-people";
import { closes } from "../contact";
import type { Context } from "./context";
import type { Colleague } from "./directory";
import { FormDialog } from "./form-dialog";
import { PeoplePicker } from "./people-picker";
import { RoleChoice } from "./role-choice";
import { searchRoles } from "./role-directory";

/** A conversation with a patient begins at the patient's folder. */
type Offered = Exclude<GroupKind, "patient">;

const KINDS: Offered[] = ["direct", "team", "case"];

/** Ask for kind, people and title, and begin a conversation. `first`: somebody who is chosen already. */
export function askNewConversation(
	context: Context,
	known: readonly Conversation[],
	first: Colleague | null,
): void {
	const title = titleField();
	const role = new RoleChoice(context, () => {
		kinds.allowDirect(!role.chosen);
		if (role.chosen) title.suggest(role.title);
	});
	const picker = new PeoplePicker(() => undefined, new Set(), {
		roles: searchRoles,
		chose: (found) => role.choose(found),
	});
	const kinds = kindField((kind) => {
		picker.setSingle(kind === "direct");
		setHidden(title.element, kind === "direct");
		setText(title.hint, people(kind === "case" ? "dialog.title.case" : "dialog.title.hint"));
	});
	const complaint = () => {
		if (role.complaint) return role.complaint;
		if (!picker.people.length && !role.chosen) return people("dialog.missing.people");
		return kinds.value() !== "direct" && !title.value() ? people("dialog.missing.title") : "";
	};
	let created = "";
	const create = async () => {
		const personIds = picker.people.map(({ personId }) => personId);
		const kind = kinds.value();
		const existing = kind === "direct" ? directWith(known, personIds[0]) : undefined;
		const wanted = { kind, title: kind === "direct" ? "" : title.value(), personIds };
		created = existing ?? (await role.begin(context.messenger, wanted));
	};
	const done = () => context.go(created);
	const texts = {
		heading: t("new"),
		action: people("dialog.create"),
		busy: people("dialog.creating"),
		look: "people-dialog",
	};
	const dialog = new FormDialog(
		texts,
		[kinds.element, picker.element, role.element, title.element],
		complaint,
		create,
		done,
	);
	kinds.choose("direct");
	if (first) picker.choose(first);
	dialog.show();
	picker.focus();
}

/** The direct conversation that exists with somebody: nobody needs two, unless a request has closed it. */
function directWith(known: readonly Conversation[], personId: string | undefined): string | undefined {
	const isWith = ({ kind, active, members, contact }: Conversation) =>
		kind === "direct" && active && !closes(contact) && members.some((member) => member.personId === personId);
	return known.find(isWith)?.id;
}

function titleField(): {
	element: HTMLElement;
	hint: HTMLElement;
	value: () => string;
	suggest: (title: string) => void;
} {
	const input = make("input", {
		attributes: { id: "conversation-title", type: "text", maxlength: "120", autocomplete: "off" },
	});
	const hint = make("p", { class: "field__hint", text: people("dialog.title.hint") });
	const label = make("label", { text: people("dialog.title"), attributes: { for: "conversation-title" } });
	return {
		element: make("div", { class: "field" }, label, input, hint),
		hint,
		value: () => input.value.trim(),
		suggest: (title) => {
			if (!input.value.trim()) input.value = title.slice(0, 120);
		},
	};
}

function kindField(changed: (kind: Offered) => void): {
	element: HTMLElement;
	value: () => Offered;
	choose: (kind: Offered) => void;
	allowDirect: (allowed: boolean) => void;
} {
	const radios = new Map(KINDS.map((kind) => [kind, radio(kind, () => changed(kind))]));
	const labels = KINDS.map((kind) => kindLabel(kind, radios.get(kind)));
	const legend = make("legend", { class: "label", text: people("dialog.kind") });
	const element = make("fieldset", { class: "kinds" }, legend, ...labels);
	const value = () => KINDS.find((kind) => radios.get(kind)?.checked) ?? "direct";
	const choose = (kind: Offered) => {
		const chosen = radios.get(kind);
		if (chosen) chosen.checked = true;
		changed(kind);
	};
	// Several people fill a role one after the other, and a chain is more than one: that is never between two.
	const allowDirect = (allowed: boolean) => {
		const direct = radios.get("direct");
		if (direct) direct.disabled = !allowed;
		if (!allowed && value() === "direct") choose("case");
	};
	return { element, value, choose, allowDirect };
}

function radio(kind: Offered, change: () => void): HTMLInputElement {
	const attributes = { type: "radio", name: "kind", value: kind };
	return make("input", { attributes, on: { change } });
}

function kindLabel(kind: Offered, input: HTMLInputElement | undefined): HTMLElement {
	const text = make(
		"span",
		{},
		make("strong", { text: t(`kind.${kind}`) }),
		make("span", { class: "field__hint", text: t(`kind.${kind}.what`) }),
	);
	return make("label", { class: "kind" }, input ?? null, text);
}
