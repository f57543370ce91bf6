/** Watch whether an image may still be seen: ask `url` again and again, and call `ended` once when the server answers
 *  that it is absent or forbidden. Stops by `signal`. A server that does not answer ends nothing. */
export function watchAccess(url: string, signal: AbortSignal, ended: () => void, everyMs = 2500): void {
	const ask = async () => {
		const status = await statusOf(url, signal);
		if (signal.aborted) return;
		if (status === 401 || status === 403 || status === 404) ended();
		else setTimeout(ask, everyMs);
	};
	setTimeout(ask, everyMs);
}

async function statusOf(url: string, signal: AbortSignal): Promise<number> {
	try {
		const response = await fetch(url, { signal, credentials: "same-origin", cache: "no-store" });
		await response.body?.cancel();
		return response.status;
	} catch {
		return 0;
	}
}
