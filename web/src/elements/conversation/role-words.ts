/** Roles as recipients, in words. */
import type { Message } from "../../engine/types";
import type { RoleName } from "../../engine/urgent-types";
import { t } from "../../i18n/urgent";
import type { FoundRole } from "./role-directory";

/** "Rufdienst Kardiologie, Kreisklinik Bodensee" */
export function roleText({ name, hospital }: Pick<RoleName, "name" | "hospital">): string {
	return hospital ? t("role.of", { role: name, hospital }) : name;
}

/** The sentence that says which role a conversation was begun with. */
export function roleMeant({ own, senderName }: Pick<Message, "own" | "senderName">, role: RoleName): string {
	const text = roleText(role);
	return own ? t("role.meant.you", { role: text }) : t("role.meant", { name: senderName, role: text });
}

/** Who is on duty, as far as the role says it. */
export function dutyOf({ told, holder }: Pick<FoundRole, "told" | "holder">): string {
	if (!told) return t("role.hidden");
	return holder ? t("role.holder", { name: holder }) : t("role.nobody");
}
