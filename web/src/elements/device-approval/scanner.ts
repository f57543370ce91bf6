/** Reads a QR code with the camera, where the browser itself can (Shape Detection API); elsewhere the code is typed. */
import { make } from "../../dom/make";
import { pause } from "../../lib/backoff";

interface Detector {
	detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
type DetectorClass = new (options: { formats: string[] }) => Detector;

const LOOK_MS = 250;
const PATIENCE_MS = 60_000;

function detectorClass(): DetectorClass | undefined {
	return (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
}

export function canScan(): boolean {
	return detectorClass() !== undefined && navigator.mediaDevices !== undefined;
}

export class Scanner {
	readonly element: HTMLVideoElement;

	constructor(label: string) {
		const attributes = { autoplay: true, muted: true, playsinline: true, "aria-label": label };
		this.element = make("video", { class: "join__video", attributes });
	}

	/** The text of the first QR code in view. Rejects when there is no camera, no permission, or nothing for a minute. */
	async read(): Promise<string> {
		const Detector = detectorClass();
		if (!Detector) throw new Error("no detector");
		const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
		try {
			this.element.srcObject = stream;
			await this.element.play();
			return await this.look(new Detector({ formats: ["qr_code"] }));
		} finally {
			for (const track of stream.getTracks()) track.stop();
		}
	}

	private async look(detector: Detector): Promise<string> {
		const until = Date.now() + PATIENCE_MS;
		while (Date.now() < until && this.element.isConnected) {
			const [found] = await detector.detect(this.element);
			if (found) return found.rawValue;
			await pause(LOOK_MS);
		}
		throw new Error("nothing found");
	}
}
