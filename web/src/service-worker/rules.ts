/** What the service worker decides, without a browser around it. */

type Asked = Pick<Request, "method" | "mode" | "url">;

/** A page that somebody opens. Forms that are sent never pass through the worker. */
export function isPage({ method, mode }: Asked): boolean {
	return method === "GET" && mode === "navigate";
}

/** A built file whose name carries the hash of its content: what it once was, it stays. */
export function isAsset({ method, url }: Asked, origin: string): boolean {
	const target = new URL(url);
	const hashed = /^\/static\/web\/assets\/[^/]+-[\w-]{8}\.\w+$/.test(target.pathname);
	return method === "GET" && target.origin === origin && hashed && !target.search;
}

/** Of the caches there are, in the order of their making, those that no open page can need: all but this build's and the
 *  one before, of which a page may still be open. */
export function outdated(names: readonly string[], own: string): string[] {
	const others = names.filter((name) => name.startsWith("medicus-assets-") && name !== own);
	return others.slice(0, -1);
}

const WORDS = {
	de: { lang: "de", title: "Neue Nachricht in Medicus", body: "Zum Lesen öffnen und anmelden." },
	en: { lang: "en", title: "New message in Medicus", body: "Open and sign in to read it." },
};

/** The words of a notification. They are the same whatever is new. */
export function words(language: string): { lang: string; title: string; body: string } {
	return language.toLowerCase().startsWith("en") ? WORDS.en : WORDS.de;
}
