/** A conversation full of files: on their way, held, refused, and to be looked at. */
import type { Message, UploadHeld } from "../../src/engine/types";
import { alice, anton, bob, conversation, file, id, message } from "./cast";
import { FakeMessenger } from "./fake-messenger";

const MINUTE = 60_000;
const NAMES = {
	pdf: "Arztbrief.pdf",
	lab: "Labor.json",
	text: "Medikation.txt",
	turned: "Wunde.jpg",
	bomb: "Panorama.png",
	broken: "Kaputt.pdf",
};

export function files(): FakeMessenger {
	const messenger = new FakeMessenger([
		conversation(1, [alice(), bob(), anton()], { kind: "case", title: "Verbrennung, Verlegung" }),
	]);
	let number = 0;
	const next = (one: Message): Message => {
		number += 1;
		return { ...one, sentAt: new Date(Date.now() - (30 - number) * MINUTE).toISOString() };
	};
	const upload = (name: string, held?: UploadHeld): Message => {
		const send = { state: "uploading", sentBytes: 702_000_000, totalBytes: 1_400_000_000 } as const;
		return next({
			...file(null, alice(), name, "application/zip", 1_400_000_000),
			send: held ? { ...send, held } : send,
		});
	};
	const received = (name: string, mediaType: string, size: number, text = "") =>
		next({ ...file(number + 1, bob(), name, mediaType, size), text });
	const previews = [
		received(NAMES.pdf, "application/pdf", 1843, "Der Brief von gestern, bitte Seite 2 beachten."),
		received(NAMES.lab, "application/fhir+json", 2400),
		received(NAMES.text, "text/plain", 120),
		received(NAMES.turned, "image/jpeg", 48_000),
		received(NAMES.bomb, "image/png", 300),
		received(NAMES.broken, "application/pdf", 300),
	];
	messenger.put(id(1), [
		next(message(1, alice(), "Ich schicke die Aufnahmen aus der Ambulanz.")),
		...previews,
		received("Überweisung.docm", "application/octet-stream", 88_000),
		upload("CT_Polytrauma.zip"),
		upload("CT_Verlauf.zip", "paused"),
		upload("MRT_Kopf.zip", "network"),
		upload("Angiographie.zip", "file"),
		upload("Serie_7.zip", "checking"),
	]);
	const blobs = [
		pdf(["Seite eins: Diagnose", "Seite zwei: Therapie"]),
		lab(),
		medication(),
		null,
		bomb(),
		broken(),
	];
	for (const [index, one] of previews.entries()) {
		const blob = blobs[index];
		if (blob) messenger.blobs.set(one.id, blob);
		else void turned().then((picture) => messenger.blobs.set(one.id, picture));
	}
	return messenger;
}

/** PDF 1.4 by hand, with a font that it leaves out. */
function pdf(pages: string[]): Blob {
	const kids = pages.map((_, index) => `${4 + index * 2} 0 R`).join(" ");
	const objects = [
		"<< /Type /Catalog /Pages 2 0 R >>",
		`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		...pages.flatMap((text, index) => {
			const stream = `BT /F1 28 Tf 60 700 Td (${text}) Tj ET 60 690 400 2 re f`;
			return [
				`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${5 + index * 2} 0 R
/Resources << /Font << /F1 3 0 R >> >> >>`,
				`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
			];
		}),
	];
	let body = "%PDF-1.4\n";
	const places = objects.map((object, index) => {
		const at = body.length;
		body += `${index + 1} 0 obj\n${object}\nendobj\n`;
		return `${String(at).padStart(10, "0")} 00000 n \n`;
	});
	const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}`;
	const end = `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF`;
	return new Blob([body + table + end], { type: "application/pdf" });
}

function broken(): Blob {
	return new Blob(["%PDF-1.4\n", "nothing of it"], { type: "application/pdf" });
}

function medication(): Blob {
	return new Blob(["Ramipril 5 mg 1-0-0\nBisoprolol 2,5 mg 1-0-1\nMorphin bei Bedarf, siehe Kurve\n"]);
}

function lab(): Blob {
	const at = "2026-03-01T06:40:00+01:00";
	const value = (name: string, measured: number, unit: string, range: [number, number], code: string) => ({
		resource: {
			resourceType: "Observation",
			status: name === "CRP" ? "preliminary" : "final",
			code: { text: name },
			effectiveDateTime: at,
			valueQuantity: { value: measured, unit },
			referenceRange: [{ low: { value: range[0], unit }, high: { value: range[1], unit } }],
			interpretation: [{ coding: [{ code }] }],
		},
	});
	const bundle = {
		resourceType: "Bundle",
		entry: [
			{ resource: { resourceType: "Patient", name: [{ text: "Erika Beispiel" }] } },
			value("Kalium", 6.8, "mmol/l", [3.5, 5.1], "HH"),
			value("Natrium", 139, "mmol/l", [135, 145], "N"),
			value("Hämoglobin", 9.1, "g/dl", [12, 16], "L"),
			value("CRP", 184, "mg/l", [0, 5], "H"),
		],
	};
	return new Blob([JSON.stringify(bundle)]);
}

/** A PNG of a few bytes that claims 3,600 megapixels. */
function bomb(): Blob {
	const head = new Uint8Array(33);
	head.set([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
	const view = new DataView(head.buffer);
	view.setUint32(16, 60_000);
	view.setUint32(20, 60_000);
	return new Blob([head], { type: "image/png" });
}

/** A JPEG of 300 × 200 whose camera says that it was held upright, with a place in its data. */
export async function turned(): Promise<Blob> {
	const canvas = document.createElement("canvas");
	[canvas.width, canvas.height] = [300, 200];
	const context = canvas.getContext("2d");
	if (!context) throw new Error("no canvas");
	context.fillStyle = "#b5651d";
	context.fillRect(0, 0, 300, 200);
	context.fillStyle = "#fff";
	context.font = "32px sans-serif";
	context.fillText("Müller, geb. 1961", 20, 60);
	const plain = await new Promise<Blob>((resolve, reject) =>
		canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no JPEG"))), "image/jpeg"),
	);
	const bytes = new Uint8Array(await plain.arrayBuffer());
	const letters = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
	// One entry: orientation 6; behind it a text where a camera's maker writes.
	const exif = [
		...letters("Exif\0\0MM"),
		...[0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0],
		...letters("GPS 48.7758 N 9.1829 E"),
	];
	const length = exif.length + 2;
	const segment = Uint8Array.of(0xff, 0xe1, length >> 8, length & 0xff, ...exif);
	return new Blob([bytes.subarray(0, 2), segment, bytes.subarray(2)], { type: "image/jpeg" });
}
