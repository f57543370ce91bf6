/** The small elements of every page, each as its template writes it. `?part=` says which. */
import "../../../src/pages/frame";
import "../../../src/elements/confirm";
import "../../../src/elements/device-approval/element";
import "../../../src/elements/inbox/element";
import "../../../src/elements/live-log";
import "../../../src/elements/key-watch/element";
import "../../../src/elements/poll";
import "../../../src/elements/recovery-kit/backup";
import "../../../src/elements/recovery-kit/make";
import "../../../src/elements/recovery-kit/use";
import "../../../src/elements/upload/element";
import "../../../src/elements/urgent/element";
import "../../../src/styles/urgent.css";
import { make } from "../../../src/dom/make";
import type { HistoryAtHand } from "../../../src/engine/types";
import { backupOf, foreignKit, kitOf } from "../backups";
import { ME } from "../cast";
import { watchOf } from "../key-watch";
import { SCENES } from "../scenes";

const parameters = new URLSearchParams(location.search);
const main = document.querySelector("main");

function upload(): HTMLElement {
	const zone = make(
		"div",
		{ class: "drop" },
		make("label", { class: "button", text: "Dateien auswählen", attributes: { for: "files" } }),
		make("input", { attributes: { type: "file", id: "files", multiple: true } }),
	);
	const element = document.createElement("medicus-upload");
	element.setAttribute("kind", "finding");
	element.setAttribute("patient", "0199");
	element.append(zone);
	return element;
}

function confirm(): HTMLElement {
	const element = document.createElement("medicus-confirm");
	element.setAttribute("question", "Zugriff beenden?");
	element.setAttribute("explanation", "Er endet sofort.");
	element.setAttribute("action", "Zugriff beenden");
	const send = make("button", { class: "button", text: "Beenden", attributes: { type: "submit" } });
	element.append(make("form", { attributes: { method: "post", action: "/revoked" } }, send));
	return element;
}

function menu(name: string): HTMLElement {
	const item = make("a", { text: `Eintrag ${name}`, attributes: { href: "#" } });
	const list = make("div", { class: "menu__list" }, item);
	return make("details", { class: "menu", attributes: { id: name } }, make("summary", { text: name }), list);
}

function inbox(): HTMLElement {
	const element = document.createElement("medicus-inbox");
	element.setAttribute("conversations", "/conversations/");
	element.setAttribute("directory", "/directory/");
	element.setAttribute("person", ME);
	element.setAttribute("count", "waiting");
	const messenger = SCENES[parameters.get("scene") ?? "ready"]?.();
	if (messenger) queueMicrotask(() => Object.assign(element, { messenger }));
	return make(
		"section",
		{ class: "panel" },
		make("span", { class: "count", attributes: { id: "waiting" } }),
		element,
	);
}

/** The page around it lets the person refuse. */
function approval(): HTMLElement[] {
	const element = document.createElement("medicus-device-approval");
	element.setAttribute("join", "0197f0a0-0000-7000-8000-000000000001");
	const scene = parameters.get("scene") ?? "ready";
	const messenger = SCENES[scene === "without-key" ? "ready" : scene]?.();
	if (messenger) {
		messenger.holdsKey = scene !== "without-key";
		messenger.history = (parameters.get("history") ?? "ready") as HistoryAtHand;
		Object.assign(window, { messenger });
		queueMicrotask(() => Object.assign(element, { messenger }));
	}
	const refuse = make("button", {
		class: "button",
		text: "Nicht meine Anfrage",
		attributes: { type: "submit" },
	});
	return [element, make("form", { attributes: { "data-refuse": true } }, refuse)];
}

function keys(): HTMLElement {
	const element = document.createElement("medicus-key-watch");
	const scene = parameters.get("scene") ?? "";
	element.setAttribute("account", "/account/");
	if (!scene.startsWith("brief")) element.setAttribute("answers", "");
	queueMicrotask(() => Object.assign(element, { open: async () => watchOf(scene) }));
	return element;
}

function urgent(): HTMLElement {
	const element = document.createElement("medicus-urgent");
	const messenger = SCENES[parameters.get("scene") ?? "urgent"]?.();
	if (messenger) {
		Object.assign(window, { messenger });
		queueMicrotask(() => Object.assign(element, { messenger }));
	}
	return element;
}

function backup(): HTMLElement {
	const element = document.createElement("medicus-history-backup");
	element.open = async () => backupOf(parameters.get("scene") ?? "");
	return make("div", { class: "panel__body" }, element);
}

/** As a row of the account's page. */
function backupRow(): HTMLElement {
	const element = document.createElement("medicus-history-backup");
	element.className = "row__sub";
	element.setAttribute("brief", "");
	element.open = async () => backupOf(parameters.get("scene") ?? "");
	const title = make("span", { class: "row__title", text: "Sicherung Ihrer Nachrichten" });
	const change = make("a", { class: "button button--small", text: "Ändern", attributes: { href: "#" } });
	const row = make(
		"li",
		{ class: "row row--wrap" },
		make("div", { class: "row__main" }, title, element),
		change,
	);
	return make("ul", { class: "rows" }, row);
}

function recovery(): HTMLElement {
	const element = document.createElement("medicus-recovery-use");
	element.open = async () => kitOf(parameters.get("scene") ?? "");
	return make("div", { class: "panel__body" }, element);
}

/** The kit is made here; the backup's key lies in another browser. */
function kit(): HTMLElement {
	const element = document.createElement("medicus-recovery-kit");
	element.open = async () => foreignKit;
	return make("div", { class: "panel__body" }, element);
}

const PARTS: Record<string, () => HTMLElement[]> = {
	upload: () => [upload()],
	confirm: () => [confirm()],
	menu: () => [menu("eins"), menu("zwei")],
	inbox: () => [inbox()],
	urgent: () => [urgent()],
	keys: () => [keys()],
	backup: () => [make("section", { class: "panel" }, backup())],
	"backup-row": () => [make("section", { class: "panel" }, backupRow())],
	kit: () => [make("section", { class: "panel" }, kit())],
	recovery: () => [make("section", { class: "panel" }, recovery())],
	approval,
};

main?.classList.remove("page--fill");
main?.append(make("h1", { text: "Teile" }), ...(PARTS[parameters.get("part") ?? ""]?.() ?? []));
