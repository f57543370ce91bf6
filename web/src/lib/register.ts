/** Puts the service worker in place, and tells it the page's language: it has no other way to know. */

const SETTINGS = "medicus-settings";

export async function registerServiceWorker(): Promise<void> {
	if (!("serviceWorker" in navigator)) return;
	try {
		await navigator.serviceWorker.register(`${import.meta.env.BASE_URL}service-worker.js`, {
			scope: "/",
			updateViaCache: "none",
		});
		await tellLanguage(document.documentElement.lang);
	} catch {
		// Private windows and full disks refuse it. Every page works without.
	}
}

async function tellLanguage(language: string): Promise<void> {
	const settings = await caches.open(SETTINGS);
	const told = await (await settings.match("/language"))?.text();
	if (told !== language) await settings.put("/language", new Response(language));
}
