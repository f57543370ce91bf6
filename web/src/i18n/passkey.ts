/** Words of the passkeys. */
import { translator } from "./index";

const de = {
	ended: "Der Passkey wurde nicht benutzt. Versuchen Sie es noch einmal, oder wählen Sie einen anderen Weg.",
	repeated: "Dieses Gerät hat schon einen Passkey für Ihr Konto.",
	failed: "Der Dienst antwortet nicht. Bitte versuchen Sie es gleich noch einmal.",
	refused: "Das geht gerade nicht: {detail}",
} as const;

const en: Record<keyof typeof de, string> = {
	ended: "The passkey was not used. Try again, or choose another way.",
	repeated: "This device already has a passkey for your account.",
	failed: "The service does not answer. Please try again in a moment.",
	refused: "This is not possible now: {detail}",
};

export const t = translator({ de, en });
