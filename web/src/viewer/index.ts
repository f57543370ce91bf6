import { DicomViewer } from "./element";

export { DicomViewer };

declare global {
	interface HTMLElementTagNameMap {
		"medicus-dicom-viewer": DicomViewer;
	}
}

if (!customElements.get("medicus-dicom-viewer")) customElements.define("medicus-dicom-viewer", DicomViewer);
