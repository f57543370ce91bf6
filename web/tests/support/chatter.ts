/** Many messages as clinicians write them, the same every time: for measuring a search. */
import type { MessageRecord } from "../../src/engine/records";

const COMMON =
	`die der und ist bei mit nicht auch bitte danke heute morgen noch wir Sie ich Patient Patientin Kalium Kontrolle
	Befund Labor Station Aufnahme Entlassung Verlauf Therapie Röntgen Thorax Müller Schäfer Größe Gefäß Blutdruck
	Antikoagulation Heparin Dosis stabil Katheter Angiographie Echokardiographie the and with blood pressure follow`.split(
		/\s+/,
	);
const SYLLABLES =
	"ka li um tro po nin kre ati ne phro lo gie kar dio in ter nis tik hä ma tü ra so ben".split(" ");
const VOCABULARY = 12_000;

/** A word of a vocabulary in which, as in a language, few words are frequent and most are rare. */
function word(random: () => number): string {
	const rank = Math.floor(VOCABULARY ** random()) - 1;
	const known = COMMON[rank];
	if (known) return known;
	const parts = [rank, rank >> 3, rank >> 6].map((number) => SYLLABLES[number % SYLLABLES.length]);
	return parts.join("") + (rank % 5 ? "" : rank);
}

export function chatter(count: number, conversations = 40): MessageRecord[] {
	let state = 20260301;
	const random = () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
	return Array.from({ length: count }, (_, index) => {
		const words = Array.from({ length: 6 + Math.floor(random() * 14) }, () => word(random));
		const group = (index % conversations).toString(16).padStart(12, "0");
		return {
			id: `0195a000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`,
			conversationId: `0195b000-0000-7000-8000-${group}`,
			seq: index + 1,
			type: "text",
			senderPersonId: `p${index % 60}`,
			own: false,
			text: words.join(" "),
			attachment: null,
			event: null,
			sentAt: new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString(),
			send: null,
		};
	});
}
