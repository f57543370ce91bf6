import { make } from "../../dom/make";
import { t } from "../../i18n/urgent";

export const DEADLINES = [5, 15, 30, 60];
const USUAL = 15;

/** Within how many minutes somebody is to acknowledge. */
export class DeadlineField {
	readonly element: HTMLElement;
	private readonly radios: HTMLInputElement[];

	/** `name`: of the radio buttons, unique on the page. */
	constructor(name: string, changed: () => void) {
		this.radios = DEADLINES.map((minutes) => {
			const attributes = {
				type: "radio",
				name,
				value: String(minutes),
				checked: minutes === USUAL,
			};
			return make("input", { attributes, on: { change: changed } });
		});
		const labels = this.radios.map((radio) => {
			const text = make("span", { text: t("panel.minutes", { minutes: radio.value }) });
			return make("label", { class: "deadline" }, radio, text);
		});
		const legend = make("legend", { class: "label", text: t("panel.deadline") });
		this.element = make("fieldset", { class: "deadlines" }, legend, ...labels);
	}

	get minutes(): number {
		return Number(this.radios.find(({ checked }) => checked)?.value ?? USUAL);
	}
}
