import { button } from "../../dom/button";
import { kernIcon } from "../../dom/kern-icon";
import { make, setHidden, setText } from "../../dom/make";
import { qrCode } from "../../dom/qr";
import type { Member, Messenger } from "../../engine/types";
import { t } from "../../i18n/conversation-people";
import { formatDay } from "../../i18n/format";
import { canScan, Scanner } from "../device-approval/scanner";
import { sentenceOf } from "./failures";
import { spoken } from "./fingerprint";

type Asked = Pick<Messenger, "safetyNumber" | "confirmSafetyNumber">;

const PREFIX = "medicus-safety-number:1:";

/** The safety number with one person: sixty digits and a QR code, and the word of the reader that they are the same there.
 *  Computed when it is opened. */
export class SafetyNumber {
	readonly element = make("details", { class: "member__number" });
	private readonly state = make("span");
	private readonly icon = make("span");
	private readonly body = make("div", { class: "stack stack--s" });
	private readonly failure = make("p", {
		class: "notice notice--bad",
		attributes: { role: "alert", hidden: true },
	});
	private member: Member | null = null;
	private shown = "";

	constructor(private readonly messenger: Asked) {
		const summary = make("summary", {}, this.icon, this.state, kernIcon("arrow-down"));
		this.element.append(summary, this.body, this.failure);
		this.element.addEventListener("toggle", () => this.element.open && void this.show());
	}

	update(member: Member): void {
		const { fingerprint, keyChanged, verifiedAt } = member;
		const now = `${member.personId} ${fingerprint} ${keyChanged} ${verifiedAt}`;
		const before = this.shown;
		this.member = member;
		this.shown = now;
		if (now === before) return;
		this.icon.replaceChildren(kernIcon(keyChanged ? "warning" : verifiedAt ? "success" : "key"));
		setText(this.state, stateOf(member));
		this.state.className = keyChanged ? "badge badge--warn" : "";
		this.element.classList.toggle("member__number--changed", keyChanged);
		if (keyChanged) this.element.open = true;
		if (this.element.open) void this.show();
	}

	private async show(): Promise<void> {
		const member = this.member;
		if (!member?.domain) return;
		const shown = this.shown;
		try {
			const number = await this.messenger.safetyNumber(member.personId, member.domain);
			if (shown === this.shown) this.showNumber(member, number);
		} catch (reason) {
			this.fail(sentenceOf(reason));
		}
	}

	private showNumber(member: Member, number: string): void {
		const lines = spoken(number, 5).map((groups) =>
			make("span", { class: "fingerprint__line" }, ...groups.map((group) => make("span", { text: group }))),
		);
		setHidden(this.failure, true);
		this.body.replaceChildren(
			make("h4", { class: "small", text: t("key.number") }),
			make("p", { class: "fingerprint mono" }, ...lines),
			make("div", { class: "qr" }, qrCode(PREFIX + number, t("key.qr"))),
			make("p", { class: "small muted", text: t("key.compare", { name: member.name }) }),
			...(member.verifiedAt ? [] : [this.actions(member, number)]),
		);
	}

	private actions(member: Member, number: string): HTMLElement {
		const equal = button(t("key.equal"), () => void this.confirm(member, number), { look: "small primary" });
		const scan = button(t("key.scan"), () => void this.scan(member, number), { look: "small", icon: "scan" });
		return make("div", { class: "form__actions" }, equal, canScan() ? scan : null);
	}

	private async confirm({ personId, domain }: Member, number: string): Promise<void> {
		try {
			await this.messenger.confirmSafetyNumber(personId, domain ?? "", number);
		} catch (reason) {
			this.fail(sentenceOf(reason));
		}
	}

	/** Both show the same QR code, so either reads the other's. */
	private async scan(member: Member, number: string): Promise<void> {
		const scanner = new Scanner(t("key.scan.label"));
		this.body.append(scanner.element);
		try {
			const read = await scanner.read();
			if (read === PREFIX + number) await this.confirm(member, number);
			else this.fail(t(read.startsWith(PREFIX) ? "key.scan.differs" : "key.scan.other"));
		} catch {
			this.fail(t("key.scan.failed"));
		} finally {
			scanner.element.remove();
		}
	}

	private fail(text: string): void {
		setText(this.failure, text);
		setHidden(this.failure, false);
	}
}

function stateOf({ keyChanged, verifiedAt }: Member): string {
	if (keyChanged) return t("key.changed");
	return verifiedAt ? t("key.verified", { date: formatDay(verifiedAt) }) : t("key.same");
}
