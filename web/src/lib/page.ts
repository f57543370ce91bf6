/** Load a page as a document. An `XMLHttpRequest` parses it itself: no string becomes HTML here, and its scripts do not run.
 *
 *  unattended: the page does it by itself, so it does not keep the session from ending. */
export function loadPage(url: string, { unattended = false } = {}): Promise<Document | null> {
	return new Promise((resolve) => {
		const request = new XMLHttpRequest();
		request.responseType = "document";
		request.addEventListener("loadend", () => resolve(request.status === 200 ? request.responseXML : null));
		request.open("GET", url);
		if (unattended) request.setRequestHeader(UNATTENDED, "1");
		request.send();
	});
}

/** The header of such requests; see `identity.middleware`. */
export const UNATTENDED = "Medicus-Unattended";
