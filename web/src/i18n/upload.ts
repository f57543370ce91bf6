/** Words of the upload. */
import { translator } from "./index";

const de = {
	waiting: "Wartet",
	sending: "{sent} von {size} · {share}",
	paused: "Angehalten bei {share}",
	done: "Übertragen. Das Ergebnis der Prüfung steht bei den Befunden.",
	pause: "{name} anhalten",
	resume: "{name} fortsetzen",
	retry: "{name} erneut versuchen",
	cancel: "{name} abbrechen",
	dismiss: "{name} ausblenden",
	notDicom: "Keine DICOM-Datei. Es wurde nichts übertragen.",
	"progress.one": "{done} von {count} Datei übertragen",
	"progress.other": "{done} von {count} Dateien übertragen",
	list: "Dateien dieser Übertragung",
	leave: "Die Übertragung läuft noch.",
} as const;

const en: Record<keyof typeof de, string> = {
	waiting: "Waiting",
	sending: "{sent} of {size} · {share}",
	paused: "Paused at {share}",
	done: "Transferred. What the check finds stands with the findings.",
	pause: "Pause {name}",
	resume: "Resume {name}",
	retry: "Try {name} again",
	cancel: "Cancel {name}",
	dismiss: "Hide {name}",
	notDicom: "Not a DICOM file. Nothing was transferred.",
	"progress.one": "{done} of {count} file transferred",
	"progress.other": "{done} of {count} files transferred",
	list: "Files of this upload",
	leave: "The upload is still running.",
};

export const t = translator({ de, en });
